"""No spelling of a secret is ever shown: in the log, in the record, in any answer of the admin API."""

import asyncio
import json
import random
import time
from urllib.parse import quote, unquote, unquote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asgi import ask, control
from small_data import AT_ANCHOR, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations import registry
from vambe_mock.organisations.journal import Journal, Notes
from vambe_mock.organisations.masking import KeyMasker, hint
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.log import RequestLog
from vambe_mock.server.options import SettingsError
from vambe_mock.server.settings import Settings

letters = st.sampled_from("abcXYZ019+=&%?/#: -_.")
secrets = st.text(letters, min_size=8, max_size=24).filter(lambda text: text == text.strip())
spellings = st.lists(st.integers(0, 9), min_size=1, max_size=24)
places = st.sampled_from(
    ["/x?a={}", "/x?{}=1", "/x?{}", "/{}/y", "/x?a=%20&b={}&c=1", "/api/public/contacts?days=1&{}"]
)


def spelt(secret: str, ways: list[int]) -> str:
    """*secret* with each character as it is, percent-encoded once or twice, or a blank as a plus."""
    written = ""
    for number, one in enumerate(secret):
        way = ways[number % len(ways)]
        code = f"{ord(one):02x}" if way % 2 else f"{ord(one):02X}"
        if one == " " and way < 5:
            written += "+"
        elif way < 4:
            written += one
        else:
            written += f"%{code}" if way < 8 else f"%25{code}"
    return written


def shows(text: str, secret: str) -> bool:
    """Whether *text* has *secret* in clear, however often somebody decodes it."""
    forms = [text]
    for _ in range(3):
        forms += [decode(form) for form in forms[-2:] for decode in (unquote, unquote_plus)]
    return any(secret in form for form in forms)


@given(secrets, spellings, places)
@settings(max_examples=150)
def test_no_spelling_of_a_secret_survives(secret: str, ways: list[int], place: str) -> None:
    """In a target, in a text, among a few secrets and among many (`keys-are-masked`)."""
    target = place.format(spelt(secret, ways))
    for masker in (KeyMasker([secret]), KeyMasker([secret, *(f"other-{number}" for number in range(99))])):
        assert not shows(masker.target(target), secret)
        assert not shows(masker.text(f'nothing has "{target}"'), secret)
        assert not shows(masker.text(secret), secret)


def test_a_secret_is_masked_as_a_whole_and_the_rest_is_shown() -> None:
    """Characters that mean something in a query belong to the key as well (`keys-are-masked`)."""
    masker = KeyMasker(["a=b&c+d%2Fe", "abcd", "cdef"])
    for sent in ("a=b&c+d%2Fe", quote("a=b&c+d%2Fe", safe=""), "a%3db&c%20d%2fe", "a%253Db%2526c%252Bd%25252Fe"):
        assert masker.target(f"/x?days=1&k={sent}&limit=2") == "/x?days=1&k=***&limit=2"
    assert masker.target("/x?q=%61bcdef&z=%C3%A9") == "/x?q=***&z=%C3%A9"
    assert masker.target("/x?q=İABCDİ") == "/x?q=İ***İ"
    assert masker.text("keys: abcd, cdef") == "keys: ***, ***"
    masker.forget("abcd")
    assert masker.text("keys: abcd, cdef") == "keys: abcd, ***"
    assert [hint(key) for key in ("test-key", "mine", "abc")] == ["te…", "m…", "…"]


@pytest.fixture(scope="module")
def app() -> Application:
    """A server with a token and two odd keys."""
    settings = Settings(
        now=AT_ANCHOR, quiet=True, api_key=("k+e/y=one", "plain-key-two"), admin_token="token&with=signs"
    )
    return create_app(from_document(document()), settings)


def admin(app: Application, method: str, path: str, body: object = None) -> bytes:
    """The body of an answer of the admin API."""
    return control(app, method, path, body, authorization="Bearer token&with=signs").body


def test_the_token_gone_keys_and_the_keys_of_faults_are_masked(app: Application) -> None:
    """In the record and in every answer that repeats what came (`keys-are-masked`)."""
    made = json.loads(admin(app, "POST", "/organisations", {}))
    chosen = json.loads(admin(app, "POST", "/organisations", {"key": "chosen%key"}))
    rule = {"match": {"key": "key-of-a-fault"}, "effect": {"kind": "empty_body"}}
    fault = admin(app, "POST", "/faults", rule)
    for one in (made, chosen):
        admin(app, "DELETE", f"/organisations/{one['name']}")
    secrets = ["token&with=signs", made["key"], "chosen%key", "key-of-a-fault", "k+e/y=one", "plain-key-two"]
    answers = [fault, admin(app, "GET", "/faults"), admin(app, "GET", "/organisations")]
    for secret in secrets:
        for sent in (quote(secret, safe=""), "".join(f"%{ord(one):02x}" for one in secret)):
            ask(app, f"days=1&{sent}&a={sent}", headers=((b"x-api-key", b"plain-key-two"),))
            ask(app, f"days=1&a={sent}", headers=())
            answers += [
                admin(app, "GET", f"/snapshots/{sent}"),
                admin(app, "DELETE", f"/snapshots/{sent}"),
                admin(app, "GET", f"/contacts/{sent}"),
                admin(app, "GET", f"/{sent}"),
                admin(app, "GET", f"/clock?{sent}=1"),
                admin(app, "GET", f"/explain?contact=00000001-0000-4000-8000-000000000000&query={sent}"),
            ]
        answers += [admin(app, "POST", "/clock/set", {"at": secret}), admin(app, "POST", "/clock/set", {secret: 1})]
        answers += [admin(app, "POST", "/faults", {"effect": {"kind": secret}})]
    answers += [admin(app, "GET", "/requests/strangers"), admin(app, "GET", "/requests")]
    assert answers[-2].count(b"***") >= 2 * len(secrets)
    for answer in answers:
        for secret in secrets:
            assert not shows(answer.decode(), secret), answer


@pytest.mark.parametrize("given", ["my-secret-key", "my-secret-key=", "my-secret-key=one.json"])
def test_a_refused_organisation_keeps_its_key(given: str) -> None:
    """What is wrong with ``--organisation`` is told without the key, which would stay in the logs of a job."""
    with pytest.raises(SettingsError, match=r"--organisation .*my…") as refused:
        Settings(api_key=("my-secret-key",), organisation=(given,)).checked()
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("key", ["ñ", " a", "a\n"])
def test_a_key_that_no_header_can_carry_is_refused(app: Application, key: str) -> None:
    """In words, with an example: a key that is made, as one of the options."""
    assert b"wanted printable ASCII without blanks around it" in admin(app, "POST", "/organisations", {"key": key})


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_the_log_is_masked_too(capsys: pytest.CaptureFixture[str], log_format: str) -> None:
    """Its target, its message and its ignored names (`keys-are-masked`)."""

    async def write() -> None:
        journal, masker = Journal(), KeyMasker(["a=b&c+d"])
        journal.listeners.append(RequestLog(log_format, masker).write)  # type: ignore[arg-type]
        notes = Notes(message='"a=b&c d" is none', ignored=("a=b&c+d",))
        journal.open("GET", "/x?q=a%3Db%26c%2Bd", time.perf_counter()).finish(400, notes)
        await asyncio.sleep(0.01)

    asyncio.run(write())
    line = capsys.readouterr().out
    assert line.count("***") == 3
    assert not shows(line, "a=b&c+d")


def test_keys_that_are_gone_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the chosen ones, the last ten thousand stay masked; generated ones need no memory (`keys-are-masked`)."""
    monkeypatch.setattr(registry, "MOST_REMEMBERED", 3)
    app = create_app(from_document(document()), Settings(now=AT_ANCHOR, quiet=True))
    organisations = app.organisations
    for number in range(5):
        _, one = organisations.add(f"chosen-{number}", organisations.first)
        organisations.remove(one)
        generated, one = organisations.add(None, organisations.first)
        organisations.remove(one)
    shown = [organisations.masker.text(f"chosen-{number}") for number in range(5)]
    assert shown == ["chosen-0", "chosen-1", "***", "***", "***"]
    assert organisations.masker.text(generated) == "***"
    assert organisations.masker.text("test-key") == "***"


def test_masking_takes_no_longer_for_odd_targets() -> None:
    """A target made to be slow costs milliseconds, and so do thousands of keys (`request-log`)."""
    draw = random.Random(1)
    masker = KeyMasker(["".join(draw.choices("abc%25", k=200)) for _ in range(5_000)])
    for target in ("%25" * 5_000, "%" * 16_000, "%2525" * 3_000 + "a", "abc" * 5_000, "&" * 16_000):
        before = time.process_time()
        masker.target("/x?" + target)
        assert time.process_time() - before < 5
