"""A sample of the proof; and words where a calibration knows nothing, and no datum of its user."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from email.utils import formatdate
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration import proof
from calibration.variants import Asgi, Variant, body, contacts, headed, named, refusals
from calibration.variants import status as statuses
from commands import vambe
from dialects import toml
from effort import some
from judge_targets import listening
from servers import Server
from vambe_judge import calibrating, checking, drift, fresh_mock, rehearsal
from vambe_judge.asking.client import Client, Limits
from vambe_judge.asking.contacts import Known, read
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.asking.options import CustomField, Options
from vambe_judge.asking.problems import JudgeError
from vambe_judge.calibration.asker import Asker
from vambe_judge.calibration.calibrating import MORE, personal
from vambe_judge.calibration.dialect_file import Dialect, Entry, explained
from vambe_judge.calibration.population import contact_of
from vambe_judge.calibration.shapes import DOCUMENTED, Shapes
from vambe_judge.calibration.state import State
from vambe_judge.drift import _compared, look_again, measured_again
from vambe_judge.drift import explained as explained_by
from vambe_judge.judging import generated, rules
from vambe_judge.judging.judge import Judge
from vambe_judge.judging.verdicts import Finding, Outcome, Verdict
from vambe_judge.judging_run import Target
from vambe_mock.contract.dialect_file import parse
from vambe_mock.contract.full_dialect import FIELDS_BY_SLUG

SMALL = 12
TODAY = date(2026, 1, 31)


def _calibrated(app: Asgi, told: Options | None = None, requests: int = 40) -> Dialect:
    return proof.calibrated(app, told or Options(now=proof.NOW), requests)


@pytest.mark.parametrize("name", ["calendar days of Santiago", "texts alone, around the mock"])
def test_a_dialect_that_nobody_told_is_spoken_to_the_byte(name: str) -> None:
    """The mock with the file answers 300 random queries as the target does; ``python tests/calibration`` puts 2,000."""
    result = proof.proved(named(name), 300)
    assert result.exact, proof.explained(result)
    assert result.dialect.requests <= 40
    assert result.slugs


@pytest.mark.parametrize("size", [0, 1])
def test_our_own_mock_has_an_empty_dialect(size: int) -> None:
    """No rule is written, however few contacts there are; what they cannot show is told; two runs write the same."""
    texts = [_calibrated(proof.target(named("as usual"), size)).text() for _ in range(1 + (size == 1))]
    document = tomllib.loads(texts[0])
    assert "rules" not in document
    assert "beyond" not in document
    assert document["open"]["order-ties"]["needs"]
    assert "--custom-field" in document["open"]["custom-field-compatible"]["needs"]
    assert len(set(texts)) == 1


def test_all_contacts_at_one_instant_show_their_ties() -> None:
    """Where nothing but ids tells contacts apart, the direction of ties is measured, and the order stays open."""

    def level(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        instant = "2026-03-01T10:00:00.123Z"
        for row in rows:
            row.update(last_message_at=instant, created_at=instant, updated_at=instant)
        return sorted(rows, key=lambda row: str(row["id"]), reverse=True)

    target = contacts(level)(proof.target(named("as usual"), SMALL))
    found = _calibrated(target)
    assert set(found.rules) <= {"order-ties", "order"}
    assert found.open


def test_ties_that_come_otherwise_the_second_time_are_not_stable() -> None:
    """A list with ties is asked for once more, though they came by ascending id, as is usual."""

    def turned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for name in ("updated_at", "created_at"):
            runs = [[*run] for _, run in groupby(rows, key=itemgetter(name))]
            rows = [row for run in runs for row in reversed(run)]
        return rows

    inner = proof.target(named("as usual"))
    ways = [inner, contacts(turned)(inner)]
    seen: list[bytes] = []

    async def wavering(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        way = ways[scope["query_string"] in seen]
        seen.append(scope["query_string"])
        await way(scope, receive, send)

    found = _calibrated(wavering)
    assert found.rules["order-ties"].value["created_at"] == "unstable"


def test_ties_are_compared_in_lists_of_one_order() -> None:
    """Ties that go with the direction come otherwise in a list the other way round, and are stable all the same."""
    state = State(Asker(Client("http://127.0.0.1", proof.KEY, Limits())), Options(), 100, large=False)
    one, other = (contact_of({"id": name, "created_at": "2026-03-01T10:00:00.123Z"}) for name in "ab")
    state.see_ties([one, other], "created_at ascending")
    state.see_ties([other, one], "created_at descending")
    assert not state.unstable("created_at")
    state.see_ties([other, one], "created_at ascending")
    assert state.unstable("created_at")


@pytest.mark.parametrize("known", [False, True])
def test_blocked_contacts_are_missed_by_who_knows_of_them(known: bool) -> None:
    """That none came proves nothing, unless the user says that there are some (`blocked-are-listed`)."""
    target = proof.target(named("blocked contacts are hidden"))
    found = _calibrated(target, proof.options(blocked=known))
    assert ("blocked-are-listed" in found.rules) == known


def test_the_rule_that_is_told_first_is_measured() -> None:
    """Of a query that breaks two rules the target tells one; which, the dialect says (`refused-by-rule`)."""
    found = _calibrated(proof.target(named("half of a pair is told before a time filter"), SMALL))
    assert tomllib.loads(found.text())["rules"]["refused-by-rule"]["value"] == {
        "first": ["no-custom-key", "no-custom-value"]
    }


def test_what_is_measured_is_what_is() -> None:
    """Ends of ranges, rounding, empty and repeated values: no more and no less is written, nothing is beyond."""
    rules: dict[str, Any] = {
        "days-range": {"most": 90},
        "limit-range": {"least": 0},
        "limit-offset-whole": "nearest",
        "repeated-parameter": "first",
        "malformed-values": {"stage_id": "empty"},
        "empty-values": {"stage_id": "accept", "custom_field_key": "absent", "custom_field_value": "absent"},
        "current-stage-expanded": True,
        "extra-fields": {"tags": ["string"]},
        "contact-fields": ["tags", *(name for name in DOCUMENTED if name != "is_chat_read")],
    }
    found = _calibrated(proof.target(Variant("", rules), SMALL), proof.options(SMALL))
    assert {slug: entry.value for slug, entry in found.rules.items()} == rules
    assert not found.beyond


@pytest.mark.parametrize("requests", [1, 2, 3])
def test_a_budget_that_the_first_lists_spend_leaves_the_rest_open(requests: int) -> None:
    """What was seen is written, and what was not asked takes more requests, not other data."""
    found = _calibrated(proof.target(Variant("", {"extra-fields": {"score": "number"}})), requests=requests)
    assert found.requests == requests
    assert [*found.rules] == ["extra-fields"]
    assert {found.open[slug] for slug in ("cursor-is-exclusive", "days-window", "order")} == {MORE}
    assert "budget" not in found.open


def test_an_account_that_prints_whole_seconds_is_told_what_that_hides() -> None:
    """Two contacts are not missing where there are many: their instants are."""
    found = _calibrated(proof.target(Variant("", {"timestamps": {"digits": 0}}), SMALL))
    assert "fractions" in found.open["cursor-is-exclusive"]
    assert "fractions" in found.open["order-ties"]


def test_a_target_that_changes_its_mind_gets_no_rule() -> None:
    """A rule that holds in every other answer alone is not written, whatever the first answers say."""
    ways = [
        proof.target(named("as usual"), SMALL),
        proof.target(
            Variant("", {"order": {"updated_after": "updated_at descending"}, "unauthorized": {"status": 403}}), SMALL
        ),
    ]
    for phase in (0, 1):
        count = [phase]

        async def fickle(
            scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]], count: list[int] = count
        ) -> None:
            count[0] += 1
            await ways[count[0] % 2](scope, receive, send)

        found = _calibrated(fickle)
        assert not found.rules
        assert found.open


@pytest.mark.parametrize(("status", "requests"), [(500, 40), (403, 11)])
def test_a_target_that_has_no_list_any_more_is_not_calibrated(status: int, requests: int) -> None:
    """A key that is blocked, a server that is down: what it answers since is no rule, nor is what was seen before."""
    inner = proof.target(named("as usual"), 1)
    count = [0]

    async def failing(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        count[0] += 1
        if count[0] < 4:
            await inner(scope, receive, send)
            return
        head = {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        await send(head)
        await send({"type": "http.response.body", "body": b'{"message":"no"}'})

    with pytest.raises(JudgeError, match=rf"brings no list since request \d; the last answer is {status}"):
        _calibrated(failing, requests=requests)


def test_a_target_that_limits_is_asked_again() -> None:
    """429 is waited for and is no refusal to learn."""
    inner = proof.target(named("as usual"), 0)
    count = [0]

    async def limiting(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
        count[0] += 1
        if count[0] % 3:
            await inner(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 429, "headers": [(b"retry-after", b"0")]})
        await send({"type": "http.response.body", "body": b'{"statusCode":429}'})

    assert not _calibrated(limiting).rules


def test_the_instant_of_a_refusal_is_no_part_of_its_wording() -> None:
    """A clock that runs stands in every body, beside the faults too, and the mock puts its own in its place."""
    count = [0]

    def timed(thing: dict[str, Any]) -> dict[str, Any]:
        count[0] += 1
        return {**thing, "at": f"2026-03-10T15:20:37.{count[0]:03d}Z"}

    found = _calibrated(refusals(timed)(proof.target(named("as usual"), 0)))
    assert found.rules["invalid-parameters"].value == {
        "body": '{"statusCode":400,"message":"Validation failed","errors":[{{issues}}],"at":"{{now}}"}'
    }
    assert set(found.rules) == {"invalid-parameters", "refused-by-rule", "unauthorized", "not-found"}


def test_windows_of_another_clock_are_no_rule() -> None:
    """A clock frozen two days after its Date header, of which nobody told, is named; its windows show no rule."""
    day = formatdate(proof.NOW / 1000 - 2 * 86_400, usegmt=True)
    told = replace(proof.options(), now=None)
    dialect = _calibrated(headed(("date", day))(proof.target(named("as usual"))), told)
    assert dialect.rules == {}
    assert "--target-now tells a frozen one" in dialect.open["days-window"]


def test_one_refusal_in_two_wordings_is_no_rule() -> None:
    """A text that changes with each request is not spoken as if it were the rule."""
    count = [0]

    def worded(thing: dict[str, Any]) -> dict[str, Any]:
        count[0] += 1
        return {**thing, "error": f"Take {count[0]}"}

    found = _calibrated(refusals(worded)(proof.target(named("as usual"), 0)))
    assert not {"refused-by-rule", "unauthorized", "not-found"} & set(found.rules)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "text/html", b"<html>"),
        (401, "application/json", b"{}"),
        (302, "text/plain", b""),
        (404, "text/plain", b""),
    ],
)
def test_what_cannot_be_asked_is_one_line_and_writes_nothing(
    status: int, kind: str, body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of HTML, a key that is refused, a redirect: ``JudgeError``, and an older file stays as it was."""
    monkeypatch.setenv("VAMBE_API_KEY", "x")
    file = tmp_path / "vambe.toml"
    file.write_text("# older\n", encoding="utf-8")
    with (
        listening(lambda *_: (status, {"content-type": kind, "location": "http://127.0.0.1/x"}, body)) as url,
        pytest.raises(JudgeError, match="nothing could be calibrated"),
    ):
        calibrating.calibrate(url, "VAMBE_API_KEY", Options(), Limits(), file, lambda _: None)
    assert file.read_text(encoding="utf-8") == "# older\n"


@pytest.mark.parametrize(
    ("contacts", "order", "at_times"),
    [
        ([{"name": "", "id": ""}, {"id": ""}], ("name", "id"), ["name"]),
        ([{"name": "", "id": ""}, {"id": "", "name": ""}], None, []),
        ([{"id": "", "x": 1, "name": ""}, {"id": "", "name": ""}], ("id", "x", "name"), []),
    ],
)
def test_a_field_that_comes_at_times_is_not_one_that_never_comes(
    contacts: list[dict[str, Any]], order: tuple[str, ...] | None, at_times: list[str]
) -> None:
    """Servers that leave out nulls, or have no order of fields, are told from those that lack a field."""
    shapes = Shapes()
    for contact in contacts:
        shapes.add(contact)
    assert (shapes.order(), shapes.at_times) == (order, at_times)


MARK = "Qxmark"


def _marked(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Contacts every value of which is a mark, but platform and status; ids and instants are of their own, too."""
    found = []
    for number, row in enumerate(rows):
        ticket = row["active_ticket_v2"]
        found.append(
            {
                **row,
                "id": f"abadcafe-{number:04x}-4abc-8abc-abadcafe{number:04x}",
                "name": f"{MARK} name",
                "phone": f"+5699887766{number:02d}",
                "email": f"{MARK}{number}@{MARK}.example",
                "client_id": "abadcafe-0000-4abc-8abc-abadcafe9999",
                "ai_customer_id": f"abadcafe-{number:04x}-4abc-8abc-abadcafe8888",
                "default_stage_id": "abadcafe-0000-4abc-8abc-abadcafe7777",
                "active_ticket_v2": ticket and {**ticket, "id": f"abadcafe-{number:04x}-4abc-8abc-abadcafe6666"},
                "notes": f"{MARK} extra",
                f"+5699887755{number:02d}": MARK,
                "owner": {"mail": f"{MARK}@x.example", "tags": [MARK]},
            }
        )
    return found


def _echoing(thing: dict[str, Any]) -> dict[str, Any]:
    """An error filter that gives away a contact."""
    return {
        **thing,
        "account": "abadcafe-0000-4abc-8abc-abadcafe9999",
        "owner": f"boss@{MARK}.example",
        "trace": "+56998877660",
    }


def test_nothing_personal_is_written() -> None:
    """No id, name, phone, e-mail, instant or custom value is in the file, in the summary, or in a request's record."""
    app = refusals(_echoing)(contacts(_marked)(proof.target(named("as usual"), SMALL)))
    told = Options(now=proof.NOW, custom_fields=(CustomField("customer", "status", f"{MARK} value"),))
    found = _calibrated(app, told)
    written = "\n".join([found.text(), *calibrating.summary(found, "http://127.0.0.1", Path("vambe.toml"))])
    for secret in (MARK, "abadcafe", "+5699", "5699887", proof.KEY):
        assert secret not in written, secret
    for row in proof.account(SMALL)["contacts"]:
        for name in ("created_at", "updated_at", "last_message_at"):
            assert row[name] is None or row[name] not in written
    assert "extra-fields" in found.rules


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"body": '{"id":"abadcafe-0000-4abc-8abc-abadcafe9999"}'}, "an id"),
        ({"body": '{"call":"+56 9 8765 4321"}'}, "a long number"),
        ({"kinds": {"no-key": {"body": '{"at":"2026-03-10T15:20:37.123456+00:00"}'}}}, "an instant"),
        ({"400": {"since": "Tue, 10 Mar 2026 15:20:37 GMT"}}, "an instant"),
        ({"body": '{"organization_name": "Anyone"}'}, "the name of an account or a person"),
        ({"body": '{"Empresa": "Anyone"}'}, "the name of an account or a person"),
        ({"body": '{"apiKey":"Key-7f3a-Zq"}'}, "the key or a value of a custom field"),
        ({"body": '{"message":"{{message}}","organization":"{{uuid}}","statusCode":403}'}, ""),
        ({"above.limit": "limit is 9007199254740991, after 2024-01-15T10:00:00Z"}, ""),
    ],
)
def test_what_may_be_the_accounts_own_is_no_value(value: Any, fault: str) -> None:
    """Ids, numbers to call, instants in any form, names of accounts and the key are found in any depth."""
    assert personal(value, (proof.KEY,)) == fault


def test_what_no_dialect_can_say_is_told_in_words() -> None:
    """Values of one answer, names in headers, lines' ends, numbers for flags: never a rule, always words."""
    count = [0]

    def odd(status: int, body: bytes) -> bytes:
        if status != 200:
            return body
        whole = body.replace(b'"blocked":false', b'"blocked":0')
        return whole.replace(b'"platform":"whatsapp"', b'"platform":"of Juan Perez"') + b"\n"

    def numbered(inner: Asgi) -> Asgi:
        async def outer(scope: Any, receive: Any, send: Callable[[Any], Awaitable[None]]) -> None:
            count[0] += 1
            trace = (("x-trace", f"t-{count[0]}"), ("x-user", "Juan Perez"), ("x-kept", "always"))
            await headed(*trace)(inner)(scope, receive, send)

        return outer

    app = statuses({404: 200})(numbered(body(odd)(proof.target(named("as usual"), 1))))
    found = _calibrated(app)
    assert {slug: entry.value for slug, entry in found.rules.items()} == {"response-headers": {"x-kept": "always"}}
    told = {"not-found", "bare-array", "contact-fields", "platforms"}
    assert told | {"response-headers.x-trace", "response-headers.x-user"} <= set(found.beyond)
    assert "Juan" not in found.text()


def test_the_command_measures_a_server(server: Server, tmp_path: Path) -> None:
    """Over HTTP: a file that the mock takes, exit code 0, and each rule that the file does not have is explained so."""
    file = tmp_path / "vambe.toml"
    command = [sys.executable, "-m", "vambe_mock", "calibrate", "--dialect", str(file)]
    environment = {"VAMBE_API_KEY": server.api_key, "PATH": ""}
    run = subprocess.run(
        [*command, "--target", server.url], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr
    document = tomllib.loads(file.read_text(encoding="utf-8"))
    assert document["dialect"]["format"] == 1
    assert "rules" not in document
    assert "0 rules measured" in run.stdout
    assert "it would take" in "\n".join(explained(file, "limit-cap"))
    with pytest.raises(JudgeError, match=r"says nothing of .*; for example: --explain [a-z-]+$"):
        explained(file, "day-range")
    assert "its usual way" in explained(file, "days-range")[0]


def test_a_plan_asks_nobody() -> None:
    """Each request is told with what it decides, and no more than the budget."""
    lines = calibrating.plan("https://api.vambe.me", "VAMBE_API_KEY", Options(), Limits(max_requests=9))
    assert sum(line.lower().startswith("get /api/public/") for line in lines) == 9
    assert all("decides: " in line for line in lines[:-1])
    assert "none was sent" in lines[-1]


def test_every_rule_that_may_be_written_is_one_of_the_mocks() -> None:
    """The judge imports nothing of the mock, so this holds the two to the same slugs."""
    from vambe_judge.calibration import calibrating as run
    from vambe_judge.calibration import forms, lists, sheets, wrong

    slugs = {rule.partition(".")[0] for rule in lists.VALUES}
    slugs |= {form.rule.partition(".")[0] for form in forms.ALL}
    slugs |= {one.taken.partition(".")[0] for sheet in sheets.SHEETS for one in sheet.wrong}
    slugs |= {rule.partition(".")[0] for rule in wrong.RULES_OF_KINDS.values()} | set(run.NEEDS)
    assert slugs <= set(FIELDS_BY_SLUG)


TOML = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=25)
@given(TOML, st.text(min_size=1, max_size=9))
def test_what_is_written_is_read_again(value: Any, slug: str) -> None:
    """Any text, whatever its characters, and any nesting comes back from the TOML file."""
    written = Dialect(on=TODAY, requests=1, rules={slug: Entry(value=value, requests=("days=1",), evidence="so")})
    found = tomllib.loads(written.text())["rules"]
    assert json.dumps(found[slug]["value"]) == json.dumps(value) or max(json.dumps(value)) >= "\ud800" or found


@pytest.mark.parametrize(
    ("now", "verdict"), some([({}, Verdict.VIOLATES), ({"unauthorized": {"status": 403}}, Verdict.CONFORMS)], 0)
)
def test_what_has_changed_since_is_told(now: dict[str, Any], verdict: Verdict, tmp_path: Path) -> None:
    """``check --dialect`` calibrates again: a rule that goes another way than the file says is violated."""
    told = Options(now=proof.NOW, large=True)
    file = tmp_path / "vambe.toml"
    before = proof.calibrated(proof.target(Variant("", {"unauthorized": {"status": 403}}), SMALL), told)
    file.write_text(before.text(), encoding="utf-8")
    transport = AsgiTransport(proof.target(Variant("", now), SMALL))
    client = Client("http://127.0.0.1", proof.KEY, Limits(max_requests=100, pace=0), transport=transport)
    with closing(client):
        found = measured_again(Judge(client, told), file)
    assert {one.slug: one.verdict for one in found}["unauthorized"] is verdict


def test_a_file_that_says_less_of_a_rule_is_no_change(tmp_path: Path) -> None:
    """Who wrote the status alone by hand is not told of the body that the mock sends with it anyway."""
    rules_of_it = {"unauthorized": {"status": 403}}
    file = tmp_path / "vambe.toml"
    file.write_text(toml(rules_of_it), encoding="utf-8")
    transport = AsgiTransport(proof.target(Variant("", rules_of_it), SMALL))
    with closing(Client(proof.URL, proof.KEY, Limits(max_requests=100, pace=0), transport=transport)) as client:
        found = measured_again(Judge(client, Options(now=proof.NOW, large=True)), file)
    assert [(one.slug, one.verdict) for one in found] == [("unauthorized", Verdict.CONFORMS)]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ({"created_at": "id-down", "updated_at": "id-down"}, {"updated_at": "id-down"}, Verdict.INCONCLUSIVE),
        ("id-down", {"updated_at": "id-down"}, Verdict.INCONCLUSIVE),
        ("id-down", {"updated_at": "id-against"}, Verdict.VIOLATES),
        ({"created_at": "id-down"}, {"created_at": "id-down", "updated_at": "id-down"}, Verdict.VIOLATES),
    ],
)
def test_a_part_of_what_was_measured_is_no_change(before: Any, after: Any, verdict: Verdict) -> None:
    """Where the data shows less than on the day of the file, nobody is blamed for the rest."""
    entry = Entry(value=after, requests=(), evidence="so")
    now = Dialect(
        on=TODAY, requests=1, rules={"order-ties": entry}, open={"order-ties": "contacts with equal instants"}
    )
    assert [one.verdict for one in _compared("order-ties", {"value": before}, now).findings] == [verdict]


def test_the_shape_is_a_profile(tmp_path: Path) -> None:
    """``--shape`` spends what is left of the requests; the same file is one for serve and for generate."""
    file = tmp_path / "vambe.toml"
    told = vambe("calibrate", "--dialect", file, "--shape", "--max-requests", "45")
    assert (told.code, told.err) == (0, "")
    assert tomllib.loads(file.read_text(encoding="utf-8"))["shape"]["contacts"] == pytest.approx(1_000, rel=0.2)
    assert vambe("generate", tmp_path / "new" / "a.ndjson", "--profile", file, "--contacts", "20").code == 0
    assert parse(file.read_text(encoding="utf-8"), "vambe.toml").dialect is not None


def test_what_a_dialect_breaks_is_as_measured_whatever_the_data_is(tmp_path: Path) -> None:
    """Cases that are numbered are made of the target's data, and requests made from the document are judged so too."""
    file = tmp_path / "vambe.toml"
    measured = {"days-window": {"unit": "calendar"}, "timestamps": {"digits": 0, "zone": "+00:00"}}
    file.write_text(toml(measured), encoding="utf-8")
    told = Target("http://127.0.0.1", proof.KEY, "VAMBE_API_KEY")
    due = [rules.test_days_window, generated.test_generated]
    found = explained_by(file, told, replace(proof.options(), generated=4), due)
    broken = Finding("window 7", Verdict.VIOLATES, "documented")
    with closing(Client("http://127.0.0.1", proof.KEY, Limits())) as client:
        judge = Judge(client, Options(), explained=found)
    assert judge._as_measured("days-window", broken).verdict is Verdict.CONFORMS
    assert judge._as_measured("days-window", replace(broken, case="another")).verdict is Verdict.VIOLATES
    assert ("generated", "schema of the answer") in found


def test_what_the_default_set_does_not_show_is_rehearsed_with_others(tmp_path: Path) -> None:
    """Who wrote just a year ago is in a window of calendar days; what no set breaks stays violated."""
    file = tmp_path / "vambe.toml"
    file.write_text(toml({"days-window": {"unit": "calendar"}}), encoding="utf-8")
    told, due = Target("http://127.0.0.1", proof.KEY, "VAMBE_API_KEY"), [rules.test_days_window]
    found = explained_by(file, told, proof.options(), due)
    found.pop(("days-window", "a year"), None)  # a slow machine sees it with the default set too
    broken = [Finding(case, Verdict.VIOLATES, "documented") for case in ("a year", "another")]
    with closing(Client("http://127.0.0.1", proof.KEY, Limits())) as client:
        judge = Judge(client, Options(), explained=found)
        judge.outcomes["days-window"] = Outcome("days-window", "documented", "", broken)
        look_again(judge, file, told, proof.options(), due)
    assert [one.verdict for one in judge.outcomes["days-window"].findings] == [Verdict.CONFORMS, Verdict.VIOLATES]


@pytest.mark.parametrize(
    ("rules_of_it", "due"),
    [
        ({"days-window": {"edge": "exclusive"}}, (rules.test_days_window,)),
        ({"timestamps": {"digits": 0, "zone": "+00:00"}}, (rules.test_days_window,)),
        (
            {"stage-of-active-ticket": "default_stage"},
            (rules.test_stage_of_active_ticket, rules.test_pipeline_of_active_ticket, rules.test_paging),
        ),
    ],
    ids=["the edge of a window", "whole seconds", "the default stage"],
)
def test_the_accounts_contacts_are_rehearsed_too(
    rules_of_it: dict[str, Any], due: tuple[Any, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing but what its data breaks is blamed on a target that follows its dialect, whichever rules hold then."""
    monkeypatch.setattr(drift, "OTHER_DATA", ())
    file = tmp_path / "vambe.toml"
    file.write_text(toml(rules_of_it), encoding="utf-8")
    told, options = Target("http://127.0.0.1", proof.KEY, "VAMBE_API_KEY"), proof.options()
    due = (*due, rules.test_timestamps)
    transport = AsgiTransport(proof.target(Variant("", rules_of_it)))
    with closing(Client(told.url, told.key, Limits(max_requests=200, pace=0), transport=transport)) as client:
        judge = Judge(client, options, explained=explained_by(file, told, options, due))
        judge.begin()
        for rule in due:
            judge.hear(rule)
        look_again(judge, file, told, options, due)
    broken = (Verdict.VIOLATES, Verdict.DIFFERS)
    left = [(slug, one.case) for slug, it in judge.outcomes.items() for one in it.findings if one.verdict in broken]
    assert left == [("timestamps", "updated_at")]


def test_what_breaks_only_where_another_rule_holds_is_rehearsed(tmp_path: Path) -> None:
    """Paging within a stage is looked at only where the stage is as it was measured; then it is explained, too."""
    file = tmp_path / "vambe.toml"
    file.write_text(toml({"stage-of-active-ticket": "default_stage"}), encoding="utf-8")
    due = [rules.test_stage_of_active_ticket, rules.test_paging]
    found = explained_by(file, Target("http://127.0.0.1", proof.KEY, "VAMBE_API_KEY"), proof.options(), due)
    assert {slug for slug, _ in found} == {"stage-of-active-ticket", "paging"}


def test_a_contact_that_no_set_can_hold_is_not_rehearsed() -> None:
    """An instant whose zone takes it out of the years 0000 to 9999, or an id that is none, ends no judgement."""
    contact = {**proof.account(SMALL)["contacts"][0]}
    beyond = {**contact, "id": "0" * 8 + contact["id"][8:], "updated_at": "9999-12-31T23:59:59.000-05:00"}
    rows, _ = read([contact, beyond, {**contact, "id": "x"}], Known())
    assert [one["id"] for one in rehearsal.of_rows(rows, Options())["contacts"]] == [contact["id"]]


def test_two_targets_that_follow_one_dialect_do_not_differ(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whom a window leaves out depends on the data; ``--compare`` tells no difference that the file explains."""
    rules_of_it = {"days-window": {"edge": "exclusive"}}
    file = tmp_path / "vambe.toml"
    file.write_text(toml(rules_of_it), encoding="utf-8")
    first, second = (
        Target(url, proof.KEY, "VAMBE_API_KEY", AsgiTransport(proof.target(Variant("", rules_of_it), size)))
        for url, size in (("http://127.0.0.1", 200), ("http://127.0.0.2", 40))
    )
    code = checking.compare(first, proof.options(), second, Limits(pace=0), checking.Reports(), file)
    assert (code, capsys.readouterr().out.splitlines()[0].partition(";")[0]) == (0, "44 of 44 rules alike")


def test_a_fresh_mock_speaks_the_file_that_it_is_checked_with(tmp_path: Path) -> None:
    """``check --dialect FILE`` without a target checks the mock that the file is for; a wrong file is one line."""
    file = tmp_path / "vambe.toml"
    file.write_text(toml({"unauthorized": {"status": 403}}), encoding="utf-8")
    with fresh_mock.mock(file) as told, closing(Client(told.url, "another", Limits(pace=0))) as client:
        assert client.get("days=1").status == 403
    file.write_text("[rules.unauthorised]\nvalue = 1\n", encoding="utf-8")
    with pytest.raises(JudgeError, match=r"dialect\.format is missing"), fresh_mock.mock(file):
        pass
