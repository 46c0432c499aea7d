"""``vambe-mock serve`` as a user starts it: a process, a port, requests over HTTP, and its end."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from servers import PATH, Server, StartServer
from small_data import AT_ANCHOR, contact, document

EVERYTHING = "created_after=0000-01-01T00:00:00Z"


def test_the_default_server_serves_the_default_set(server: Server) -> None:
    """A bare serve answers with the thousand committed contacts, re-anchored to now (`re-anchored-on-load`)."""
    assert len(server.get(EVERYTHING).json()) == 1000
    recent = server.get("days=1&limit=1").json()[0]["last_message_at"]
    newest = time.strftime("%Y-%m-%dT%H:%M", time.gmtime())
    assert recent[:10] in (newest[:10], time.strftime("%Y-%m-%d", time.gmtime(time.time() - 86_400)))


def test_at_start_it_prints_what_one_asks_next(server: Server) -> None:
    """URL, key, contacts and anchor, a request that works, and the docs page (`start-banner`)."""
    banner = server.log()
    assert server.url in banner
    assert "test-key" in banner
    assert "1,000, anchored at 20" in banner
    assert f"{server.url}/docs" in banner
    line = next(line for line in banner.splitlines() if "curl" in line)
    url = line.split("'")[3]
    assert len(httpx.get(url, headers={"x-api-key": "test-key"}).json()) == 5


def test_health_pages(server: Server) -> None:
    """/livez and /readyz answer without a key (`readyz`)."""
    assert httpx.get(f"{server.url}/livez").json() == {"status": "live"}
    assert httpx.get(f"{server.url}/readyz").json() == {"status": "ready", "contacts": 1000}


def test_over_http_the_rules_are_the_same(server: Server) -> None:
    """Status, body and headers of each kind of answer, through a real connection."""
    assert server.get("days=30&limit=2").headers["content-type"] == "application/json; charset=utf-8"
    assert server.get("").status_code == 400
    assert httpx.get(f"{server.url}{PATH}?days=30").status_code == 401
    assert httpx.post(f"{server.url}{PATH}?days=30").json()["message"] == f"Cannot POST {PATH}?days=30"
    head = httpx.head(f"{server.url}{PATH}/?days=30", headers={"X-API-KEY": "test-key"})
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(server.get("days=30").content)


def test_requests_are_logged_without_the_key(start_server: StartServer) -> None:
    """Each request is one line, and the key is in none of them (`request-log`, `keys-are-masked`)."""
    server = start_server("--api-key", "s3cret-key", "--api-key", "test-key")
    server.get("days=30&limit=5&foo=bar&key=s3cret-key")
    httpx.get(f"{server.url}/nowhere")
    lines = server.log(until="/nowhere").splitlines()
    (asked,) = [line for line in lines if " 200 GET " in line and "days=30" in line]
    assert "1000 → days " in asked
    assert "→ limit 5" in asked
    assert "ignored: foo, key" in asked
    assert "s3cret-key" not in asked
    assert any(" 404 GET /nowhere  " in line for line in lines)


def test_the_log_as_json(start_server: StartServer) -> None:
    """With --log-format json every line is a JSON object, the start included (`request-log`)."""
    server = start_server("--log-format", "json")
    server.get("days=30")
    events = [json.loads(line) for line in server.log(until="days=30").splitlines()]
    assert events[0]["event"] == "started"
    assert events[0]["url"] == server.url
    assert any(one["event"] == "request" and "days=30" in one["target"] for one in events)


def test_quiet_prints_nothing(start_server: StartServer) -> None:
    """With --quiet a good server is silent (`request-log`)."""
    server = start_server("--quiet")
    assert server.get("days=30").status_code == 200
    assert server.log() == ""


def test_a_frozen_server_gives_the_same_bytes_any_day(start_server: StartServer) -> None:
    """--now freezes the clock and anchors the data there (`frozen-now`)."""
    first = start_server("--now", "2026-03-01T12:00:00Z").get("days=30").content
    assert start_server("--now", "2026-03-01T12:00:00Z").get("days=30").content == first
    assert b"2026-02-" in first


def test_data_file_over_http(start_server: StartServer, tmp_path: Path) -> None:
    """--data serves a document that a person wrote, names in any script included."""
    rows = [contact(1, name="Zoë 😀"), contact(2, name="محمد")]
    file = tmp_path / "two.json"
    file.write_text(json.dumps(document(*rows), ensure_ascii=False), encoding="utf-8")
    server = start_server("--data", str(file), "--keep-timestamps")
    assert [one["name"] for one in server.get(EVERYTHING).json()] == ["Zoë 😀", "محمد"]


def test_a_generated_set(start_server: StartServer) -> None:
    """--contacts and --seed make another set, the same one every time (`generated-sets`)."""
    options = ("--contacts", "50", "--seed", "7", "--now", "2026-03-01T12:00:00Z")
    first = start_server(*options).get(EVERYTHING).content
    assert len(json.loads(first)) == 50
    assert start_server(*options).get(EVERYTHING).content == first
    other = start_server("--contacts", "50", "--seed", "8", "--now", "2026-03-01T12:00:00Z")
    assert other.get(EVERYTHING).content != first


def test_switches_from_the_environment(start_server: StartServer) -> None:
    """A switch works by its variable as by its flag (`settings-once`)."""
    switches = {"FRACTIONAL_DAYS": "false", "SECONDS_REQUIRED": "1", "MOCK_HEADERS": "0"}
    server = start_server(**{f"VAMBE_MOCK_{name}": value for name, value in switches.items()})
    assert server.get("days=1.5").status_code == 400
    assert server.get("created_after=2026-01-31T09:30Z").status_code == 400
    assert "x-mock-matched" not in server.get("days=1").headers


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_ends_cleanly(start_server: StartServer, number: signal.Signals) -> None:
    """Either signal ends it with exit code 0, at once, and without a word more (`clean-end`)."""
    server = start_server()
    before = server.log(until="GET /readyz")
    server.process.send_signal(number)
    assert server.process.wait(timeout=10) == 0
    assert server.log() == before


def test_several_workers_agree_on_every_answer(start_server: StartServer) -> None:
    """Each worker process serves the same data, anchored at the same instant (`workers-agree`)."""
    server = start_server("--workers", "2", "--contacts", "200")
    bodies = set[bytes]()
    for _ in range(40):
        with httpx.Client(timeout=60) as client:  # a new connection each time, so that both workers are asked
            reply = client.get(f"{server.url}{PATH}?{EVERYTHING}", headers={"x-api-key": "test-key"})
        assert reply.status_code == 200
        bodies.add(reply.content)
    assert len(bodies) == 1
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    if children.exists():
        assert len(children.read_text(encoding="ascii").split()) >= 2  # workers, and perhaps a tracker of theirs
    server.process.terminate()
    assert server.process.wait(timeout=60) == 0


def test_a_worker_that_is_started_again_agrees(start_server: StartServer, tmp_path: Path) -> None:
    """A worker that dies comes back with the data of the start, whatever the file has become (`workers-agree`)."""
    file = tmp_path / "two.json"
    file.write_text(json.dumps(document(contact(1), contact(2))), encoding="utf-8")
    server = start_server("--workers", "2", "--data", str(file))
    before = server.get(EVERYTHING).content
    file.write_text("broken", encoding="utf-8")
    children = (
        Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text(encoding="ascii").split()
    )
    workers = [pid for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")]
    assert len(workers) == 2
    os.kill(int(workers[0]), signal.SIGKILL)
    for _ in range(30):
        with httpx.Client(timeout=30, transport=httpx.HTTPTransport(retries=3)) as client:
            reply = client.get(f"{server.url}{PATH}?{EVERYTHING}", headers={"x-api-key": "test-key"})
        assert reply.content == before
        time.sleep(0.1)


def test_two_servers_cannot_have_one_port(start_server: StartServer) -> None:
    """A port that another server has is refused in one line (`one-line-errors`)."""
    port = start_server().url.rpartition(":")[2]
    command = [sys.executable, "-m", "vambe_mock", "serve", "--port", port, "--fixture", "empty"]
    second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert second.returncode == 2
    assert "address already in use" in second.stderr


def test_health_pages_take_head(server: Server) -> None:
    """Probes that ask with HEAD get an answer too (`readyz`)."""
    assert httpx.head(f"{server.url}/livez").status_code == 200
    assert httpx.head(f"{server.url}/readyz").status_code == 200


def test_incremental_sync_sees_every_contact_once(server: Server) -> None:
    """The vendor's own recipe, polling with updated_after and paging, reads each contact exactly once (`paging`)."""
    cursor, seen = "0000-01-01T00:00:00Z", list[str]()
    while page := server.get(f"updated_after={cursor}&limit=100").json():
        last = page[-1]["updated_at"]
        rest: list[dict[str, Any]] = server.get(f"updated_after={cursor}&offset=100").json()
        page += [one for one in rest if one["updated_at"] == last]
        seen += [one["id"] for one in page]
        cursor = last
    assert len(seen) == len(set(seen)) == 1000


def test_the_url_file_appears_with_the_server(start_server: StartServer, tmp_path: Path) -> None:
    """--url-file holds the base URL of a server that chose its own port (`readyz`)."""
    server = start_server()
    assert server.url.startswith("http://127.0.0.1:")
    assert (tmp_path / "server-1" / "url").read_text(encoding="utf-8") == server.url + "\n"
    assert AT_ANCHOR > 0
