"""The console's page and files as they are served, its sources, and the routes that it alone needs."""

import asyncio
import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from asgi import ask, asked, control
from small_data import AT_ANCHOR, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.organisations.feed import MOST, Feed
from vambe_mock.organisations.journal import Notes
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

FOLDER: Final = Path(__file__).parents[2] / "mock_server" / "vambe_mock" / "admin" / "console"
BROWSER: Final = ((b"host", b"127.0.0.1"), (b"accept", b"text/html"))


def app(**settings: Any) -> Application:
    """A server with few contacts."""
    return create_app(from_document(document()), Settings(now=AT_ANCHOR, quiet=True, **settings))


def test_the_page_loads_its_own_files_alone() -> None:
    """Nothing is inline, the policy lets no text become markup, and both files are there (`console`)."""
    server = app()
    page = ask(server, path=b"/__admin", headers=BROWSER)
    policy, text = page.headers["content-security-policy"], page.body.decode()
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';")
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy
    assert re.findall("<script[^>]*>(.*?)</script>", text) == [""]
    assert "<style" not in text
    assert "test-key" not in text
    loaded = re.findall('<(?:script|link rel=stylesheet)[^>]* (?:src|href)="([^"]*)"', text)
    files = [ask(server, path=path.encode(), headers=BROWSER) for path in loaded]
    assert [(one.status, one.headers["content-type"]) for one in files] == [
        (200, "text/css; charset=utf-8"),
        (200, "text/javascript; charset=utf-8"),
    ]


def test_the_pages_need_no_token_but_nothing_else_does_without() -> None:
    """A browser can read page and files, which hold nothing; the stream and the preview want the token (`console`)."""
    server = app(admin_token="s3cret")
    paths = ["/__admin", "/__admin/console/console.js", "/__admin/console/console.css"]
    assert [ask(server, path=path.encode(), headers=BROWSER).status for path in paths] == [200, 200, 200]
    guarded = ["/requests/stream", "/preview?query=days=1", "/rules"]
    assert [control(server, "GET", path).status for path in guarded] == [401, 401, 401]
    assert control(app(), "GET", "/preview", origin="http://evil.example").status == 403


def test_the_files_are_small() -> None:
    """Both together take at most 150 KB compressed (`console`)."""
    sizes = [len(gzip.compress((FOLDER / "assets" / name).read_bytes())) for name in ("console.js", "console.css")]
    assert sum(sizes) <= 150_000


@pytest.mark.node
def test_the_files_are_made_of_the_sources(tmp_path: Path) -> None:
    """Building them anew gives the same bytes (`console`)."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules" / "esbuild").exists():
        pytest.skip("no Node.js, or none of the console's packages: type make console")
    subprocess.run([node, FOLDER / "build.mjs", tmp_path], check=True, timeout=60)
    for name in ("console.js", "console.css"):
        assert (tmp_path / name).read_bytes() == (FOLDER / "assets" / name).read_bytes(), f"type make console: {name}"


def test_the_lock_names_no_registry() -> None:
    """Each package has its hash, and none an address: whoever installs them asks the registry of their own."""
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: one for path, one in lock["packages"].items() if path}
    assert [path for path, one in packages.items() if "resolved" in one or not one["integrity"]] == []


def test_a_preview_is_the_answer_without_a_request() -> None:
    """It has what the endpoint answers, its steps and its refusals, and nothing is recorded."""
    server = app()
    query = "created_after=1970-01-01T00:00:00Z&limit=2&offset=1&x=1"
    told = json.loads(control(server, "GET", f"/preview?query={query.replace('&', '%26')}").body)
    answer = json.loads(ask(server, query).body)
    assert [{**one, "custom_fields": None} for one in told["contacts"]] == [
        {**one, "custom_fields": None} for one in answer
    ]
    assert (told["status"], told["ignored"], told["query"]["limit"]) == (200, ["x"], 2)
    assert told["steps"][-1] == {"name": "limit", "left": len(answer)}
    assert told["total"] == told["matched"] == len(server.organisations.first.store)
    refused = json.loads(control(server, "GET", "/preview?query=days=0%26y=1").body)
    assert (refused["status"], refused["ignored"], refused["contacts"]) == (400, ["y"], [])
    assert server.organisations.first.record.total == 1


def test_rules_are_those_of_the_ledger() -> None:
    """Each with its grade and reasons; a search looks at slug and text."""
    rules = json.loads(control(app(), "GET", "/rules").body)
    assert len(rules) > 100
    found = json.loads(control(app(), "GET", "/rules?contains=cursor-is-exclusive").body)
    assert found
    assert found == [one for one in rules if "cursor-is-exclusive" in json.dumps(one)]
    assert all(one["grade"] and one["rule"] for one in rules)


def test_a_stream_begins_with_the_record_and_goes_on() -> None:
    """First the last requests, then each as it is answered, then that something else changed; HEAD ends at once."""
    server = app()
    events = asyncio.run(_streamed(server))
    names, told = zip(*(one.removeprefix("event: ").split("\ndata: ") for one in events), strict=True)
    assert (names[0], {*names[1:-1]}, names[-1]) == ("requests", {"requests"}, "changed")
    kept, *fresh = [json.loads(one) for one in told[:-1]]
    assert [one["target"] for one in kept["requests"]] == ["/api/public/contacts?days=1"]
    assert [(one["number"], one["target"]) for batch in fresh for one in batch["requests"]] == [
        (2, "/api/public/contacts?days=2")
    ]
    assert [one["status"] for batch in fresh for one in batch["strangers"]] == [401]
    assert (fresh[-1]["left_out"], fresh[-1]["total"]) == (0, 2)
    assert kept["requests"][0]["all"] == len(server.organisations.first.store)
    assert server.organisations.unattributed.listeners == server.organisations.unattributed.listeners[:1]
    assert control(server, "HEAD", "/requests/stream").status == 200


async def _streamed(server: Application) -> list[str]:
    """The events of a stream while two requests and a change are made, the first before."""
    await asked(server, "days=1")
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/__admin/requests/stream",
        "raw_path": b"/__admin/requests/stream",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1")],
    }
    left = asyncio.Event()
    waiting: list[Any] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if waiting:
            return waiting.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await heard.put(message["body"])

    task = asyncio.create_task(server.control(scope, receive, send))
    events = [await asyncio.wait_for(heard.get(), 30)]
    await asked(server, "days=2")
    await asked(server, "days=3", headers=())
    while b'"status":401' not in events[-1]:
        events.append(await asyncio.wait_for(heard.get(), 30))
    server.organisations.first.clock.set(0)
    while not events[-1].startswith(b"event: changed"):
        events.append(await asyncio.wait_for(heard.get(), 30))
    left.set()
    await asyncio.wait_for(task, 30)
    return [one.decode().strip().partition("\n\n")[0] for one in events]


def test_a_flood_is_counted_not_kept() -> None:
    """Of thousands of requests between two batches, the first 200 are listed and the others counted."""
    organisation = app().organisations.first
    journal = organisation.journal

    async def flooded() -> tuple[int, int, int, bool]:
        with Feed(journal, app().organisations.unattributed).listening() as feed:
            for _ in range(1_000):
                journal.open("GET", "/api/public/contacts", 0.0).finish(200, Notes())
            await feed.wait(30)
            batch = feed.take()
            again = feed.take()
            journal.record.end_waits()
            await feed.pause(30)
            return len(batch.own), batch.left_out, len(again.own), feed.over

    assert asyncio.run(flooded()) == (MOST, 1_000 - MOST, 0, True)
    assert len(journal.listeners) == 1
