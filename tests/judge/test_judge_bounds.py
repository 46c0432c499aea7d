"""Servers that mean ill, before the judge, ``explain`` and ``readyz``: each ends in time, small, with one line."""

import gzip
import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from commands import refused, vambe
from judge_targets import KEY, answer, listening
from vambe_judge.asking import answers, contacts
from vambe_judge.asking.client import Client, Limits
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.asking.options import Options
from vambe_judge.asking.problems import JudgeError, Malformed, Unanswered
from vambe_mock.server.asking import NoAnswer, get

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ID = "df980fc8-b6db-4820-bf22-2969482d106d"


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that hears a request on each connection and then says what *speak* says; its base URL."""
    over = threading.Event()

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            speak(connection)

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while not over.is_set():
                threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()


def dripping(first: bytes) -> Callable[[socket.socket], None]:
    """Say *first*, then a byte every now and then, without an end."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            time.sleep(0.05)
            connection.sendall(b"a")

    return speak


def saying(said: bytes) -> Callable[[socket.socket], None]:
    """Say *said*, and nothing else."""
    return lambda connection: connection.sendall(said)


def client(url: str, timeout: float = 30.0) -> Client:
    """The judge's client before *url*."""
    return Client(url, KEY, Limits(timeout=timeout))


DRIPS = {"head": b"HTTP/1.1 200 OK\r\nX-A: ", "informational": b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 103 ",
         "body": HEAD + b"Content-Length: 99999\r\n\r\n["}  # fmt: skip


def test_a_target_in_this_process_is_asked_without_a_timer(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline's thread starts with a connection; most runs of the judge's own tests have none."""
    monkeypatch.setattr(threading, "Timer", None)
    client = Client("http://127.0.0.1", "test-key", transport=AsgiTransport(app))
    assert client.get("days=30&limit=1").status == 200
    client.close()


@pytest.mark.parametrize("part", DRIPS)
def test_one_deadline_for_the_whole_answer(part: str) -> None:
    """A byte every 50 ms never lets a read time out, and still the answer has to be whole in time."""
    with speaking(dripping(DRIPS[part])) as url:
        asking = client(url, timeout=0.2)
        started = time.monotonic()
        with pytest.raises(Unanswered, match=r"^no answer within 0\.2 seconds$"):
            asking.get("days=1")
        asking.close()
        assert time.monotonic() - started < 10
        if part != "informational":  # which http.client takes for the answer
            with pytest.raises(NoAnswer, match=r"^no whole answer within 0\.2 seconds$"):
                get(url, "/readyz", 0.2)


def test_nothing_is_decoded() -> None:
    """The request has Accept-Encoding: identity, and a few bytes that would unfold to many are refused unread."""
    heard = []

    def bomb(_path: str, _query: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        heard.append(headers["accept-encoding"])
        coded = {"content-type": "application/json", "content-encoding": "gzip"}
        return 200, coded, gzip.compress(b"[" + b" " * 10**6)

    with listening(bomb) as url:
        asking = client(url)
        with pytest.raises(Malformed, match="has a Content-Encoding, although"):
            asking.get("days=1")
        asking.close()
    assert heard == ["identity"]


def test_cookies_are_not_kept() -> None:
    """What a target sets is not sent with the next request."""
    heard = []

    def cookie(_path: str, _query: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        heard.append(headers.get("cookie"))
        return answer(200, [], **{"set-cookie": "session=1; Path=/"})

    with listening(cookie) as url:
        asking = client(url)
        for _ in range(2):
            asking.get("days=1")
        asking.close()
    assert heard == [None, None]


def test_contacts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """More contacts in an answer than can be looked at are no answer; too many different ones end the run."""
    monkeypatch.setattr(contacts, "MOST_ROWS", 3)
    monkeypatch.setattr(contacts, "MOST_KNOWN", 4)
    with listening(lambda _path, query, _headers: answer(200, [{"id": f"{n}"} for n in eval(query["x"])])) as url:  # noqa: S307
        asking = client(url)
        with pytest.raises(Unanswered, match="the answer has more than 3 contacts"):
            asking.get("x=range(4)")
        assert len(asking.get("x=range(3)").rows) == 3
        assert len(asking.get("x=range(1,4)").rows) == 3
        assert asking.gave_up == ""
        with pytest.raises(Unanswered, match="more than 4 different contacts came"):
            asking.get("x=range(4,6)")
        assert asking.gave_up.startswith("more than 4 different contacts came")
        asking.close()


@pytest.mark.parametrize("body", ["[[],[],[],[],[]]", "[0,0,0,0,0,0,0]"])
def test_values_are_bounded_before_they_are_parsed(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body of many small values takes a hundred times its size when it is parsed, so they are counted first."""
    monkeypatch.setattr(answers, "MOST_OBJECTS", 5)
    monkeypatch.setattr(answers, "MOST_VALUES", 5)
    with listening(lambda *_: answer(200, json.loads(body))) as url:
        asking = client(url)
        with pytest.raises(Unanswered, match="too many values"):
            asking.get("days=1")
        asking.close()


def test_names_are_bounded() -> None:
    """Of an object with very many members, the names of the first hundred are kept, in a contact and in a refusal."""
    many = {f"name{number}": None for number in range(200)}
    replies = iter([answer(200, [{**many, "active_ticket_v2": many}]), answer(400, {**many, "errors": [{}] * 200})])
    with listening(lambda *_: next(replies)) as url:
        asking = client(url)
        (row,), refusal = asking.get("days=1").rows, asking.get("days=0").refusal
        asking.close()
    assert (len(row.unknown), len(row.nulls)) == (200, 0)
    assert refusal is not None
    assert (len(refusal.keys), len(refusal.issues)) == (100, 100)


def test_a_contact_is_kept_once_and_its_order_of_fields_too() -> None:
    """A contact that came before is not read again; with its fields in other places it is another, equal in content."""
    known = contacts.Known()
    one = {"id": ID, "name": "A", "phone": None}
    other = dict(reversed(one.items()))
    first, again, turned = (known.of(dict(each))[0] for each in (one, one, other))
    assert first is again
    assert (first.in_order, turned.in_order, first.digest == turned.digest) == (True, False, True)


@pytest.mark.parametrize(
    ("command", "flag", "seconds"),
    [
        ("check", "--timeout", "inf"),
        ("check", "--pace", "1e300"),
        ("check", "--patience", "inf"),
        ("readyz", "--wait", "inf"),
    ],
)
def test_seconds_that_nobody_can_wait_are_refused(command: str, flag: str, seconds: str) -> None:
    """A time-out, pace or patience without end is one line and exit code 2."""
    assert f'{flag} "{seconds}"; wanted a number, 0' in refused(command, flag, seconds)
    with pytest.raises(JudgeError, match="wanted 0 to 86400"):
        Limits(timeout=float(seconds))


TOML = {
    "deep": ("a = " + "[" * 100_000, "nested too deep"),
    "a number of 5000 digits": ("a = " + "1" * 5_000, "is not TOML: "),
    "endless": ("#" * 1_000_001, "larger than 1 MB"),
    "no UTF-8": ("a = '\udcff'", "is not TOML: "),
    "a wrong table": ("[pipeline]\n", 'did you mean "pipelines"?'),
}


@pytest.mark.parametrize("name", TOML)
def test_toml_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    """Whatever a TOML file is, it is one line and exit code 2."""
    text, word = TOML[name]
    path = tmp_path / "about.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(JudgeError) as told:
        Options().with_target_data([], [], path)
    assert word in str(told.value)
    assert "\n" not in str(told.value)


EXPLAINED = {"listed": True, "because": "\x1b[2J\x07", "now": "n", "order": "o", "place": 0, "matched": 1,
             "filters": [{"parameter": "\x9b31m", "asked": "\r", "reading": [], "contact_has": {"a": "\x00"}}, 7, None],
             "ignored": ["\x1b]0;x\x07"]}  # fmt: skip


def test_a_server_says_nothing_to_the_terminal() -> None:
    """What ``explain`` shows of an answer is escaped, whatever types stand in it."""
    for reply in (answer(200, EXPLAINED), answer(422, {"detail": "\x1b[2J"})):
        with listening(lambda *_, reply=reply: reply) as url:
            done = vambe("explain", ID, "days=1", "--url", url)
        assert "\\x1b[2J" in done.out + done.err
        assert (done.out + done.err).replace("\n", "").isprintable()


ODD = {
    "deep": HEAD + b"\r\n" + b"[" * 100_000,
    "large": HEAD + b"\r\n" + b" " * 1_000_001,
    "broken off": HEAD + b'Content-Length: 99\r\n\r\n{"listed": true}',
    "no HTTP": b"\x1b[2JSSH-2.0\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("kind", ODD)
def test_odd_answers_are_one_line(kind: str) -> None:
    """``explain`` ends with 2; ``readyz`` with 1, since it is not ready, unless only the body is odd."""
    with speaking(saying(ODD[kind])) as url:
        said = refused("explain", ID, "days=1", "--url", url)
        done = vambe("readyz", "--url", url)
    assert said[:-1].isprintable()
    assert done.code == (kind != "deep")
    assert done.err.count("\n") == done.code
    if kind == "redirect":
        assert "it answers 302" in done.err


def test_readyz_says_in_words_what_happened() -> None:
    """No number of an error that only a C programmer knows."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert vambe("readyz", "--url", f"http://127.0.0.1:{port}").err == (
        f"vambe-mock: http://127.0.0.1:{port} is not ready: connection refused\n"
    )
    assert "the host name is not known" in vambe("readyz", "--url", "http://no-such-host.invalid").err


def test_a_hostile_target_is_one_line(tmp_path: Path) -> None:
    """``check`` as a whole: one line, exit code 2, and no report."""
    with speaking(dripping(HEAD)) as url, patch.dict(os.environ, {"VAMBE_API_KEY": KEY}):
        report = tmp_path / "r.json"
        said = refused("check", "--target", url, "--timeout", "0.2", "--generated", "0", "--json", report)
    assert "no answer within 0.2 seconds" in said
    assert not report.exists()
