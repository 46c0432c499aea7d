"""What the console's views of time and of delivery ask: the windows, and what a client has not got and why."""

import json
from typing import Any

import pytest

from asgi import ask, control
from small_data import AT_ANCHOR, DAY, contact, document
from vambe_mock.contract import instants
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

SINCE = "updated_after=1970-01-01T00:00:00Z"


def told(app: Application, method: str, path: str, body: object = None) -> Any:
    """The JSON of a good answer of the admin API."""
    reply = control(app, method, path, body)
    assert reply.status < 300, reply.body
    return json.loads(reply.body)


def ago(milliseconds: int) -> str:
    """The instant so long before the anchor."""
    return instants.write(AT_ANCHOR - milliseconds)


@pytest.fixture
def app() -> Application:
    """Contacts with a last message at the edges of windows, a later one, one that is too old, and one without."""
    ages = [0, 1, DAY, DAY + 1, 7 * DAY, 30 * DAY, 30 * DAY + 1, 365 * DAY, 365 * DAY + 1, -5 * DAY]
    rows = [contact(number, last_message_at=ago(age)) for number, age in enumerate(ages, 1)]
    rows.append(contact(11, last_message_at=None))
    return create_app(from_document(document(*rows)), Settings(now=AT_ANCHOR, quiet=True))


def test_windows_count_what_the_endpoint_lists(app: Application) -> None:
    """Each of the 365 counts is that of the endpoint's answer; what no window has is told apart."""
    windows = told(app, "GET", "/clock/windows?window=30")
    for days in (1, 2, 6, 7, 8, 29, 30, 31, 364, 365):
        assert windows["listed"][days - 1] == len(json.loads(ask(app, f"days={days}").body)), days
    assert len(windows["listed"]) == 365
    assert (windows["later"], windows["older"], windows["without"]) == (1, 1, 1)


def test_windows_name_who_leaves_next(app: Application) -> None:
    """The contact with the oldest message in the window is first, and the instant named is the first without it."""
    leaving = told(app, "GET", "/clock/windows?window=30")["leaving"]
    assert [one["name"] for one in leaving[:2]] == ["Contact 6", "Contact 5"]
    assert leaving[0]["leaves_at"] == instants.write(AT_ANCHOR + 1)
    before = len(json.loads(ask(app, "days=30").body))
    told(app, "POST", "/clock/set", {"at": leaving[0]["leaves_at"]})
    assert len(json.loads(ask(app, "days=30").body)) == before - 1


def summary(app: Application) -> Any:
    """The summary of what was delivered."""
    return told(app, "GET", "/delivered/summary")


def why(app: Application) -> dict[str, str]:
    """Why each contact is missing, by its name."""
    return {one["name"]: one["why"] for one in summary(app)["missing"]}


def test_a_summary_switches_nothing_on(app: Application) -> None:
    """Looking at it costs the client nothing: only ``PUT`` or ``GET`` of ``/delivered`` begins to note."""
    assert (summary(app)["on"], summary(app)["lost"]) == (False, 11)
    ask(app, SINCE)
    assert summary(app)["present"] == 0
    told(app, "PUT", "/delivered", {})
    assert why(app)["Contact 3"] == "The client has not asked yet."
    ask(app, SINCE)
    assert (summary(app)["on"], summary(app)["present"], summary(app)["missing"]) == (True, 11, [])


def test_a_summary_tells_why(app: Application) -> None:
    """A page not asked for, a filter, a change since, a fault and a late row are told apart (`why-not-delivered`)."""
    told(app, "PUT", "/delivered", {})
    ask(app, f"{SINCE}&limit=3")
    assert set(why(app).values()) == {"It is on another page than the last one that was asked for."}
    assert summary(app)["lost"] == 8
    told(app, "PUT", "/delivered", {})
    ask(app, "days=1")
    assert why(app)["Contact 5"] == (
        "The last request does not ask for it: days wants last_message_at is 2026-02-28T12:00:00.000Z or later, "
        "it has 2026-02-22T12:00:00.000Z."
    )
    ask(app, SINCE)
    told(app, "POST", "/clock/advance", {"minutes": 1})
    told(app, "PATCH", f"/contacts/{contact(2)['id']}", {"name": "Ana"})
    assert why(app) == {"Ana": "It has changed since the last request that asks for it."}
    assert (summary(app)["stale"], summary(app)["missing"][0]["query"]) == (1, SINCE)
    told(app, "POST", "/clock/advance", {"minutes": 1})
    told(app, "POST", "/faults", {"effect": {"kind": "status", "status": 503}, "match": {"first": 1}})
    ask(app, SINCE)
    assert why(app) == {"Ana": "The last request that asks for it was answered with 503."}
    ask(app, SINCE)
    assert why(app) == {}
    told(app, "PATCH", f"/contacts/{contact(3)['id']}", {"name": "Late", "updated_at": ago(-1_000)})
    assert why(app) == {"Late": "It came later than it says, after the last answer that would have it."}


def test_a_summary_names_no_more_than_asked_for(app: Application) -> None:
    """All are counted, the last changed ones are named, and a scope that is no query is refused."""
    told(app, "PUT", "/delivered", {})
    told(app, "POST", "/clock/advance", {"minutes": 1})
    told(app, "PATCH", f"/contacts/{contact(4)['id']}", {"name": "Newest"})
    few = told(app, "GET", "/delivered/summary?most=2&scope=days%3D7")
    assert (few["contacts"], few["lost"], len(few["missing"])) == (5, 5, 2)
    assert few["missing"][0]["name"] == "Newest"
    reply = control(app, "GET", "/delivered/summary?scope=days%3D999")
    assert (reply.status, b"days: Too big" in reply.body) == (422, True)
