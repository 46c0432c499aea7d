"""The console, the page at ``/__admin``: what is clicked there is seen in the endpoint's next answer."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from browser import expect, visiting
from console_page import console
from servers import Server, client, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from browser import Visit

    Show = Callable[[str], Page]

pytestmark = pytest.mark.browser

FOLDER: Final = Path(__file__).parents[2] / "mock_server" / "vambe_mock" / "admin" / "console"
ALL = "created_after=1970-01-01T00:00:00Z"
CUT: Final = """all => all.filter(field => {
  const [label, input] = [field.querySelector("label"), field.querySelector("input, select")];
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = getComputedStyle(input).font;
  return label.scrollWidth > field.clientWidth || input.offsetWidth > field.clientWidth
    || pen.measureText(input.placeholder ?? "").width > input.clientWidth - 16;
}).map(field => field.innerText)"""
"""Of fields, those whose label or example does not fit."""


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests of this module change; each begins with its initial data."""
    with serving(tmp_path_factory.mktemp("console"), "--fixture", "default", "--quiet") as running:
        yield running


@pytest.fixture(scope="module")
def visit(mock: Server) -> Iterator[Visit]:
    """One browser for all tests of this module."""
    with visiting(mock.url, viewport={"width": 1440, "height": 900}, reduced_motion="reduce") as page:
        yield page


@pytest.fixture
def show(mock: Server, visit: Visit) -> Iterator[Callable[[str], Page]]:
    """Show a view of a console that is loaded anew, over the initial data; in the end, nothing has gone wrong."""
    client.delete(f"{mock.url}/__admin/requests/strangers")
    with console(mock, visit) as show:
        yield show


def admin(mock: Server, method: str, path: str, body: Any = None) -> Any:
    """What the admin API answers."""
    return client.request(method, f"{mock.url}/__admin{path}", json=body).raise_for_status().json()


def rows(page: Page) -> Any:
    """The rows of the view's table."""
    return page.locator(".rows [role=row]")


def test_requests_show_as_they_come(mock: Server, show: Show) -> None:
    """A row has the query, what each filter left and, in red, what is ignored; nothing is asked for again."""
    page = show("requests")
    expect(page.get_by_text("No request yet")).to_be_visible()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    answer = mock.get("days=30&limit=20&dayz=3")
    row = rows(page).first
    expect(row).to_contain_text("days=30")
    expect(row.locator(".chip.bad")).to_have_text("ignored: dayz=3")
    steps = row.get_by_role("img")
    expect(steps).to_have_attribute("aria-label", f"all: 1000, days: {answer.headers['x-mock-matched']}, limit: 20")
    client.get(f"{mock.url}/api/public/nothing")
    expect(rows(page).first).to_contain_text("/api/public/nothing")
    client.get(f"{mock.url}/contact/search")
    expect(rows(page).first).to_contain_text("hint: did you mean /api/public/contacts/search?")
    rows(page).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Hint: did you mean /api/public/contacts/search?")
    assert [one for one in asked if "requests" in one] == []


def test_the_next_request_like_one_fails(mock: Server, show: Show) -> None:
    """A click on a request opens how it was read; from there, the next one like it fails, once."""
    mock.get("days=30&limit=20")
    page = show("requests")
    rows(page).first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row", name="days 30 30")).to_be_visible()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("status")).to_have_text("Copied.")
    command = shlex.split(page.evaluate("navigator.clipboard.readText()").replace("YOUR_KEY", mock.api_key))
    answer = subprocess.run([*command, "--silent"], capture_output=True, check=True, timeout=30)
    assert len(json.loads(answer.stdout)) == 20
    dialog.get_by_label("Fails with").select_option("502")
    dialog.get_by_role("button", name="Fail the next one like this").click()
    expect(dialog.get_by_role("status")).to_contain_text("Fault 1 waits")
    assert [mock.get(query).status_code for query in (ALL, "days=7&limit=1", "days=7&limit=1")] == [200, 502, 200]
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(rows(page).nth(1)).to_contain_text("fault 1")


def test_why_a_contact_is_here_or_not(mock: Server, show: Show) -> None:
    """The answer is asked for again without a request on record, and each filter's verdict is told of any contact."""
    listed = mock.get("days=30&limit=20").json()
    page = show("requests")
    rows(page).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Why is").nth(2).click()
    expect(dialog.get_by_label("Contact", exact=True)).to_have_value(listed[2]["id"])
    expect(dialog.locator(".explanation")).to_contain_text("listed every filter holds")
    oldest = min(mock.get(f"{ALL}&limit=1000").json(), key=lambda one: one["last_message_at"] or "9")
    dialog.get_by_label("Contact", exact=True).fill(oldest["id"])
    expect(dialog.locator(".explanation")).to_contain_text("not listed days does not hold")
    assert admin(mock, "GET", "/requests")["total"] == 2


def test_a_name_is_never_markup(mock: Server, show: Show) -> None:
    """What a contact is called is text, wherever it stands (`console`)."""
    name = "<b>x</b> <img src=x onerror=alert(1)>"
    admin(mock, "POST", "/contacts", {"name": name})
    mock.get("days=1&limit=1")
    page = show("requests")
    rows(page).first.click()
    expect(page.get_by_role("dialog").get_by_text(name)).to_be_visible()
    assert page.locator("main img, dialog img, main b, dialog b").count() == 0


def test_the_filters_are_the_parameters_of_the_endpoint(show: Show) -> None:
    """Each parameter of the document has a field, and none has another; no label or example is cut, wide or narrow."""
    page = show("contacts")
    fields = page.locator(".filters .field")
    text = (Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8")
    names = re.findall(r"- name: (\S+)\n\s+(?:required: false\n\s+)?in: query", text)
    assert sorted(fields.locator("label").all_inner_texts()) == sorted(names)
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert fields.evaluate_all(CUT) == []


def test_contacts_are_those_of_the_endpoint(mock: Server, show: Show) -> None:
    """The view builds the query, shows the URL, and lists what the endpoint answers, or why it refuses."""
    page = show("contacts")
    expect(page.get_by_text("1,000 contacts")).to_be_visible()
    grid = page.get_by_role("grid", name="Contacts")
    expect(grid).to_have_attribute("aria-rowcount", "1001")
    page.get_by_label("custom_field_key").select_option("visits")
    expect(page.get_by_role("alert")).to_contain_text("400")
    page.get_by_label("custom_field_key").select_option("")
    page.get_by_label("days", exact=True).fill("30")
    page.get_by_label("limit", exact=True).fill("300")
    url = page.locator("pre").inner_text()
    assert url == f"{mock.url}/api/public/contacts?days=30&limit=300"
    listed = client.get(url, headers={"x-api-key": mock.api_key}).json()
    expect(grid).to_have_attribute("aria-rowcount", "301")
    expect(rows(page).first).to_contain_text(listed[0]["name"])
    grid.focus()
    page.keyboard.press("End")
    expect(grid.locator("[aria-rowindex='301']")).to_contain_text(listed[299]["name"])
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(listed[299]["id"])).to_be_visible()
    expect(dialog.locator(".explanation")).to_contain_text("number 300 of")
    page.keyboard.press("Escape")
    expect(grid).to_be_focused()


def test_a_contact_is_changed_and_deleted(mock: Server, show: Show) -> None:
    """What is typed is in the endpoint's next answer, a custom field and a ticket included; what changed flashes."""
    page = show("contacts")
    page.get_by_label("days", exact=True).fill("30")
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "403")
    rows(page).nth(3).click()
    dialog = page.get_by_role("dialog")
    identity = dialog.locator("p.mono").inner_text()
    dialog.get_by_label("Name").fill("<i>Zoé</i>")
    dialog.get_by_label("region (customer)").fill("Ñuble")
    dialog.get_by_role("button", name="Save the change").click()
    expect(dialog.get_by_role("heading", name="<i>Zoé</i>")).to_be_visible()
    expect(page.locator(".tr.flash")).to_have_count(1)
    assert _named(mock, "days=30", identity)["name"] == "<i>Zoé</i>"
    found = mock.get("days=30&custom_field_key=region&custom_field_value=%C3%91uble").json()
    assert [one["id"] for one in found] == [identity]
    dialog.get_by_role("button", name="Add a message").click()
    expect(dialog.get_by_role("status")).to_contain_text("A message was added")
    assert mock.get("days=30&limit=1").json()[0]["id"] == identity
    dialog.get_by_label("Stage", exact=True).select_option(label="Propuesta")
    dialog.get_by_role(
        "button", name="the ticket" if _named(mock, ALL, identity)["active_ticket_v2"] else "ticket"
    ).first.click()
    expect(dialog.get_by_role("status")).to_contain_text("ticket was")
    stages = {one["id"]: one["name"] for line in admin(mock, "GET", "/pipelines") for one in line["stages"]}
    assert stages[_named(mock, ALL, identity)["active_ticket_v2"]["current_stage_id"]] == "Propuesta"
    dialog.get_by_role("button", name="Delete the contact").click()
    dialog.get_by_role("button", name="Yes, delete it").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", "402")
    assert identity not in [one["id"] for one in mock.get(f"{ALL}&limit=1000").json()]


def test_a_contact_is_added(mock: Server, show: Show) -> None:
    """A new contact is listed by the endpoint, and by the view, at once."""
    page = show("contacts")
    page.get_by_role("button", name="Add a contact").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Ana Soto")
    dialog.get_by_label("Phone").fill("twelve")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog.get_by_role("alert")).to_contain_text("phone")
    dialog.get_by_label("Phone").fill("+56912345678")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("1,001 contacts")).to_be_visible()
    assert mock.get("days=1&limit=1").json()[0]["name"] == "Ana Soto"


class Keys:
    """A keyboard, and nothing else; after each key, something that can be seen has the focus."""

    def __init__(self, page: Page) -> None:
        """Type on *page*."""
        self.page = page

    def __call__(self, *keys: str) -> None:
        """Press *keys*, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.name()

    def name(self) -> str:
        """What has the focus, as it is read out, once it is settled."""
        return str(self.page.evaluate(FOCUS) or self.page.wait_for_function(FOCUS).json_value())

    def to(self, name: str, key: str = "Tab") -> None:
        """Press *key* until *name* has the focus."""
        for _ in range(150):
            self(key)
            if self.name() == name:
                return
        pytest.fail(f"{key} does not lead to {name}")


FOCUS: Final = """() => {
  const [at, dialog] = [document.activeElement, document.querySelector("dialog[open]")];
  const style = getComputedStyle(at);
  const there = at !== document.body && (!dialog || dialog.contains(at));
  const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && at.getClientRects().length;
  return there && seen && (at.getAttribute("aria-label") || at.labels?.[0]?.textContent || at.textContent).trim();
}"""
"""The name of what has the focus, if it can be seen; something inside the dialog, if there is one."""


def test_requests_and_contacts_by_keys_alone(mock: Server, show: Show) -> None:
    """Both are used without a mouse; the focus is always seen, and goes back when a dialog closes."""
    mock.get("days=30&limit=20")
    page = show("requests")
    keys = Keys(page)
    keys("Tab", "Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    keys.to("Requests, newest first")
    keys("ArrowDown", "Enter")
    assert keys.name().startswith("Request ")
    keys.to("Fail the next one like this")
    keys("Enter")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("waits for 1 request")
    keys("Escape")
    assert keys.name() == "Requests, newest first"
    assert [mock.get("days=30&limit=20").status_code for _ in range(2)] == [503, 200]
    keys.to("Clear the record", "Shift+Tab")
    keys("Enter")
    expect(page.get_by_text("No request yet")).to_be_visible()

    keys.to("Contacts", "Shift+Tab")
    keys("Enter")
    keys.to("days")
    keys("3", "0")
    grid = page.get_by_role("grid", name="Contacts")
    expect(grid).to_have_attribute("aria-rowcount", "403")
    keys.to("Contacts")
    keys("ArrowDown", "Enter")
    identity = page.get_by_role("dialog").locator("p.mono").inner_text()
    keys.to("Name")
    keys("Control+A", "Z", "o", "e")
    keys.to("Save the change")
    keys("Enter")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("was changed")
    assert keys.name() == "Save the change"
    assert _named(mock, ALL, identity)["name"] == "Zoe"
    keys.to("Delete the contact")
    keys("Enter")
    assert keys.name() == "No"
    keys("Escape")
    assert keys.name() == "Delete the contact"
    keys("Enter", "Shift+Tab", "Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(grid).to_be_focused()
    expect(grid).to_have_attribute("aria-rowcount", "402")


def test_the_other_views_by_keys_alone(mock: Server, show: Show) -> None:
    """Each is reached and used without a mouse; the focus is always seen."""
    page = show("contacts")
    keys = Keys(page)
    keys("Tab", "Enter")
    keys.to("Clock", "Shift+Tab")
    keys("Enter")
    expect(page.get_by_role("button", name="Freeze", exact=True)).to_be_visible()
    keys.to("Freeze")
    before = len(mock.get("days=30&limit=1000").json())
    keys("Enter")
    expect(page.get_by_role("button", name="Run")).to_be_focused()
    keys.to("+ 1 month")
    keys("Enter")
    expect(page.get_by_role("status").last).to_contain_text("fewer contacts")
    assert keys.name() == "+ 1 month"
    assert len(mock.get("days=30&limit=1000").json()) < before

    keys.to("Faults & triggers", "Shift+Tab")
    keys("Enter")
    expect(page.get_by_role("switch", name="Empty body")).to_be_visible()
    keys.to("Empty body")
    keys("Space")
    expect(page.get_by_text("1 on")).to_be_visible()
    assert keys.name() == "Empty body"
    assert mock.get("days=30").content == b""
    keys.to("All off", "Shift+Tab")
    keys("Enter")
    expect(page.get_by_text("nothing is on")).to_be_visible()
    assert keys.name() == "All off"

    keys.to("Sync", "Shift+Tab")
    keys("Enter")
    expect(page.get_by_role("button", name="Switch it on")).to_be_visible()
    keys.to("Switch it on")
    keys("Enter")
    expect(page.get_by_role("button", name="Begin anew")).to_be_focused()

    keys.to("Organisations & data", "Shift+Tab")
    keys("Enter")
    keys.to("Make one")
    keys("Enter")
    expect(page.locator(".note code")).to_be_visible()
    name = page.locator(".list .name", has_text="organisation-").last.inner_text().strip()
    keys.to(f"Delete {name}")
    keys("Enter", "Shift+Tab", "Enter")
    expect(page.locator(".list .name", has_text=name)).to_have_count(0)
    assert keys.name()

    keys.to("Rules", "Shift+Tab")
    keys("Enter")
    keys.to("Slug or text contains")
    keys(*"paging")
    expect(page.locator(".rule").first).to_contain_text("paging")


def test_what_is_made_anew_keeps_the_focus(show: Show) -> None:
    """A trigger's form that is filled in anew, and a change of another kind, leave the focus where it was."""
    page = show("faults")
    keys = Keys(page)
    for name, key in (("A day passes after the answer", "Enter"), ("change 1: do", "ArrowDown")):
        page.get_by_role("button", name=name).or_(page.get_by_label(name)).focus()
        keys(key)
        assert keys.name() == name


def test_organisations_and_snapshots(mock: Server, show: Show) -> None:
    """An organisation is made, shown with its key, and deleted; a snapshot brings back what was deleted."""
    page = show("data")
    page.get_by_role("button", name="Make one").click()
    key = page.locator(".note code").inner_text()
    name = page.locator(".list .name", has_text="organisation-").last.inner_text().strip()
    page.get_by_role("button", name=f"Show {name}").click()
    expect(page.locator(".top .chip")).to_have_text(name)
    page.get_by_label("Name").fill("before / after")
    page.get_by_role("button", name="Take a snapshot").click()
    expect(page.get_by_text("1,000 contacts at")).to_be_visible()
    client.delete(f"{mock.url}/__admin/contacts?all=true", headers={"x-api-key": key}).raise_for_status()
    assert len(client.get(f"{mock.url}/api/public/contacts?{ALL}", headers={"x-api-key": key}).json()) == 0
    assert len(mock.get(f"{ALL}&limit=1").json()) == 1
    page.get_by_role("button", name="Restore before / after").click()
    expect(page.get_by_role("status").last).to_contain_text("was restored")
    assert len(client.get(f"{mock.url}/api/public/contacts?{ALL}", headers={"x-api-key": key}).json()) == 1_000
    page.get_by_role("button", name="Delete before / after").click()
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("button", name="Delete before / after").click()
    page.get_by_role("button", name="Yes, delete it before / after").click()
    expect(page.get_by_text("No snapshot yet")).to_be_visible()
    page.get_by_role("button", name=f"Delete {name}").click()
    expect(page.get_by_role("button", name="No", exact=True)).to_be_focused()
    assert client.get(f"{mock.url}/api/public/contacts?{ALL}", headers={"x-api-key": key}).status_code == 200
    page.get_by_role("button", name=f"Yes, delete it {name}").click()
    expect(page.locator(".list .name", has_text=name)).to_have_count(0)
    assert client.get(f"{mock.url}/api/public/contacts?{ALL}", headers={"x-api-key": key}).status_code == 401


def test_a_data_set_goes_out_and_in(mock: Server, show: Show, tmp_path: Path) -> None:
    """What is downloaded can be loaded; a file that is none is refused in a line; the reset brings back the start."""
    page = show("data")
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Download the data").click()
    document = json.loads(Path(downloaded.value.path()).read_text(encoding="utf-8"))
    document["contacts"] = document["contacts"][:3]
    file = tmp_path / "three.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    page.get_by_label("Load a file").set_input_files(file)
    expect(page.get_by_role("status").last).to_contain_text("three.json was loaded: 3 contacts")
    assert len(mock.get(ALL).json()) == 3
    file.write_text('{"format": "vambe-mock/9"}', encoding="utf-8")
    page.get_by_label("Load a file").set_input_files(file)
    expect(page.get_by_role("alert")).to_contain_text("vambe-mock/1")
    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_role("button", name="Yes, reset").click()
    expect(page.get_by_role("status").last).to_contain_text("1,000 contacts")
    assert len(mock.get(ALL).json()) == 1_000


def test_the_rules_are_linked(show: Show) -> None:
    """A rule that names another one links to it, and a search finds rules by their text."""
    page = show("rules/paging")
    chosen = page.locator(".rule.chosen")
    expect(chosen).to_be_in_viewport()
    expect(chosen).to_contain_text("offset")
    page.get_by_label("Slug or text contains").fill("webauthn of no rule")
    expect(page.get_by_text("0 rules")).to_be_visible()
    page.get_by_label("Slug or text contains").fill("")
    page.locator(".rule p a").first.click()
    expect(page.locator(".rule.chosen")).to_be_in_viewport()


def test_the_token_is_asked_for_once(visit: Visit, tmp_path: Path) -> None:
    """It is sent in a header, kept in the page's memory alone, and asked for again where it was wrong (`console`)."""
    page = visit.page
    with serving(tmp_path, "--fixture", "tiny", "--quiet", "--admin-token", "s3cret-token") as guarded:
        context = page.context.browser.new_context()  # type: ignore[union-attr]
        fresh = context.new_page()
        fresh.goto(f"{guarded.url}/__admin#/contacts")
        dialog = fresh.get_by_role("dialog", name="Token")
        for token in ("wrong", "s3cret-token"):
            expect(dialog.get_by_role("textbox")).to_have_value("")
            expect(dialog.get_by_role("alert")).to_have_count(0 if token == "wrong" else 1)
            dialog.get_by_role("textbox").fill(token)
            dialog.get_by_role("button", name="Use it").click()
        expect(fresh.get_by_role("grid")).to_be_visible()
        expect(fresh.locator(".live")).to_have_text("live")
        kept = fresh.evaluate("[localStorage.length, sessionStorage.length, document.cookie, location.href]")
        assert kept == [0, 0, "", f"{guarded.url}/__admin#/contacts"]
        context.close()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_every_view_is_accessible(mock: Server, visit: Visit, width: int, scheme: Any) -> None:
    """Axe finds nothing, and nothing is wider than the window, at either width and in either colour scheme."""
    axe = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not there: type make console")
    for query in ("days=30&limit=20&dayz=3", "days=0", "days=30&limit=2"):
        mock.get(query)
    browser = visit.page.context.browser
    assert browser is not None
    context = browser.new_context(
        bypass_csp=True, color_scheme=scheme, reduced_motion="reduce", viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{mock.url}/__admin#/requests")
    page.add_script_tag(path=axe)
    views = page.locator("nav a").evaluate_all("all => all.map(one => one.hash)")
    for view in views:
        page.evaluate("view => { location.hash = view }", view)
        expect(page.locator(f"nav a[href='{view}']")).to_have_attribute("aria-current", "page")
        expect(page.locator("main").locator(".panel, .rows, .rule, .links a").first).to_be_visible()
        if view in {"#/requests", "#/contacts"}:
            rows(page).first.click()
            expect(page.get_by_role("dialog").locator("button").nth(3)).to_be_visible()
            _accessible(page, f"{view} opened")
            page.keyboard.press("Escape")
        elif view == "#/rules":
            page.get_by_label("Slug or text contains").fill("front-page")
        _accessible(page, view)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, view
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=f"{folder}/{view[2:]}-{width}-{scheme}.png", full_page=True)
    context.close()


def _accessible(page: Page, view: str) -> None:
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    assert [(view, one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found] == []


def _named(mock: Server, query: str, identity: str) -> Any:
    return next(one for one in mock.get(f"{query}&limit=1000").json() if one["id"] == identity)
