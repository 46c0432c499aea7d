"""The pages about the API, as a browser and as a program see them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import yaml

from browser import chromium, visiting
from vambe_mock.contract.neighbours import PATHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from browser import Visit
    from servers import Server

BUNDLED: Final = Path(__file__).parents[2] / "openapi.yaml"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for all tests of this module."""
    with chromium() as running:
        yield running


@pytest.fixture
def visit(server: Server, browser: Browser) -> Iterator[Visit]:
    """An empty page, as if the browser were new."""
    with visiting(server.url, browser) as page:
        yield page


@pytest.mark.browser
def test_docs_page_offline(server: Server, visit: Visit) -> None:
    """The page shows the operation, runs without an error and asks no other host for anything (`docs-page-offline`)."""
    visit.page.goto(f"{server.url}/docs")
    visit.page.get_by_text("Get contacts by time filters").wait_for()
    visit.page.wait_for_load_state("networkidle")
    assert visit.elsewhere == []
    assert visit.errors == []


@pytest.mark.browser
def test_docs_page_shows_the_neighbours(server: Server, visit: Visit) -> None:
    """Below the endpoint, the neighbours are listed, and one of them can be asked (`neighbours-apart`)."""
    page = visit.page
    page.goto(f"{server.url}/docs")
    shown = page.locator("#more").locator(".opblock-summary-path, .opblock-summary-path__deprecated")
    shown.first.wait_for()
    assert [one.replace("\u200b", "") for one in shown.all_inner_texts()] == list(PATHS.values())
    pipelines = page.locator("#more .opblock").first
    pipelines.locator(".opblock-summary").click()
    pipelines.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/api/public/pipeline") as answered:
        pipelines.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200
    assert len(answered.value.json()) > 1
    if path := os.environ.get("SCREENSHOT_NEIGHBOURS"):
        page.screenshot(path=path, full_page=True)
    assert (visit.elsewhere, visit.errors) == ([], [])


@pytest.mark.browser
def test_docs_page_filled_in(server: Server, visit: Visit) -> None:
    """Two clicks, nothing typed: the page sends the key and two examples here, and gets contacts."""
    page = visit.page
    page.goto(f"{server.url}/docs")
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response("**/api/public/contacts?**") as answered:
        page.get_by_role("button", name="Execute").click()
    answer = answered.value
    assert answer.status == 200
    assert len(answer.json()) > 0
    assert answer.request.url.startswith(f"{server.url}/api/public/contacts?")
    assert parse_qs(urlsplit(answer.request.url).query) == {"days": ["30"], "limit": ["100"]}
    assert answer.request.headers["x-api-key"] == server.api_key
    page.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    assert visit.elsewhere == []
    if path := os.environ.get("SCREENSHOT"):
        page.screenshot(path=path, full_page=True)


@pytest.mark.browser
def test_docs_page_sends_a_typed_filter(server: Server, visit: Visit) -> None:
    """What is typed into the form goes out beside what was filled in."""
    page = visit.page
    page.goto(f"{server.url}/docs")
    page.get_by_role("button", name="Try it out").click()
    page.locator("tr[data-param-name=offset] input").fill("3")
    with page.expect_response("**/api/public/contacts?**") as answered:
        page.get_by_role("button", name="Execute").click()
    sent = parse_qs(urlsplit(answered.value.request.url).query)
    assert sent == {"days": ["30"], "limit": ["100"], "offset": ["3"]}


@pytest.mark.browser
def test_admin_page_offline(server: Server, visit: Visit) -> None:
    """The admin API's page shows every noun, asks no other host for anything, and what it sends is answered."""
    page = visit.page
    page.goto(f"{server.url}/__admin/docs")
    page.locator("[id=operations-clock-read_clock]").wait_for()
    page.wait_for_load_state("networkidle")
    nouns = {one["tags"][0] for path in _admin_document(server)["paths"].values() for one in path.values()}
    shown = page.locator("h3.opblock-tag").evaluate_all("all => all.map(one => one.dataset.tag)")
    assert (set(shown), len(nouns)) == (nouns, 16)
    clock = page.locator("[id=operations-clock-freeze_clock]")
    clock.get_by_role("button").first.click()
    clock.get_by_role("button", name="Try it out").click()
    clock.locator("textarea").fill('{"at": "2026-01-31T09:30:00Z"}')
    with page.expect_response("**/__admin/clock/freeze") as answered:
        clock.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200
    assert answered.value.json() == {"now": "2026-01-31T09:30:00.000Z", "frozen": True}
    httpx.post(f"{server.url}/__admin/reset")
    assert visit.elsewhere == []
    assert visit.errors == []


def _admin_document(server: Server) -> Any:
    return httpx.get(f"{server.url}/__admin/openapi.json").json()


def test_served_document(server: Server) -> None:
    """``/openapi.json`` is the bundled document, but its first server is this one, as the client calls it."""
    answer = httpx.get(f"{server.url}/openapi.json")
    served = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert served.pop("servers")[0]["url"] == server.url
    bundled = yaml.safe_load(BUNDLED.read_text(encoding="utf-8"))
    del bundled["servers"]
    assert json.dumps(served) == json.dumps(bundled)


def test_served_document_is_the_same_in_yaml(server: Server) -> None:
    """``/openapi.yaml`` says what ``/openapi.json`` says, comments and order of the file kept (`served-document`)."""
    answer = httpx.get(f"{server.url}/openapi.yaml")
    assert answer.headers["content-type"] == "application/yaml"
    assert json.dumps(yaml.safe_load(answer.text)) == json.dumps(httpx.get(f"{server.url}/openapi.json").json())
    added = set(answer.text.splitlines()) - set(BUNDLED.read_text(encoding="utf-8").splitlines())
    assert added == {f'  - url: "{server.url}"', '    description: "This mock."'}


def test_served_document_keeps_the_vendors_server(server: Server) -> None:
    """The vendor's production server stays in the list, after this one."""
    servers = httpx.get(f"{server.url}/openapi.json").json()["servers"]
    assert [entry["url"] for entry in servers] == [server.url, "https://api.vambe.me"]


@pytest.mark.parametrize("host", ["mock.example:8080", "127.0.0.1", "[::1]:9", 'a"b', "a: b\\n#"])
def test_served_document_follows_the_host_header(server: Server, host: str) -> None:
    """Whatever name the client calls, however odd, JSON and YAML stay well formed and agree on it."""
    in_json = httpx.get(f"{server.url}/openapi.json", headers={"host": host})
    in_yaml = httpx.get(f"{server.url}/openapi.yaml", headers={"host": host})
    assert in_json.status_code == in_yaml.status_code == 200
    assert yaml.safe_load(in_yaml.text)["servers"] == in_json.json()["servers"]


@pytest.mark.parametrize("path", ["/docs", "/docs/swagger-ui.css", "/openapi.json", "/openapi.yaml"])
def test_pages_answer_head(server: Server, path: str) -> None:
    """HEAD gets what GET gets, without the body."""
    head, get = httpx.head(f"{server.url}{path}"), httpx.get(f"{server.url}{path}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.content))
    assert head.headers["content-type"] == get.headers["content-type"]
