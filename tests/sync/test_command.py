"""``vambe-mock sync-check``: the recipes under it, its reports, and what it says where there is nothing to check."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from commands import refused, vambe
from servers import program
from vambe_mock import VambeMock
from vambe_mock.sync import SyncError, check, report, timeline
from vambe_mock.sync.checking import RECORD, Options, Stage
from vambe_mock.sync.clients import CommandClient, Turn
from vambe_mock.sync.copies import Copy
from vambe_mock.sync.hazards import BY_SLUG, Habits
from vambe_mock.sync.writing import check_writable

CLIENTS = Path(__file__).parents[1] / "sync_clients"
sys.path.insert(0, str(CLIENTS))

import subjects  # noqa: E402

SQLITE = "sqlite:{dir}/copy.db?table=contacts"

RECIPES = [
    pytest.param([sys.executable, CLIENTS / "right_stdlib.py", "{dir}"], SQLITE, id="stdlib"),
    pytest.param([sys.executable, CLIENTS / "right_httpx.py", "{dir}"], "{dir}/contacts.ndjson", id="httpx"),
    pytest.param(
        ["node", CLIENTS / "right_fetch.mjs", "{dir}"], "{dir}/contacts.json", id="fetch", marks=pytest.mark.node
    ),
]
EACH = {"stdlib": "killed", "httpx": "half-json", "fetch": "cut-body"}


@pytest.mark.parametrize(("command", "copy"), RECIPES)
def test_a_recipe_survives(command: list[object], copy: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Every recipe of docs/sync.md; each under one hazard here, and under all of them in the table."""
    if command[0] == "node":
        command[0] = program("VAMBE_TEST_NODE", "node", "install Node.js")
    client = CommandClient([str(word) for word in command], source=Copy.of(copy))
    with VambeMock(record=RECORD) as server:
        hazard = BY_SLUG[EACH[request.node.callspec.id]]
        result = Stage(server, client, Options(polls=1), tmp_path).run(hazard, 2, Habits(contacts=110, requests=2))
    assert (result.judgement.verdict, result.judgement.happened) == ("survived", "")


def test_the_command_line_checks_a_recipe() -> None:
    """From the arguments to the table; exit code 0."""
    command, copy = RECIPES[0].values
    done = vambe("sync-check", "--contacts=8", "--copy", copy, "--only=quiet", "--", *command)  # type: ignore[misc]
    assert done.code == 0, done
    assert "1 of 1 hazard survived, 0 not met" in done.out


def test_reports_tell_what_happened_and_how_to_survive_it(tmp_path: Path) -> None:
    """The text, JSON, JUnit and the page of a client that loses a contact between two pages; exit code 1."""
    found = check(subjects.poll("offset-pages"), subjects.copy, only=["moved-between-pages"], contacts=50, polls=1)
    files = [tmp_path / name for name in ("r.json", "r.xml", "r.html")]
    report.write_json(found, files[0])
    report.write_junit(found, files[1])
    written = StringIO()
    report.show(found, Console(file=written, width=100))
    assert "moved-between-pages: page 2 was asked with offset=20 after contact" in written.getvalue()
    assert "to survive it: Start each page at the last row's timestamp" in written.getvalue()
    told = json.loads(files[0].read_text(encoding="utf-8"))
    quiet, moved = told["hazards"]
    assert (told["exit_code"], told["client"]["limit"], quiet["verdict"]) == (1, 20, "survived")
    assert (moved["slug"], moved["verdict"], len(moved["lost"]), moved["stale"]) == (
        "moved-between-pages",
        "lost",
        1,
        [],
    )
    assert quiet["timeline"]["wrong"] == []
    (wrong,) = moved["timeline"]["wrong"]
    assert (wrong["contact"], wrong["what"], wrong["listed"]) == (21, "lost", [])
    asked, (change,) = moved["timeline"]["requests"], moved["timeline"]["changes"]
    assert (asked[1]["poll"], asked[1]["place"], asked[1]["contacts"], len(asked)) == (1, 2, 20, moved["requests"])
    assert "offset=20" in asked[1]["query"]
    assert (change["poll"], change["place"]) == (1, 1)
    assert change["what"].startswith("contact ")
    assert [one["poll"] for one in moved["timeline"]["polls"]] == [1, 2]
    assert '<failure message="page 2 was asked with offset=20' in files[1].read_text(encoding="utf-8")
    page = timeline.page(found)
    assert 'id="moved-between-pages"' in page
    assert "contact 21 was not" in page
    assert "<li>after request 1 of poll 1: contact" in page


def test_hazards_are_listed() -> None:
    """Each with why it happens and its grade."""
    done = vambe("sync-check", "--hazards", "list")
    assert done.code == 0
    assert "late-row " in done.out
    assert "(survived only with an overlap)" in done.out


SHELL = ["--only", "quiet", "--timeout", "20", "--contacts", "8", "--"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param([*SHELL, "no-such-command"], "cannot run no-such-command: no such file", id="no command"),
        pytest.param([*SHELL, "/bin/sh", "-c", "echo oops; exit 3"], "ended with exit code 3: oops", id="fails"),
        pytest.param([*SHELL, "true"], "no poll sent a request", id="never polls"),
        pytest.param(
            ["--timeout", "0.2", "--contacts", "8", "--", "sleep", "60"],
            "did not end within 0.2 seconds",
            id="never ends",
        ),
        pytest.param([], "no command to poll with", id="nothing"),
        pytest.param(["--only", "moved", "--", "true"], 'no hazard "moved"', id="an unknown hazard"),
        pytest.param(["--copy", "copy.txt", "--", "true"], "wanted a .json, .ndjson, .csv", id="an unknown form"),
        pytest.param(["--copy", "sqlite:a.db", "--", "true"], "names no table", id="no table"),
        pytest.param(["--map", "modified=x", "--", "true"], "e.g. updated_at=modified", id="no field of ours"),
        pytest.param(["--hazards", "all"], "wanted --hazards list", id="no list"),
        pytest.param(["--replay", "none.json", "--", "true"], "no such file", id="no history"),
        pytest.param(["--fresh", "exit 4", *SHELL, "true"], "--fresh exit 4: it ended with exit code 4", id="fresh"),
    ],
)
def test_what_cannot_be_checked_is_one_line(arguments: list[str], complaint: str) -> None:
    """What came, and what is wanted; exit code 2, within the time-out."""
    assert complaint in refused("sync-check", *arguments)


def test_a_copy_that_is_none_is_one_line() -> None:
    """Nothing written, something else than contacts, or a command that prints neither."""
    told = refused("sync-check", "--copy", "{dir}/other.json", *SHELL, "true")
    assert "wrote no copy at" in told
    told = refused("sync-check", "--copy", "{dir}/copy.json", *SHELL, "/bin/sh", "-c", "echo 3 > {dir}/copy.json")
    assert "no list of objects" in told
    assert "--copy-command printed '{3'" in refused("sync-check", "--copy-command", "echo {3", *SHELL, "true")


def test_requests_without_the_key_are_noticed(tmp_path: Path) -> None:
    """A client that polls the right address with another key has polled nobody."""
    script = tmp_path / "client.py"
    script.write_text(
        "import os, http.client, urllib.parse as p\n"
        "c = http.client.HTTPConnection(p.urlsplit(os.environ['VAMBE_BASE_URL']).netloc)\n"
        "c.request('GET', '/api/public/contacts?days=1', headers={'x-api-key': 'wrong'}); c.getresponse().read()\n",
        encoding="utf-8",
    )
    told = refused("sync-check", *SHELL, sys.executable, str(script))
    assert "no poll sent the key; 4 requests came without it" in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"contacts": -5}, "contacts=-5; wanted a whole number, 8 to 100000, for example contacts=8"),
        ({"polls": 0}, "polls=0; wanted a whole number, 1 to 100, for example polls=1"),
        ({"polls": None}, "polls=None; wanted a whole number, 1 to 100"),
        ({"histories": "3"}, "histories='3'; wanted a whole number, 0 to 1000000, for example histories=3"),
        ({"seed": 1.5}, "seed=1.5; wanted a whole number, 0 or more"),
        ({"jobs": True}, "jobs=True; wanted a whole number, 0 to 64"),
        ({"copy": {}}, "copy={}; wanted a function"),
    ],
    ids=str,
)
def test_python_has_the_ranges_of_the_command_line(given: dict[str, Any], told: str) -> None:
    """A number that the command would refuse is refused from Python too, before the client is asked to poll."""
    with pytest.raises(SyncError, match=re.escape(told)):
        check(lambda *_: pytest.fail("it polls"), **given)


def test_what_would_fail_at_the_end_is_told_at_the_start(tmp_path: Path) -> None:
    """A scope that is no query, and a report that could not be written: before the client has polled."""
    with pytest.raises(SyncError, match='--scope: the scope "dayz=3" is no query'):
        check(lambda *_: pytest.fail("polled"), scope="dayz=3")
    check_writable(tmp_path / "report.html", "--html")
    for path in (tmp_path / "none" / "report.html", tmp_path):
        with pytest.raises(SyncError, match=f"--html {path}: .*; wanted a file that can be written"):
            check_writable(path, "--html")


def test_a_poll_that_fails_in_the_quiet_run_is_the_last() -> None:
    """What never ends is not waited for four times (`sync-check-verdicts`)."""
    polls = []

    def fails(*_: object) -> None:
        polls.append(1)
        raise OSError("no route")

    with pytest.raises(SyncError, match="poll 1 of the quiet run raised OSError: no route"):
        check(fails, only=["quiet"])
    assert len(polls) == 1


def test_a_copy_without_the_id_is_none() -> None:
    """Its fields are named, and --id; else every contact would be lost and a ghost."""
    unnamed = [{"contact_id": "1", "name": "Ana"}]
    with pytest.raises(SyncError, match='no field "id", but contact_id, name; wanted --id'):
        check(subjects.poll(""), lambda _: unnamed, only=["quiet"], contacts=8)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the environment of a process")
def test_a_daemon_ends_with_its_hazard(tmp_path: Path) -> None:
    """What went into a session of its own is found by its VAMBE_SYNC_DIR."""
    pid = tmp_path / "pid"
    client = CommandClient(["/bin/sh", "-c", f"setsid sleep 60 & echo $! > {pid}"])
    client.fresh(tmp_path)
    assert not client.poll(Turn("http://127.0.0.1", "key", tmp_path, 1)).problem
    client.leave(tmp_path)
    _assert_ended(int(pid.read_text(encoding="ascii")))


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGHUP", 129)])
def test_a_signal_leaves_no_process_behind(name: str, code: int, tmp_path: Path) -> None:
    """Ctrl-C, or the end of the terminal: neither the command is left nor what it started, nor its folder."""
    pid, folder = tmp_path / "pid", tmp_path / "folder"
    inner = f"echo {{dir}} > {folder}; sleep 300 & echo $! > {pid}.part; mv {pid}.part {pid}; wait"
    command = [sys.executable, "-m", "vambe_mock", "sync-check", "--", "/bin/sh", "-c", inner]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not pid.exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(getattr(signal, name))
    assert process.wait(30) == code
    _assert_ended(int(pid.read_text(encoding="ascii")))
    assert not Path(folder.read_text(encoding="utf-8").strip()).exists()


def _assert_ended(pid: int) -> None:
    """The process is gone, or dead and waiting for a parent to notice."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        status = Path(f"/proc/{pid}/stat")
        if status.exists() and status.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.02)
    pytest.fail("the process still runs")
