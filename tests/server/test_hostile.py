"""Hostile input over a real connection: whatever comes, an answer by the rules, and a server that lives on."""

import random
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import ASGIApp

from asgi import ask
from effort import times
from servers import PATH, Server, StartServer

STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
PIECES = (
    *("days", "created_after", "updated_after", "limit", "offset", "stage_id", "custom_field_key", "entity_type"),
    *("=", "&", "&&", "+", "%", "%00", "%zz", "%FF%FE", "%C0%80", "%F0%9F%98%80", "[]", "[0]", "__proto__", "'", '"'),
    *("30", "-1", "1e309", "NaN", "0x1E", "2026-01-01T00:00:00Z", "{}", "<", ";", "#", "\\", "..", "/", "?"),
)


def exchange(server: Server, raw: bytes, *, stays: bool = False) -> bytes:
    """What the server answers to *raw*, until it closes the connection.

    Nothing follows *raw*, and a client that does not stay says so: the server may take that for its leaving.
    """
    address = urlsplit(server.url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20) as connection:
        try:
            connection.sendall(raw)
            if not stays:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server had already refused what came so far
        received = b""
        try:
            while piece := connection.recv(65_536):
                received += piece
        except ConnectionResetError:
            pass
    return received


def request(target: bytes, *headers: bytes) -> bytes:
    """A GET of *target*, as it stands, with the key."""
    lines = [b"GET " + target + b" HTTP/1.1", b"host: a", b"connection: close", b"x-api-key: test-key", *headers]
    return b"\r\n".join([*lines, b"", b""])


def memory(server: Server) -> int:
    """The process's resident bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024  # type: ignore[index]


@settings(max_examples=times(250))
@given(query=st.one_of(st.lists(st.sampled_from(PIECES)).map("".join).map(str.encode), st.binary(max_size=60)))
def test_any_query_string_gets_an_answer_by_the_rules(app: ASGIApp, query: bytes) -> None:
    """Whatever stands in the query, it is 200 or 400 with a body of the vendor's (`query-string-syntax`)."""
    reply = ask(app, query)
    assert reply.status in (200, 400)
    assert reply.body[:1] in (b"[", b"{")


def test_random_targets_over_one_server(start_server: StartServer) -> None:
    """Random raw query strings get 200, 400 or a refusal of the HTTP layer, never a 5xx, and memory stays flat."""
    server = start_server("--fixture", "tiny", "--quiet")
    chance = random.Random(20261123)
    seen: dict[int, int] = {}
    rounds = times(25)
    for round_number in range(rounds):
        queries = ["".join(chance.choices(PIECES, k=chance.randint(0, 12))).encode() for _ in range(100)]
        queries = [bytes(byte for byte in query if 0x20 < byte < 0x7F) for query in queries]
        for status in pipelined(server, queries):
            seen[status] = seen.get(status, 0) + 1
        if round_number == rounds // 5:
            before = memory(server)
    assert sum(seen.values()) == 100 * rounds
    assert set(seen) <= {200, 400}
    assert seen[400] > 10 * rounds
    assert memory(server) - before < 8 * 2**20
    assert server.log() == ""


def pipelined(server: Server, queries: list[bytes]) -> list[int]:
    """The statuses of *queries*, sent over one connection, or over several where a refusal closes one."""
    statuses: list[int] = []
    while rest := [PATH.encode() + b"?" + query for query in queries[len(statuses) :]]:
        raw = b"".join(request(target).replace(b"connection: close\r\n", b"") for target in rest[:-1])
        answered = STATUS.findall(exchange(server, raw + request(rest[-1])))
        assert answered
        statuses += [int(status) for status in answered]
    return statuses


RAW = [
    ("a million ampersands", request(PATH.encode() + b"?" + b"&" * 10**6), {431}),
    ("sixteen thousand ampersands after a good query", request(PATH.encode() + b"?days=30" + b"&" * 16_000), {200}),
    ("four thousand parameters", request(PATH.encode() + b"?days=30" + b"&a=1" * 4_000), {200}),
    ("digits and one wrong letter", request(PATH.encode() + b"?days=" + b"1" * 16_000 + b"x"), {400}),
    ("names that sound like keys", request(b"/x" + b"?key" * 4_000), {404}),
    ("a value of a megabyte", request(PATH.encode() + b"?days=" + b"9" * 10**6), {431}),
    ("a path of sixteen thousand letters", request(b"/" + b"a" * 16_000), {404}),
    ("a path of a megabyte", request(b"/" + b"a" * 10**6), {431}),
    ("a header of a megabyte", request(PATH.encode() + b"?days=30", b"x-big: " + b"a" * 10**6), {431}),
    ("ten thousand headers", request(PATH.encode() + b"?days=30", *[b"x-a: b"] * 10**4), {431}),
    ("a key of sixteen thousand letters", request(PATH.encode() + b"?days=1", b"x-api-key: " + b"a" * 16_000), {401}),
    ("a key of a megabyte", request(PATH.encode() + b"?days=1", b"x-api-key: " + b"a" * 10**6), {431}),
    ("raw bytes beyond ASCII", request(PATH.encode() + b"?days=30&a=\xff\xfe\xc3\xa9"), {400}),
    ("a NUL byte in the target", request(PATH.encode() + b"?days=30\x00"), {400}),
    ("an escaped NUL", request(PATH.encode() + b"?days=%0030"), {400}),
    (
        "a NUL byte in the key",
        b"GET / HTTP/1.1\r\nhost: a\r\nx-api-key: a\x00b\r\nconnection: close\r\n\r\n",
        {400, 404},
    ),
    ("no request at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", {400}),
    ("an unknown method", b"BREW / HTTP/1.1\r\nhost: a\r\n\r\n", {400, 404}),
    ("a target of another scheme", request(b"http://example.com/api/public/contacts?days=1"), {200, 404}),
    ("path tricks", request(b"/api/public/../public/contacts?days=1"), {404}),
]


@pytest.mark.parametrize(("raw", "statuses"), [row[1:] for row in RAW], ids=[row[0] for row in RAW])
def test_hostile_requests_are_refused_and_nothing_breaks(server: Server, raw: bytes, statuses: set[int]) -> None:
    """Each gets a status by the rules, no traceback is printed, and the next request is answered."""
    found = STATUS.match(exchange(server, raw, stays=statuses == {200}))
    assert found is not None
    assert int(found[1]) in statuses
    assert server.get("days=30&limit=1").status_code == 200
    assert "Traceback" not in server.log()


def test_a_client_that_leaves_in_the_middle_disturbs_nobody(start_server: StartServer) -> None:
    """A large answer that nobody reads to its end leaves no trace in the log."""
    server = start_server("--contacts", "3000")
    address = urlsplit(server.url)
    for _ in range(5):
        with socket.create_connection((str(address.hostname), int(address.port or 0))) as connection:
            connection.sendall(request(PATH.encode() + b"?created_after=0000-01-01T00:00:00Z"))
            connection.recv(1_000)
    assert server.get("days=30&limit=1").status_code == 200
    assert "Traceback" not in server.log()
    assert "rror" not in server.log()
