"""Programs that do what real clients of the vendor's do, from their first request to their last, over HTTP."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from vambe_mock import Mock, VambeMock

YEAR = 365


@pytest.fixture(scope="module")
def server() -> Iterator[VambeMock]:
    """One server for the module, with the default data and a frozen clock."""
    with VambeMock(fixture="default", now="2026-01-31T09:30:00Z") as running:
        yield running


@pytest.fixture
def mock(server: VambeMock) -> Iterator[Mock]:
    """An organisation of the test's own."""
    made = server.organisation()
    yield made
    server.forget(made)


class Vambe:
    """A client as people write it: the standard library, one function a path."""

    def __init__(self, mock: Mock) -> None:
        self._base = f"{mock.url}/api/public"
        self._headers = mock.headers

    def get(self, path: str, method: str = "GET", **query: Any) -> Any:
        """The JSON of an answer. Raises HTTPError."""
        url = f"{self._base}{path}" + (f"?{urlencode(query)}" if query else "")
        with urlopen(Request(url, headers=self._headers, method=method), timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def pipelines(self) -> Any:
        """All pipelines."""
        return self.get("/pipeline")

    def contacts(self, **query: Any) -> list[dict[str, Any]]:
        """Contacts by time filters."""
        found: list[dict[str, Any]] = self.get("/contacts", **query)
        return found


def stage_of(contact: dict[str, Any]) -> str | None:
    """The stage of a contact's active ticket."""
    ticket = contact["active_ticket_v2"]
    stage: str | None = ticket["current_stage_id"] if ticket else None
    return stage


def test_a_year_by_stage_name(mock: Mock) -> None:
    """Pipelines flattened to stage names, then a year of contacts grouped by them: every ticket has a name."""
    client = Vambe(mock)
    names = {stage["id"]: f"{one['name']}: {stage['name']}" for one in client.pipelines() for stage in one["stages"]}
    grouped = Counter(names.get(stage_of(one) or "", "no stage") for one in client.contacts(days=YEAR))
    assert grouped.total() == len(mock.contacts) - grouped_out(mock)
    assert len(grouped) > 7
    assert all(name.count(": ") == 1 for name in grouped if name != "no stage")
    mock.assert_requested(1, days=YEAR)
    mock.assert_requested(1)


def grouped_out(mock: Mock) -> int:
    """How many contacts wrote nothing within the year."""
    since = "2025-01-31T09:30:00.000Z"
    return sum(not one["last_message_at"] or one["last_message_at"] < since for one in mock.contacts.list(limit=1_000))


def test_stages_one_after_the_other(mock: Mock) -> None:
    """Seven stages are asked for in turn, newest message first, until one has the contact; the others are not asked."""
    client = Vambe(mock)
    stages = [stage["id"] for one in client.pipelines() for stage in one["stages"]][:7]
    assert len(stages) == 7
    ana = mock.contacts.add(name="Ana", phone="+56911112222")
    mock.contacts.open_ticket(ana["id"], stages[4])

    def find(phone: str) -> str | None:
        stage: str
        for stage in stages:
            for one in client.contacts(days=30, stage_id=stage):
                if one["phone"] == phone:
                    return stage
        return None

    assert find("+56911112222") == stages[4]
    asked = [one.query["stage_id"] for one in mock.requests if one.query]
    assert asked == stages[:5]
    mock.clear_requests()
    assert find("+56900000000") is None
    mock.assert_requested(7, days=30)


def test_a_funnel_per_pipeline(mock: Mock) -> None:
    """A year per pipeline, counted stage by stage in the pipeline's order; nobody is in two of them, nobody is lost."""
    client = Vambe(mock)
    funnels, seen = {}, Counter[str]()
    for pipeline in client.pipelines():
        contacts = client.contacts(days=YEAR, pipeline_id=pipeline["id"])
        seen.update(one["id"] for one in contacts)
        standing = Counter(map(stage_of, contacts))
        funnels[pipeline["name"]] = [standing.pop(stage["id"], 0) for stage in pipeline["stages"]]
        assert not standing, "a stage that is not the pipeline's"
    everyone = client.contacts(days=YEAR)
    known = {stage["id"] for one in client.pipelines() for stage in one["stages"]}
    assert sum(map(sum, funnels.values())) == sum(stage_of(one) in known for one in everyone) > 100
    assert set(seen.values()) == {1}


def test_a_search_before_an_export(mock: Mock) -> None:
    """Each row of an export is looked up by its phone as people type it, and found; a singular path finds nothing."""
    client = Vambe(mock)
    rows = [one for one in client.contacts(days=YEAR, limit=200) if one["phone"]][:8]
    everyone = mock.contacts.list(limit=1_000)
    for row in rows:
        typed = f"{row['phone'][:3]} {row['phone'][3:6]}-{row['phone'][6:]}"
        found = client.get("/contacts/search", phone=typed)
        assert [one["id"] for one in found] == [one["id"] for one in rows_with(everyone, row["phone"])]
        assert "updated_at" not in found[0]
    assert len(mock.requests_to("*/contacts/search")) == 8
    with pytest.raises(HTTPError) as slip:
        client.get("/contact/search", phone=rows[0]["phone"])
    slip.value.close()
    assert slip.value.code == 404


def rows_with(everyone: list[dict[str, Any]], phone: str) -> list[dict[str, Any]]:
    """The contacts with that phone, newest message first."""
    digits = phone.lstrip("+")
    found = [one for one in everyone if digits in (one["phone"] or "").lstrip("+")]
    found.sort(key=lambda one: one["id"])
    return sorted(found, key=lambda one: one["last_message_at"] or "", reverse=True)


def test_a_week_against_a_dictionary(mock: Mock) -> None:
    """A week of contacts against a dictionary by id: only what is new or has changed is asked for in full."""
    client = Vambe(mock)
    kept = {one["id"]: one["updated_at"] for one in client.contacts(days=7)}
    assert len(kept) > 20
    mock.clock.advance(hours=1)
    changed = mock.contacts.change(next(iter(kept)), name="Renamed")
    added = mock.contacts.add(name="New")
    infos = [
        client.get(f"/contact/{one['id']}/info")
        for one in client.contacts(days=7)
        if kept.get(one["id"]) != one["updated_at"]
    ]
    assert {one["id"]: one["name"] for one in infos} == {changed["id"]: "Renamed", added["id"]: "New"}
    assert len(mock.requests_to("/api/public/contact/*/info")) == 2


def test_assertions_name_a_path(mock: Mock) -> None:
    """Assertions, waits, faults and triggers mean the contacts unless they name another path (`neighbours-apart`)."""
    client = Vambe(mock)
    mock.fail_next(503, path="*/pipeline")
    mock.after_request(path="*/pipeline").change(client.contacts(days=YEAR, limit=1)[0]["id"], name="After")
    with pytest.raises(HTTPError) as failed:
        client.pipelines()
    failed.value.close()
    client.pipelines()
    client.get("/contacts/search", email="nobody@")
    mock.assert_requested(1)
    mock.assert_requested(2, path="*/pipeline")
    mock.assert_requested(1, path="*/search", email=None)
    mock.assert_not_requested(email=None)
    assert [one.status for one in mock.wait_for_requests(2, path="*/pipeline")] == [503, 200]
    assert [one.status for one in mock.requests_to("*")] == [200, 503, 200, 200]
    assert client.contacts(days=YEAR, limit=1)[0]["name"] == "After"
    with pytest.raises(AssertionError) as wrong:
        mock.assert_requested(3, path="*/pipeline", days="7")
    assert "exactly 3 times with days=7 to */pipeline; it came 0 times" in str(wrong.value)
    assert "200 GET /api/public/contacts/search?email=nobody%40" in str(wrong.value)


def test_the_example_of_the_guide(mock: Mock) -> None:
    """The test in docs/stubs.md passes (`stubbed-paths`)."""
    guide = (Path(__file__).parents[2] / "docs" / "stubs.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    found: dict[str, Any] = {}
    exec(example, found)  # noqa: S102
    found["test_a_ticket_is_closed"](mock)


def test_stubs_from_a_test(mock: Mock) -> None:
    """A stub is one line; it may be slow, takes any body, and its requests are verified (`stubbed-paths`)."""
    client = Vambe(mock)
    number = mock.stub("/api/public/ticket/{id}", {"id": "7"}, method="PATCH", status=202, delay=0.05)
    assert client.get("/ticket/7", method="PATCH") == {"id": "7"}
    assert mock.requests_to("*/ticket/7")[0].milliseconds >= 40
    mock.stubs.replace(number, "/api/public/ticket/{id}", ["other"], method="POST")
    mock.stub("/api/public/nothing", status=204)
    request = Request(f"{mock.url}/api/public/ticket/7", b"x" * 3_000_000, mock.headers, method="POST")  # noqa: S310
    for _ in range(2):
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            assert json.load(answer) == ["other"]
    with urlopen(Request(f"{mock.url}/api/public/nothing", headers=mock.headers), timeout=30) as answer:  # noqa: S310
        assert (answer.status, answer.read(), answer.headers["Content-Length"]) == (204, b"", None)
    assert [one["matched"] for one in mock.stubs.list()] == [2, 1]
    mock.assert_requested(3, path="*/ticket/*")
    mock.stubs.remove(number)
    mock.stubs.clear()
    assert mock.stubs.list() == []
