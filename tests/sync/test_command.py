"""``vambe-mock sync-check``: the recipes under it, its reports, and what it says where there is nothing to check."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commands import refused, vambe
from servers import program

CLIENTS = Path(__file__).parents[1] / "sync_clients"
SUBJECTS = CLIENTS / "subjects.py"
SQLITE = "sqlite:{dir}/copy.db?table=contacts"

RECIPES = [
    pytest.param([sys.executable, CLIENTS / "right_stdlib.py", "{dir}"], SQLITE, id="stdlib"),
    pytest.param([sys.executable, CLIENTS / "right_httpx.py", "{dir}"], "{dir}/contacts.ndjson", id="httpx"),
    pytest.param(
        ["node", CLIENTS / "right_fetch.mjs", "{dir}"], "{dir}/contacts.json", id="fetch", marks=pytest.mark.node
    ),
]
EACH = {"stdlib": ("killed", "tie-across-pages"), "httpx": ("half-json",), "fetch": ("cut-body", "bulk-tie")}


@pytest.mark.parametrize(("command", "copy"), RECIPES)
def test_a_recipe_survives(command: list[object], copy: str, request: pytest.FixtureRequest) -> None:
    """Every recipe of docs/sync.md; each under some hazards here, and under all of them in the table."""
    if command[0] == "node":
        command[0] = program("VAMBE_TEST_NODE", "node", "install Node.js")
    slugs = EACH[request.node.callspec.id]
    done = vambe("sync-check", "--polls=1", "--copy", copy, *(f"--only={slug}" for slug in slugs), "--", *command)
    assert done.code == 0, done
    assert f"{len(slugs) + 1} of {len(slugs) + 1} hazards survived, 0 not met" in done.out


def test_reports_tell_what_happened_and_how_to_survive_it(tmp_path: Path) -> None:
    """The table, JSON, JUnit and the page of a client that loses a contact between two pages; exit code 1."""
    files = [tmp_path / name for name in ("r.json", "r.xml", "r.html")]
    done = vambe(
        *(
            "sync-check",
            "--polls=1",
            "--copy",
            SQLITE,
            "--only",
            "moved-between-pages",
            "--json",
            files[0],
            "--junit",
            files[1],
        ),
        *("--html", files[2], "--", sys.executable, SUBJECTS, "offset-pages", "{dir}"),
    )
    assert done.code == 1, done
    assert "moved-between-pages: page 2 was asked with offset=20 after contact" in done.out
    assert "to survive it: Begin each page at the last row's instant" in done.out
    report = json.loads(files[0].read_text(encoding="utf-8"))
    quiet, moved = report["hazards"]
    assert (report["exit_code"], report["client"]["limit"], quiet["verdict"]) == (1, 20, "survived")
    assert (moved["slug"], moved["verdict"], len(moved["lost"]), moved["stale"]) == (
        "moved-between-pages",
        "lost",
        1,
        [],
    )
    assert '<failure message="page 2 was asked with offset=20' in files[1].read_text(encoding="utf-8")
    page = files[2].read_text(encoding="utf-8")
    assert 'id="moved-between-pages"' in page
    assert "red: contact 21, never listed" in page


def test_hazards_are_listed() -> None:
    """Each with why it happens and its grade."""
    done = vambe("sync-check", "--hazards", "list")
    assert done.code == 0
    assert "late-row " in done.out
    assert "(survived only with an overlap)" in done.out


SHELL = ["--only", "quiet", "--timeout", "5", "--"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param([*SHELL, "no-such-command"], "cannot run no-such-command: no such file", id="no command"),
        pytest.param([*SHELL, "/bin/sh", "-c", "echo oops; exit 3"], "ended with exit code 3: oops", id="fails"),
        pytest.param([*SHELL, "/bin/sh", "-c", "exit 1"], "exit code 1, and printed nothing", id="fails in silence"),
        pytest.param([*SHELL, "true"], "no poll sent a request", id="never polls"),
        pytest.param(["--timeout", "0.2", "--", "sleep", "60"], "did not end within 0.2 seconds", id="never ends"),
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


def test_a_copy_that_is_none_is_one_line(tmp_path: Path) -> None:
    """Nothing written, or something else than contacts; and requests that lack the key."""
    script = tmp_path / "client.py"
    script.write_text(
        "import os, sys, urllib.request as r\n"
        "q = r.Request(os.environ['VAMBE_BASE_URL'] + '/api/public/contacts?created_after=1970-01-01T00:00:00Z',"
        " headers={'x-api-key': sys.argv[2] if len(sys.argv) > 2 else os.environ['VAMBE_API_KEY']})\n"
        "try: r.urlopen(q).read()\nexcept Exception: pass\n"
        "open(sys.argv[1] + '/copy.json', 'w').write('3')\n",
        encoding="utf-8",
    )
    command = [sys.executable, str(script), "{dir}"]
    assert "wrote no copy at" in refused("sync-check", "--copy", "{dir}/other.json", *SHELL, *command)
    assert "no list of objects" in refused("sync-check", "--copy", "{dir}/copy.json", *SHELL, *command)
    assert "no poll sent the key; 4 requests came without it" in refused("sync-check", *SHELL, *command, "wrong")


def test_a_store_that_was_not_emptied_is_noticed(tmp_path: Path) -> None:
    """A hazard whose first poll goes on where another one ended: exit code 2, with a hint."""
    fixed = [sys.executable, str(SUBJECTS), "right", str(tmp_path)]
    told = refused("sync-check", "--polls=1", "--only", "null-fields", "--", *fixed)
    assert "a cursor of an earlier hazard; wanted an empty store" in told
    assert "--fresh" in told


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_leaves_no_process_behind(tmp_path: Path) -> None:
    """Neither the command nor what it started; exit code 130."""
    pid = tmp_path / "pid"
    inner = f"sleep 300 & echo $! > {pid}.part; mv {pid}.part {pid}; wait"
    command = [sys.executable, "-m", "vambe_mock", "sync-check", "--", "/bin/sh", "-c", inner]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not pid.exists() and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    child = int(pid.read_text(encoding="ascii"))
    while time.monotonic() < until:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        status = Path(f"/proc/{child}/stat")
        if status.exists() and status.read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z":
            return  # dead, and waiting for a parent to notice
        time.sleep(0.02)
    pytest.fail("the command's own child still runs")
