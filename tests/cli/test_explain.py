"""``vambe-mock explain``: what people paste, and what they read."""

import json
from collections.abc import Iterator

import httpx
import pytest

from commands import Done, refused, vambe
from vambe_mock import VambeMock
from vambe_mock.cli.explain import query_of
from vambe_mock.server.options import SettingsError

QUERY = "days=30&created_after=2026-01-01T00%3A00%3A00%2B05:30&custom_field_value=a/b%20c"
TARGET = f"/api/public/contacts?{QUERY}"
PASTED = {
    "query": QUERY,
    "with its question mark": f"?{QUERY}",
    "path": TARGET,
    "path with a slash at its end, in capitals": f"/API/public/contacts/?{QUERY}",
    "URL": f"https://api.vambe.me{TARGET}",
    "URL with a fragment": f"http://127.0.0.1:8262{TARGET}#top",
    "line of the log": f"09:30:00 200 GET {TARGET}  1000 → days 412 → limit 20  0.2 ms\n",
    "line of the log as JSON": json.dumps({"event": "request", "target": TARGET, "status": 200}),
    "curl": f"curl -g -i -H \"x-api-key: ${{K}}\" 'http://127.0.0.1:8262{TARGET}'",
    "curl as check prints it": f'curl -g -i -H "x-api-key: k" "http://127.0.0.1:8262/base{TARGET}"',
    "request line": f"GET {TARGET} HTTP/1.1",
}


@pytest.mark.parametrize("form", PASTED)
def test_what_people_paste(form: str) -> None:
    """The query is found in whatever shows a request (`explained`)."""
    assert query_of(PASTED[form]) == QUERY


@pytest.mark.parametrize("text", ["", "days=1", "days=1&x=/a", "days=1 /x"[:6], "?"])
def test_a_query_stays_as_it_is(text: str) -> None:
    """What is a query already is not searched for one."""
    assert query_of(text) == text.removeprefix("?")


@pytest.mark.parametrize(
    "text", ["/api/public/pipeline?days=1", "http://x/?days=1", "09:30:00 404 GET /x?days=1  0.1 ms"]
)
def test_a_request_for_something_else(text: str) -> None:
    """A path that is not the endpoint's is told as such."""
    with pytest.raises(SettingsError, match="does not ask /api/public/contacts; wanted a query"):
        query_of(text)


@pytest.fixture(scope="module")
def mock() -> Iterator[VambeMock]:
    """A mock that requires its admin token."""
    with VambeMock(fixture="default", admin_token="secret-token") as running:
        yield running


def explained(mock: VambeMock, contact: str, query: str) -> Done:
    """``explain`` with the right token."""
    return vambe("explain", contact, query, "--url", mock.url, "--admin-token", "secret-token")


def listed(mock: VambeMock) -> list[str]:
    """The ids of the first contacts of a year."""
    url = f"{mock.url}/api/public/contacts?days=365&limit=4"
    return [one["id"] for one in httpx.get(url, headers={"x-api-key": mock.api_key}).json()]


def test_places_are_counted_from_1(mock: VambeMock) -> None:
    """A listed contact's place is told; before and behind the page, too (`explained`)."""
    ids = listed(mock)
    found = explained(mock, ids[0], "days=365&limit=2").out
    assert found.startswith("listed: every filter holds\n")
    assert "; it is number 1 of them; " in found
    assert "it is number 1 of" in explained(mock, ids[0], "days=365&offset=1").out
    assert ", and offset passes over 1\n" in explained(mock, ids[0], "days=365&offset=1").out
    behind = explained(mock, ids[2], "days=365&limit=2")
    assert (behind.code, "it is number 3 of" in behind.out) == (1, True)
    assert ", and limit ends the answer at 2\n" in behind.out


def test_values_are_words(mock: VambeMock) -> None:
    """What a contact has is told in words, not as Python writes it."""
    contact = listed(mock)[0]
    query = "days=365&custom_field_key=status&custom_field_value=Nowhere&stage_id=123e4567-e89b-42d3-a456-426614174000"
    done = explained(mock, contact, query)
    assert done.code == 1
    assert [mark for mark in ("{", "}", "None", "'customer'") if mark in done.out] == []
    assert " as a customer and " in done.out


def test_the_token_is_named(mock: VambeMock) -> None:
    """Without the admin token, or with a wrong one, the flag that takes it is named."""
    for token, word in (((), "it wants the admin token"), (("--admin-token", "x"), "that is not its admin token")):
        said = refused("explain", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "days=1", "--url", mock.url, *token)
        assert word in said
        assert "wanted --admin-token TOKEN, or VAMBE_MOCK_ADMIN_TOKEN" in said


def test_an_id_that_is_none(mock: VambeMock) -> None:
    """A contact that is no id, or nobody's, is one line that says so."""
    shared = ("days=1", "--url", mock.url, "--admin-token", "secret-token")
    assert "contact" in refused("explain", "Ana", *shared)
    assert "no contact has the id" in refused("explain", "7c9e6679-7425-40de-944b-e07fc1f90ae7", *shared)
