"""The console's views of the clock, of faults and triggers, and of sync: each click is seen in the next answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from browser import expect, visiting
from console_page import console
from servers import Server, client, serving
from vambe_mock.sync import report
from vambe_mock.sync.checking import Report, Result
from vambe_mock.sync.clients import Outcome
from vambe_mock.sync.contacts import identity
from vambe_mock.sync.hazards import BY_SLUG, Habits
from vambe_mock.sync.judging import Judgement, Score
from vambe_mock.sync.playing import Asked, Happened, Polled, Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Locator, Page

    from browser import Visit

    Show = Callable[[str], Page]

pytestmark = pytest.mark.browser

CONSOLE: Final = Path(__file__).parents[2] / "mock_server" / "vambe_mock" / "admin" / "console"
AXE: Final = CONSOLE / "node_modules" / "axe-core" / "axe.min.js"
ALL: Final = "created_after=1970-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that the tests of this module change; each begins with its initial data."""
    with serving(tmp_path_factory.mktemp("console"), "--contacts", "300", "--seed", "7", "--quiet") as running:
        yield running


@pytest.fixture(scope="module")
def visit(mock: Server) -> Iterator[Visit]:
    """One browser for all tests of this module."""
    with visiting(mock.url, viewport={"width": 900, "height": 700}, reduced_motion="reduce") as page:
        yield page


@pytest.fixture
def show(mock: Server, visit: Visit) -> Iterator[Callable[[str], Page]]:
    """Show a view of a console that is loaded anew, over the initial data; in the end, nothing has gone wrong."""
    with console(mock, visit) as show:
        yield show
        for path in ("faults", "triggers", "delivered"):
            client.delete(f"{mock.url}/__admin/{path}")


def admin(mock: Server, method: str, path: str, body: Any = None) -> Any:
    """What the admin API answers."""
    return client.request(method, f"{mock.url}/__admin{path}", json=body).raise_for_status().json()


def count(mock: Server, query: str) -> int:
    """How many contacts the endpoint lists."""
    return len(mock.get(query).json())


def lanes(page: Page) -> dict[int, int]:
    """How many contacts the time line tells for each window."""
    told = [one.removeprefix("days=").split(" · ") for one in page.locator(".lane .told").all_inner_texts()]
    return {int(days): int(count.replace(",", "")) for days, count in told}


def test_the_clock_is_driven(mock: Server, show: Show) -> None:
    """Freeze, a date, a day, a month of the calendar and back again: the mock's clock shows what the page does."""
    page = show("clock")
    page.get_by_role("button", name="Freeze", exact=True).click()
    expect(page.get_by_text("frozen", exact=True)).to_be_visible()
    page.get_by_role("button", name="Freeze there").click()
    expect(page.get_by_role("alert")).to_contain_text("wanted a date and a time, e.g. 2026-01-31 09:30:00")
    page.get_by_label("Date and time, UTC").fill("2026-01-31T09:30:15")
    page.get_by_role("button", name="Freeze there").click()
    shown = page.locator(".clock-now")
    expect(shown).to_contain_text("2026-01-31 09:30:15")
    for button, instant in (
        ("+ 1 month", "2026-02-28 09:30:15"),
        ("+ 1 day", "2026-03-01 09:30:15"),
        ("1 month back", "2026-02-01 09:30:15"),
        ("+ 1 minute", "2026-02-01 09:31:15"),
    ):
        page.get_by_role("button", name=button, exact=True).click()
        expect(shown).to_contain_text(instant)
    assert admin(mock, "GET", "/clock") == {"now": "2026-02-01T09:31:15.000Z", "frozen": True}
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("running", exact=True)).to_be_visible()
    assert admin(mock, "GET", "/clock")["frozen"] is False
    page.get_by_label("Date and time, UTC").fill("2099-01-31T09:30:15")
    page.get_by_role("button", name="Set", exact=True).click()
    expect(page.get_by_text("the clock is ahead of real time")).to_be_visible()


def test_one_sees_what_falls_out(mock: Server, show: Show) -> None:
    """Each window tells what the endpoint lists by it, before and after a step; one goes to where a contact leaves."""
    admin(mock, "POST", "/clock/freeze", {})
    page = show("clock")
    before = lanes(page)
    assert before == {days: count(mock, f"days={days}") for days in (1, 7, 30, 90, 180, 365)}
    page.get_by_role("button", name="+ 1 day", exact=True).click()
    expect(page.locator(".said")).to_contain_text("days=30 lists")
    after = lanes(page)
    assert after == {days: count(mock, f"days={days}") for days in after}
    assert after[1] < before[1]
    page.get_by_role("button", name="days=7 ·").click()
    expect(page.get_by_label("days", exact=True)).to_have_value("7")
    page.get_by_label("days", exact=True).fill("45")
    expect(page.get_by_role("button", name="days=45 ·")).to_have_attribute("aria-pressed", "true")
    leaving = page.get_by_role("group", name="Who leaves next").get_by_role("row").nth(1)
    name, listed = leaving.locator("td").first.inner_text(), count(mock, "days=45")
    assert name in {one["name"] for one in mock.get("days=45").json()}
    leaving.get_by_role("button", name="Go there").click()
    expect(page.locator(".said")).to_contain_text("days=45 lists 1 fewer contacts")
    assert count(mock, "days=45") == listed - 1


def card(page: Page, kind: str) -> Locator:
    """The fault of the catalogue with that name."""
    return page.locator(f".card[aria-label='{kind}']")


def test_faults_are_switches(mock: Server, show: Show) -> None:
    """A switch makes the next requests fail with the values beside it; hits are counted live.

    Each kind of fault that the API has can be switched on as it stands, and one button switches all of them off.
    """
    page = show("faults")
    status = card(page, "Status")
    status.get_by_label("status", exact=True).fill("502")
    status.get_by_label("only the first").fill("2")
    status.locator("[role=switch]").click()
    expect(status.locator(".count")).to_have_text("0 hit")
    assert mock.get(ALL).status_code == 502
    expect(status.locator(".count")).to_have_text("1 hit")
    assert [mock.get(ALL).status_code for _ in range(2)] == [502, 200]
    expect(status).to_contain_text("over")
    expect(status.locator("[role=switch]")).not_to_be_checked()
    empty = card(page, "Empty body")
    empty.get_by_text("More:").click()
    empty.get_by_label("query").fill("limit=3&days")
    empty.locator("[role=switch]").click()
    expect(empty.locator("[role=switch]")).to_be_checked()
    bodies = [mock.get(query).content for query in ("days=30&limit=3", "days=30&limit=4", f"{ALL}&limit=3")]
    assert [bool(one) for one in bodies] == [False, True, True]
    empty.locator("[role=switch]").click()
    expect(empty.locator("[role=switch]")).not_to_be_checked()
    assert mock.get("days=30&limit=3").content
    limit = card(page, "Rate limit")
    limit.locator("[role=switch]").click()
    limit.get_by_label("per second").fill("0")
    limit.get_by_role("button", name="Use these values").click()
    expect(limit.get_by_role("alert")).to_contain_text("per_second")
    expect(limit.locator("[role=switch]")).to_be_checked()
    switches = page.locator(".catalogue [role=switch]")
    switches.evaluate_all("all => all.forEach(one => one.checked || one.click())")
    kinds = admin(mock, "GET", "/openapi.json")["components"]["schemas"]["FaultRule"]["properties"]["effect"]
    expect(page.locator(".catalogue [role=switch]:checked")).to_have_count(len(kinds["oneOf"]))
    at_work = {one["rule"]["effect"]["kind"] for one in admin(mock, "GET", "/faults") if not one["over"]}
    assert at_work == set(kinds["discriminator"]["mapping"])
    page.get_by_role("button", name="All off").click()
    expect(page.get_by_text("nothing is on")).to_be_visible()
    assert (admin(mock, "GET", "/faults"), mock.get(ALL).status_code) == ([], 200)


def test_triggers_are_added_and_seen_to_fire(mock: Server, show: Show) -> None:
    """What a trigger is to do is put together from fields; it fires between two pages, and the page tells it."""
    page = show("faults")
    page.get_by_role("button", name="A contact changes between two pages").click()
    page.get_by_label("at request number").fill("2")
    page.get_by_label("name", exact=True).fill("<b>Ana</b>")
    page.get_by_role("button", name="One more change").click()
    second = page.locator(".change").nth(1)
    second.get_by_label("change 2: do").select_option("delete")
    second.get_by_label("place", exact=True).fill("3")
    page.get_by_role("button", name="Add the trigger").click()
    waiting = page.locator(".at-work li", has_text="Trigger 1")
    expect(waiting).to_contain_text("request 0 of 2")
    listed = [one["id"] for one in mock.get(f"{ALL}&limit=5").json()]
    expect(waiting).to_contain_text("request 1 of 2")
    mock.get(f"{ALL}&limit=5")
    expect(waiting).to_contain_text("fired")
    expect(waiting).to_contain_text("name <b>Ana</b>")
    after = {one["id"]: one["name"] for one in mock.get(ALL).json()}
    assert (after[listed[0]], listed[2] in after) == ("<b>Ana</b>", False)
    for do in ("ticket", "fault"):
        page.get_by_label("change 1: do").select_option(do)
        expect(page.locator(".change").first).to_be_visible()
    page.get_by_label("kind").select_option("rate_limit")
    page.get_by_role("button", name="Remove change 2").click()
    page.get_by_role("button", name="Add the trigger").click()
    expect(page.locator(".at-work li", has_text="Trigger 2")).to_contain_text("fault effect kind rate_limit")
    page.get_by_role("switch", name="Trigger 2").click()
    expect(page.get_by_role("switch", name="Trigger 2")).to_have_count(0)
    assert [one["id"] for one in admin(mock, "GET", "/triggers")] == [1]


def test_one_sees_what_the_client_has_not_got(mock: Server, show: Show) -> None:
    """Switched on by a click, the view counts what each answer delivers, and says why a contact is missing."""
    page = show("sync")
    page.get_by_role("button", name="Switch it on").click()
    share = page.locator(".share")
    expect(share).to_contain_text("0 of 300 contacts")
    mock.get(f"{ALL}&limit=290")
    expect(share).to_contain_text("290 of 300 contacts")
    table = page.locator(".missing")
    expect(table.locator("tbody tr").first).to_contain_text("It is on another page than the last one")
    identity = mock.get(ALL).json()[0]["id"]
    expect(page.get_by_text("The client has had every contact as it is now.")).to_be_visible()
    admin(mock, "POST", "/clock/advance", {"minutes": 1})
    admin(mock, "PATCH", f"/contacts/{identity}", {"name": "<i>Zoé</i>"})
    expect(share).to_contain_text("299 of 300 contacts")
    row = table.locator("tbody tr").first
    expect(row).to_contain_text("<i>Zoé</i>")
    expect(row).to_contain_text("It has changed since the last request that asks for it.")
    page.get_by_label("Contacts that the client means to have").fill("days=999")
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_role("alert")).to_contain_text('the scope "days=999" is no query')
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_role("button", name="Switch it on")).to_be_visible()
    assert admin(mock, "GET", "/delivered/summary")["on"] is False


def told() -> dict[str, Any]:
    """The report of a client that loses contact 21 between two pages, after a poll that was cut."""
    hazard, habits = BY_SLUG["moved-between-pages"], Habits(50, 20)
    story = Story(hazard.script(habits), 3)
    ids = [identity(number, 3) for number in range(1, 51)]
    pages = [(1, 1, 200, False, ids[:20]), (2, 1, 200, True, ids[:20]), (2, 2, 200, True, ids[21:41])]
    for number, (poll, place, status, whole, of) in enumerate(pages, 1):
        target = f"/api/public/contacts?limit=20&offset={20 * (place - 1)}"
        story.asked.append(Asked(poll, place, number, target, 0, status, whole, tuple(of)))
    story.polls = [Polled(1, 0.0, 0.5, Outcome("exit code 1"), False), Polled(2, 0.6, 0.9, Outcome(), False)]
    story.changes = [Happened(0, 2, 1, "contact 3 had changed and moved to the end", 3)]
    lost = Judgement("lost", Score(lost=[ids[20]]), 3, "page 2 was asked with offset=20 after contact 3 had changed")
    kept = Judgement("survived", Score(), 3)
    return report.as_json(
        Report((Result(BY_SLUG["quiet"], kept, story, 0.1), Result(hazard, lost, story, 0.1)), habits)
    )


def test_a_report_is_drawn(show: Show, tmp_path: Path) -> None:
    """A report that is dropped on the page is shown as time lines, and in words; other files are one clear line."""
    page = show("sync")
    chosen = page.get_by_label("Drop the JSON report")
    for name, text, wanted in (
        ("a.json", "[1, 2", "a.json is no JSON"),
        ("b.json", '{"contacts": []}', "b.json is JSON, but no report of a sync check"),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        chosen.set_input_files(tmp_path / name)
        expect(page.get_by_role("alert")).to_contain_text(wanted)
    dropped = page.evaluate_handle(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "report.json", { type: "application/json" }));
            return data;
        }""",
        json.dumps(told()),
    )
    page.dispatch_event("h1", "drop", {"dataTransfer": dropped})
    expect(page.get_by_text("1 of 2 hazards survived, 0 not met.")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
    story = page.get_by_role("group", name="Time line of moved-between-pages")
    expect(story).to_contain_text("contact 21 (lost): never listed")
    assert [story.locator(f"rect.{kind}").count() for kind in ("whole", "spoilt")] == [2, 1]
    assert story.locator(".flag").count() == 1
    page.get_by_text("In words").click()
    words = page.locator(".happenings li").all_inner_texts()
    assert words == [
        "Poll 1, request 1: limit=20&offset=0: 200, 20 contacts, not whole",
        "Poll 2, request 1: limit=20&offset=0: 200, 20 contacts",
        "Change 1: contact 3 had changed and moved to the end",
        "Poll 2, request 2: limit=20&offset=20: 200, 20 contacts",
    ]
    expect(page.get_by_text("To survive it: Start each page")).to_be_visible()


@pytest.mark.thorough
def test_what_is_opened_is_accessible(mock: Server, visit: Visit, show: Show, tmp_path: Path) -> None:
    """Axe finds nothing with faults at work, forms opened, contacts missing a report drawn, dark at 390 px."""
    if not AXE.exists():
        pytest.skip("axe-core is not there: type make console")
    show("clock")
    for body in ({"kind": "status", "status": 503}, {"kind": "delay", "seconds": 0}):
        admin(mock, "POST", "/faults", {"effect": body, "match": {"every": 2, "query": {"limit": None}}})
    admin(mock, "POST", "/triggers", {"changes": [{"do": "delete", "contact": {"place": 9}}]})
    admin(mock, "PUT", "/delivered", {})
    mock.get(f"{ALL}&limit=5")
    (tmp_path / "report.json").write_text(json.dumps(told()), encoding="utf-8")
    assert visit.page.context.browser is not None
    context = visit.page.context.browser.new_context(
        bypass_csp=True, color_scheme="dark", reduced_motion="reduce", viewport={"width": 390, "height": 900}
    )
    page = context.new_page()
    page.goto(f"{mock.url}/__admin#/faults")
    page.add_script_tag(path=AXE)
    delay = card(page, "Delay")
    delay.get_by_label("as", exact=True).select_option("uniform")
    delay.get_by_text("More:").click()
    expect(delay.get_by_label("probability")).to_be_visible()
    _accessible(page, "[aria-label=Delay]")
    _accessible(page, ".at-work")
    page.evaluate("location.hash = '#/sync'")
    page.get_by_label("Drop the JSON report").set_input_files(tmp_path / "report.json")
    page.get_by_text("In words").click()
    _accessible(page, ".hazard[open]")
    _accessible(page, ".missing tbody tr")
    context.close()


def _accessible(page: Page, part: str) -> None:
    found = page.evaluate("async part => (await axe.run(document.querySelector(part))).violations", part)
    assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
