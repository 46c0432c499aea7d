"""Which way the list runs, what ties do, and how it is cut."""

import json

import pytest
from starlette.types import ASGIApp

from asgi import ask
from small_data import ANCHOR, AT_ANCHOR, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

EARLY, MIDDLE, LATE = "2026-02-01T00:00:00.000Z", "2026-02-02T00:00:00.000Z", "2026-02-03T00:00:00.000Z"
SINCE = "2020-01-01T00:00:00Z"


def answered(app: ASGIApp, query: str) -> list[int]:
    """The numbers of the contacts that *query* gets."""
    return [int(one["id"][:8], 16) for one in json.loads(ask(app, query).body)]


@pytest.fixture(scope="module")
def three() -> ASGIApp:
    """Three contacts, each first in another order."""
    rows = [
        contact(1, updated_at=LATE, created_at=MIDDLE, last_message_at=EARLY),
        contact(2, updated_at=EARLY, created_at=LATE, last_message_at=MIDDLE),
        contact(3, updated_at=MIDDLE, created_at=EARLY, last_message_at=LATE),
    ]
    return create_app(from_document(document(*rows)), Settings(now=AT_ANCHOR, quiet=True))


ORDERS = [
    ("days: the newest message first", "days=365", [3, 2, 1]),
    ("created_after: the oldest first", f"created_after={SINCE}", [3, 1, 2]),
    ("updated_after: the first updated first", f"updated_after={SINCE}", [2, 3, 1]),
    ("days and created_after: by created_at", f"days=365&created_after={SINCE}", [3, 1, 2]),
    ("days and updated_after: by updated_at", f"days=365&updated_after={SINCE}", [2, 3, 1]),
    ("both cursors: by updated_at", f"created_after={SINCE}&updated_after={SINCE}", [2, 3, 1]),
    ("all three: by updated_at", f"days=365&created_after={SINCE}&updated_after={SINCE}", [2, 3, 1]),
    ("the order of the parameters is no matter", f"updated_after={SINCE}&days=365", [2, 3, 1]),
]


@pytest.mark.parametrize(("query", "numbers"), [row[1:] for row in ORDERS], ids=[row[0] for row in ORDERS])
def test_order(three: ASGIApp, query: str, numbers: list[int]) -> None:
    """By updated_at for updated_after, else by created_at for created_after, else the newest message (`order`)."""
    assert answered(three, query) == numbers


@pytest.mark.parametrize("query", ["days=30", f"created_after={SINCE}", f"updated_after={SINCE}"])
def test_order_ties(query: str) -> None:
    """Contacts with the same instant come by ascending id, however they stand in the data (`order-ties`)."""
    rows = [contact(number, name=str(number)) for number in (5, 3, 9, 1, 7)]
    app = create_app(from_document(document(*rows)), Settings(now=AT_ANCHOR, quiet=True))
    assert answered(app, query) == [1, 3, 5, 7, 9]


def test_order_ties_do_not_depend_on_the_letters_of_an_id() -> None:
    """An id in capitals takes the place of the same UUID in small letters (`order-ties`, `uuid-case`)."""
    rows = [contact(0xA), contact(0xB), contact(0xC)]
    rows[1]["id"] = rows[1]["id"].upper()
    app = create_app(from_document(document(*rows)), Settings(now=AT_ANCHOR, quiet=True))
    assert answered(app, "days=1") == [0xA, 0xB, 0xC]


PAGES = [
    ("no limit: all of them", "", [3, 2, 1]),
    ("a limit", "&limit=2", [3, 2]),
    ("a limit larger than the list", "&limit=1000", [3, 2, 1]),
    ("an offset", "&offset=1", [2, 1]),
    ("offset first, then limit", "&offset=1&limit=1", [2]),
    ("the end of the list", "&offset=3", []),
    ("past the end", "&offset=4&limit=5", []),
    ("as far as it goes", "&offset=9007199254740991&limit=1000", []),
]


@pytest.mark.parametrize(("cut", "numbers"), [row[1:] for row in PAGES], ids=[row[0] for row in PAGES])
def test_paging(three: ASGIApp, cut: str, numbers: list[int]) -> None:
    """Offset, then limit, on the filtered and ordered list (`paging`)."""
    assert answered(three, "days=365" + cut) == numbers


@pytest.mark.parametrize(
    "query", ["days=365", "created_after=2000-01-01T00:00:00Z", "days=90&updated_after=2000-01-01T00:00:00Z"]
)
def test_paging_loses_and_repeats_nothing(app: ASGIApp, query: str) -> None:
    """The pages of the default set, joined, are the whole list, ties and all (`paging`, `order-ties`)."""
    whole = answered(app, query)
    pages = [answered(app, f"{query}&limit=7&offset={offset}") for offset in range(0, len(whole) + 7, 7)]
    assert [number for page in pages for number in page] == whole
    assert len(whole) > 100


def test_paging_comes_after_the_filters(three: ASGIApp) -> None:
    """A limit counts the contacts that match, not those looked at (`paging`)."""
    assert answered(three, f"created_after={MIDDLE}&limit=1") == [2]
    assert ANCHOR > LATE
