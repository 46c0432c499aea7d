"""``vambe-mock generate`` on a terminal, and what damaged files are told."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "mock_server"]


def test_a_terminal_sees_progress_and_the_file_is_there(tmp_path: Path) -> None:
    """On a real terminal the bar is drawn with its rate, and the command ends well."""
    ours, theirs = os.openpty()
    out = tmp_path / "many.ndjson"
    with subprocess.Popen([*COMMAND, "generate", str(out), "--contacts", "40000"], stdout=theirs, stderr=theirs) as run:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
    os.close(ours)
    assert run.returncode == 0, shown.decode()
    assert b"40000/40000" in shown
    assert b"Traceback" not in shown
    assert out.read_bytes().count(b"\n") == 40_000


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the other side is closed
        return b""


@pytest.mark.parametrize("missing", [4, 200])
def test_a_damaged_file_is_not_served(tmp_path: Path, missing: int) -> None:
    """Compressed data that end early are one line and exit code 2 (`whole-or-not-at-all`)."""
    whole = gzip.compress((Path(__file__).parents[1] / "fixtures" / "tiny.json").read_bytes())
    (tmp_path / "cut.json.gz").write_bytes(whole[:-missing])
    command = [*COMMAND, "serve", "--port", "0", "--data", str(tmp_path / "cut.json.gz")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cut.json.gz" in done.stderr
