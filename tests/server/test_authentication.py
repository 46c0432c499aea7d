"""Who may ask: every way to send a key, from outside."""

import json

import pytest
from starlette.types import ASGIApp

from asgi import ask

Headers = tuple[tuple[bytes, bytes], ...]

ACCEPTED: list[tuple[str, Headers]] = [
    ("the key", ((b"x-api-key", b"test-key"),)),
    ("blanks around it", ((b"x-api-key", b" \t test-key\t "),)),
    ("among other headers", ((b"host", b"a"), (b"authorization", b"Bearer x"), (b"x-api-key", b"test-key"))),
]

REFUSED: list[tuple[str, Headers]] = [
    ("none", ()),
    ("an empty one", ((b"x-api-key", b""),)),
    ("only blanks", ((b"x-api-key", b"   "),)),
    ("an unknown one", ((b"x-api-key", b"test-key2"),)),
    ("a part of it", ((b"x-api-key", b"test-ke"),)),
    ("in capitals", ((b"x-api-key", b"TEST-KEY"),)),
    ("twice, both right", ((b"x-api-key", b"test-key"), (b"x-api-key", b"test-key"))),
    ("twice, one right", ((b"x-api-key", b"test-key"), (b"x-api-key", b"other"))),
    ("two in one header", ((b"x-api-key", b"test-key, test-key"),)),
    ("as authorization", ((b"authorization", b"test-key"),)),
    ("as a bearer token", ((b"authorization", b"Bearer test-key"),)),
    ("as a cookie", ((b"cookie", b"x-api-key=test-key"),)),
    ("bytes beyond ASCII", ((b"x-api-key", "clé".encode()),)),
]


@pytest.mark.parametrize("headers", [row[1] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_api_key_required_and_accepted(app: ASGIApp, headers: Headers) -> None:
    """One x-api-key header with a known key is enough (`api-key-required`)."""
    assert ask(app, "days=30", headers=headers).status == 200


@pytest.mark.parametrize("headers", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_api_key_required_else_401(app: ASGIApp, headers: Headers) -> None:
    """No key, a wrong one, or a key anywhere else is 401 (`api-key-required`)."""
    reply = ask(app, "days=30", headers=headers)
    assert reply.status == 401
    assert list(json.loads(reply.body)) == ["message", "error", "statusCode"]


def test_api_key_required_not_in_the_query(app: ASGIApp) -> None:
    """A key in the query is an unknown parameter (`api-key-required`)."""
    assert ask(app, "days=30&x-api-key=test-key", headers=()).status == 401


@pytest.mark.parametrize("query", ["", "days=0", "days=30&limit=x"])
def test_401_before_400(app: ASGIApp, query: str) -> None:
    """A wrong key with a wrong query is 401 (`401-before-400`)."""
    assert ask(app, query, headers=((b"x-api-key", b"wrong"),)).status == 401


def test_key_is_organisation(app: ASGIApp) -> None:
    """Every contact that a key sees carries the one client_id of its organisation (`key-is-organisation`)."""
    seen = {contact["client_id"] for contact in json.loads(ask(app, "created_after=2000-01-01T00:00:00Z").body)}
    assert len(seen) == 1
