"""``vambe-mock generate`` as a program among others: terminals, pipes, full disks, signals, damaged files."""

import gzip
import os
import re
import signal
import struct
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest

from commands import vambe
from effort import some

COMMAND = [sys.executable, "-m", "vambe_mock"]
ROOT = Path(__file__).parents[2]


def shown_on_terminal(columns: int, *arguments: str) -> tuple[int, str]:
    """Exit code of the program, and what it shows on a terminal so wide, without colours."""
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")}
    command = [*COMMAND, *arguments]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**environment, "TERM": "xterm"}) as run:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
    os.close(ours)
    return run.returncode, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # the other side is closed
        return b""


def test_a_terminal_sees_progress_and_the_file_is_there(tmp_path: Path) -> None:
    """On a real terminal the bar is drawn with its rate, and the command ends well."""
    out = tmp_path / "many.ndjson"
    code, shown = shown_on_terminal(80, "generate", str(out), "--contacts", "40000")
    assert code == 0, shown
    assert "40000/40000" in shown
    assert "Traceback" not in shown
    assert out.read_bytes().count(b"\n") == 40_000


def test_a_preview_fits_the_terminal() -> None:
    """On 80 columns, numbers, phones and instants are whole; what there is no room for is cut from the names."""
    code, shown = shown_on_terminal(80, "generate", "--preview", "62")
    lines = shown.splitlines()
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines if line.startswith("│")]
    assert code == 0
    assert max(map(_width, lines)) <= 80
    assert [row[0] for row in rows] == [str(number) for number in range(62)]
    assert rows[0][1:] == ["John Doe", "+56912345678", "2025-12-31T19:00:00.000Z"]
    assert rows[7][1].startswith("Ricardo Evelio")
    assert rows[7][1].endswith("…")
    assert all(re.fullmatch(r"-|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row[3]) for row in rows)


def _width(line: str) -> int:
    """How many columns a terminal gives the line."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in line)
    return len(line) + wide - sum(map(bool, map(unicodedata.combining, line)))


OUTPUTS = [
    ["-"],
    ["--preview", "700"],
    ["--stats"],
    ["--knobs"],
    ["--edge-cases", "list"],
    ["--fixtures", "fixtures", "--check"],
    ["--help"],
]


@pytest.mark.parametrize("arguments", some(OUTPUTS, 0, 2), ids=" ".join)
def test_a_reader_that_is_gone_is_141(arguments: list[str]) -> None:
    """Whoever prints into a pipe that nobody reads any more ends as by SIGPIPE, without a word (`reader-gone`)."""
    done = _in_shell('"$@" | exit 0; exit "${PIPESTATUS[0]}"', arguments)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("unbuffered", some(["", "1"], 0), ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", OUTPUTS[:2], ids=" ".join)
def test_a_reader_that_leaves_early_is_141(arguments: list[str], unbuffered: str) -> None:
    """After `head` has its line, the rest of a long table or set ends the program in the same way (`reader-gone`)."""
    script = '"$@" | head -1; exit "${PIPESTATUS[0]}"'
    done = _in_shell(script, arguments, PYTHONUNBUFFERED=unbuffered)
    assert (done.returncode, done.stderr) == (141, "")
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("place", "told", "arguments"),
    some(
        [
            *((">/dev/full", "standard output: no space left on device; wanted", one) for one in OUTPUTS[:-1]),
            *((">&-", "standard output is closed; wanted", one) for one in OUTPUTS[:-1:2]),
        ],
        *(0, 6),
    ),
)
def test_standard_output_that_takes_nothing_is_one_line(place: str, told: str, arguments: list[str]) -> None:
    """Full or closed, it is one line and exit code 2; nothing is lost without a word."""
    done = _in_shell(f'"$@" {place}', arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert told in done.stderr


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_that_is_not_taken_is_one_line(option: str) -> None:
    """The help and the version too arrive, or else one line says why not."""
    done = _in_shell('"$1" "$2" "$3" "$5" >/dev/full', [option])
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "standard output: no space left on device" in done.stderr


@pytest.mark.parametrize("arguments", [["--stats"], ["--preview", "62"], ["--edge-cases", "list"]], ids=" ".join)
def test_letters_that_an_encoding_lacks_are_question_marks(arguments: list[str]) -> None:
    """Bars, accents and emoji on a terminal or in a pipe that is not UTF-8 (`reader-gone`)."""
    for encoding in ("ascii", "latin-1"):
        done = vambe("generate", *arguments, encoding=encoding)
        assert (done.code, done.err) == (0, "")
        assert ("?" in done.out) or (encoding, *arguments) == ("latin-1", "--edge-cases", "list")


def test_a_terminal_without_utf_8_gets_question_marks() -> None:
    """The same in a process of its own, whose encoding the environment says (`reader-gone`)."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*COMMAND, "generate", "--stats"], capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "?" in done.stdout.decode("ascii")


def test_what_a_disk_does_not_take_is_told_without_a_buffer_too(tmp_path: Path) -> None:
    """With PYTHONUNBUFFERED, as in many containers, a set of which the last bytes are not taken is no success."""
    script = f'trap "" XFSZ; ulimit -f 16; "$@" >"{tmp_path}/cut"'  # blocks of 1,024 bytes
    done = _in_shell(script, ["-", "--contacts", "60"], PYTHONUNBUFFERED="1")
    assert (tmp_path / "cut").stat().st_size == 16_384
    assert done.returncode == 2
    assert "standard output: file too large; wanted" in done.stderr


@pytest.mark.parametrize(
    ("place", "unbuffered"), some([("2>&-", ""), ("2>/dev/full", "1"), ("2>&-", "1"), ("2>/dev/full", "")], 0)
)
def test_a_standard_error_that_takes_nothing_changes_nothing(place: str, unbuffered: str, tmp_path: Path) -> None:
    """Without anywhere to say it, the summary is left out: the set is written, and standard output has it alone."""
    said = {"PYTHONUNBUFFERED": unbuffered}
    done = _in_shell(f'"$@" {place}', ["-", "--contacts", "3"], **said)
    assert (done.returncode, done.stdout.count("\n")) == (0, 3)
    assert _in_shell(f'"$@" {place}', [str(tmp_path / "a.json"), "--contacts", "3"], **said).returncode == 0
    assert [one.name for one in sorted(tmp_path.iterdir())] == ["a.json", "a.manifest.json"]
    assert _in_shell(f'"$@" {place}', [str(tmp_path / "b.json"), "--contacts", "-3"], **said).returncode == 2


def _in_shell(script: str, arguments: list[str], **environment: str) -> "subprocess.CompletedProcess[str]":
    """A bash script that calls ``vambe-mock generate`` with these arguments as "$@"."""
    command = ["bash", "-c", script, "bash", *COMMAND, "generate", *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, cwd=ROOT, env=env)


SEVERAL = ["--processes", "2"]


@pytest.mark.parametrize(
    ("number", "code", "name", "options"),
    some(
        [
            *((signal.SIGINT, 130, name, []) for name in ("out/contacts.ndjson", "set.json", "a.parquet")),
            *((signal.SIGINT, 130, name, SEVERAL) for name in ("out/contacts.ndjson", "out/contacts.parquet")),
            (signal.SIGINT, 130, "out/contacts.ndjson", [*SEVERAL, "--engine", "dask"]),
            (signal.SIGTERM, 143, "out/contacts.ndjson", []),
            *((signal.SIGTERM, 143, name, SEVERAL) for name in ("out/contacts.ndjson", "out/contacts.parquet")),
        ],
        *(3, 6, 8),
    ),
)
def test_an_interrupted_run_leaves_nothing(
    number: signal.Signals, code: int, name: str, options: list[str], tmp_path: Path
) -> None:
    """Ctrl-C and SIGTERM end it with the shell's own codes: no file, no folder, no process (`sigterm-cleans-up`)."""
    command = [*COMMAND, "generate", str(tmp_path / name), "--contacts", "50000000", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as running:
        try:
            deadline = time.monotonic() + 120  # a loaded machine takes its time to start Dask
            while not any(one.is_file() and one.stat().st_size > 1_000_000 for one in tmp_path.rglob(".*")):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            if number == signal.SIGINT:
                os.killpg(running.pid, number)  # as a terminal does
            else:
                running.terminate()
            _, told = running.communicate(timeout=300)
        except BaseException:
            os.killpg(running.pid, signal.SIGKILL)  # or the test would wait for fifty million contacts
            raise
    assert (running.returncode, told) == (code, b"")
    assert [*tmp_path.iterdir()] == []
    assert _ended(running.pid)


def _ended(group: int) -> bool:
    """Whether the last process of the group is gone, or goes soon."""
    for _ in range(250):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


FULL = """
import os, re, sys
from pathlib import Path
from commands import vambe
place = Path(sys.argv[1])
if __name__ == "__main__":
    for name in sys.argv[2:]:
        options = ["--processes", "2"] if name.startswith("two") else []
        done = vambe("generate", place / "new" / name, "--contacts", 5000, "--chunk", 640, *options)
        full = re.search("(no space left on device|disk is full); wanted a writable location", done.err)
        print(name, done.code, done.err.count("\\n"), bool(full), os.listdir(place))
"""


def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    """On a file system of 300 KB every format says that it is full, and takes its unfinished files away."""
    names = ["a.json", "b.ndjson", "c.csv", "d.parquet", "e.sqlite", "f.ndjson.gz", "two.ndjson", "two.parquet"]
    assert _mounted(tmp_path, "size=300k", FULL, names) == [f"{name} 2 1 True []" for name in names]


READ_ONLY = """
import sys
from commands import refused
for name in sys.argv[2:]:
    print("read-only file system" in refused("generate", f"{sys.argv[1]}/{name}", "--contacts", 3))
"""


def test_a_place_that_is_only_read_is_one_line(tmp_path: Path) -> None:
    """On a file system that is mounted to be read, files and folders are refused with the system's reason."""
    assert _mounted(tmp_path, "ro", READ_ONLY, ["a.json", "new/a.json", "."]) == ["True"] * 3


def _mounted(tmp_path: Path, options: str, code: str, names: list[str]) -> list[str]:
    """What the program prints that finds a file system of its own, mounted so, in its first argument."""
    (tmp_path / "small").mkdir()
    (tmp_path / "program.py").write_text(code)
    mounted = f'mount -t tmpfs -o {options} none "$0" || exit 99; exec "$@"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mounted, str(tmp_path / "small")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "support")])}
    program = [sys.executable, str(tmp_path / "program.py"), str(tmp_path / "small"), *names]
    done = subprocess.run(
        [*command, *program], capture_output=True, text=True, check=False, timeout=300, env=environment
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        reason = f"no small file system to be had here: {done.stderr}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("missing", [4, 200])
def test_a_damaged_file_is_not_served(tmp_path: Path, missing: int) -> None:
    """Compressed data that end early are one line and exit code 2 (`whole-or-not-at-all`)."""
    whole = gzip.compress((ROOT / "fixtures" / "tiny.json").read_bytes())
    (tmp_path / "cut.json.gz").write_bytes(whole[:-missing])
    told = not_served(tmp_path / "cut.json.gz")
    assert "cut.json.gz: the compressed data is cut off; wanted a complete file" in told


def test_a_legacy_set_is_not_served(tmp_path: Path) -> None:
    """Parquet without `updated_at` is for clients; the server says in one line what it misses."""
    file = tmp_path / "old.parquet"
    assert vambe("generate", file, "--contacts", 80, "--legacy", "--quiet").code == 0
    assert "old.parquet: contact 1 (id df980fc8-" in (told := not_served(file))
    assert "field updated_at: missing; wanted an instant" in told


def not_served(file: Path) -> str:
    """The one line with which the server ends that is to serve *file*."""
    command = [*COMMAND, "serve", "--port", "0", "--data", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done
    return done.stderr
