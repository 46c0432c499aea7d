"""Several processes that write one file: what they leave when one of them fails, and the hash of what they wrote."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from blake3 import blake3

from effort import some
from vambe_mock.generator import GeneratorError
from vambe_mock.generator.drawing.draws import draw
from vambe_mock.generator.encoding.sheet import Sheet
from vambe_mock.generator.encoding.text_formats import TextFormat
from vambe_mock.generator.recipe.knobs import Shape
from vambe_mock.generator.recipe.plan import Plan
from vambe_mock.generator.sets.atomic_files import write_atomically
from vambe_mock.generator.sets.chunk_order import LocalOrder
from vambe_mock.generator.sets.job import job
from vambe_mock.generator.sets.manifest import verify
from vambe_mock.generator.sets.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vambe_mock.generator.encoding.chunks import Chunk

ANCHOR = 1_767_225_600_000

SCRIPT = """
import resource, signal, sys
from vambe_mock.generator import GeneratorError
from vambe_mock.cli.generate import generate
if __name__ == "__main__":
    {before}
    try:
        generate({out!r}, contacts="{contacts}", processes={processes}, format_={form!r}, quiet=True)
    except GeneratorError as error:
        print(error)
"""


def _script(folder: Path, contacts: int, processes: int, before: str = "pass", form: str = "ndjson") -> list[str]:
    script = folder / "script.py"
    out = str(folder / "out")
    script.write_text(SCRIPT.format(before=before, out=out, contacts=contacts, processes=processes, form=form))
    return [sys.executable, str(script)]


def _children(process: int) -> set[int]:
    found: set[int] = set()
    for task in Path(f"/proc/{process}/task").iterdir():
        with suppress(OSError):
            found |= {int(one) for one in (task / "children").read_text().split()}
    return found


def _gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_the_hash_is_what_the_documentation_says(tmp_path: Path) -> None:
    """BLAKE3 of the lines and number of each 64 contacts, added up; then of the header with that sum."""
    written = write(job(str(tmp_path), seed=3, count=200, anchor=ANCHOR, shape=Shape(), format_="ndjson"))
    lines = (tmp_path / "contacts.ndjson").read_bytes().splitlines(keepends=True)
    digests = [
        blake3(b"".join(lines[at : at + 64]) + (at // 64).to_bytes(8, "big")).digest()
        for at in range(0, len(lines), 64)
    ]
    total = sum(int.from_bytes(digest, "big") for digest in digests) % 2**256
    header = json.loads((tmp_path / "dataset.json").read_bytes())
    plain = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    assert manifest["content_sum"] == f"{total:064x}"
    assert manifest["content_hash"] == blake3(plain.encode() + total.to_bytes(32, "big")).hexdigest()
    assert written.contacts == 200


@pytest.mark.parametrize("name", ["contacts.ndjson", "set.json", "contacts.csv.gz"])
def test_each_process_writes_its_share(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first process makes some of the chunks, the other one the rest; together, what one would make."""
    own, plain_chunk, plain_next, joined = list[int](), TextFormat.chunk, LocalOrder.next_chunk, threading.Event()

    def chunk_when_joined(text: TextFormat, chunk: Chunk) -> Iterator[Any]:
        own.append(chunk.start)
        assert joined.wait(300)
        return plain_chunk(text, chunk)

    def next_chunk(order: LocalOrder) -> int | None:
        found = plain_next(order)
        if threading.current_thread() is not threading.main_thread():
            joined.set()
        return found

    arguments: dict[str, Any] = {"seed": 3, "count": 640, "anchor": ANCHOR, "shape": Shape(), "chunk": 64}
    one = write(job(str(tmp_path / "one" / name), **arguments))
    monkeypatch.setattr(TextFormat, "chunk", chunk_when_joined)
    monkeypatch.setattr(LocalOrder, "next_chunk", next_chunk)
    two = write(job(str(tmp_path / "two" / name), processes=2, **arguments))
    assert 0 < len(own) < 10
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert two.maker.content.text() == one.maker.content.text()
    assert two.maker.counts.as_json() == one.maker.counts.as_json()


@pytest.mark.parametrize("processes", some([2, 3], 1))
def test_a_full_disk_is_one_line_and_leaves_nothing(processes: int, tmp_path: Path) -> None:
    """Whichever process finds no room: one line, no file."""
    before = (
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000,) * 2)"
    )
    command = _script(tmp_path, 100_000, processes, before)
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert len(done.stdout.splitlines()) == 1, done.stdout
    assert "wanted a writable location" in done.stdout
    assert done.stderr == ""
    assert [one.name for one in tmp_path.iterdir()] == ["script.py"]


def test_a_killed_process_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    """When the system ends one of them, the others end too."""
    with _writing(tmp_path, 2, stdout=subprocess.PIPE) as running:
        children = {child for child in _children(running.pid) if b"spawn_main" in _command_line(child)}
        (child,) = children
        os.kill(child, signal.SIGKILL)
        told, _ = running.communicate(timeout=120)
    assert told == "a process ended before it had written its part; wanted all parts, so start again\n"
    assert [one.name for one in tmp_path.iterdir()] == ["script.py"]


@pytest.mark.parametrize("form", some(["ndjson", "parquet"], 1))
def test_a_terminal_that_closes_leaves_no_process(form: str, tmp_path: Path) -> None:
    """SIGHUP to the whole group ends all of them, as SIGTERM does, without a word (`sigterm-cleans-up`)."""
    with _writing(tmp_path, 2, form, process_group=0) as running:
        children = _children(running.pid)
        os.killpg(running.pid, signal.SIGHUP)
        assert running.communicate(timeout=120)[1] == ""
        assert running.returncode == 128 + signal.SIGHUP
    _wait_until(lambda: all(map(_gone, children)))
    assert [one.name for one in tmp_path.iterdir()] == ["script.py"]


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_a_killed_run_leaves_no_process(form: str, tmp_path: Path) -> None:
    """Nothing can be tidied up on SIGKILL, but no process goes on, and a later run finds what is left (`leftovers`)."""
    with _writing(tmp_path, 2, form) as running:
        children = _children(running.pid)
        running.kill()
    _wait_until(lambda: all(map(_gone, children)))
    out = tmp_path / "out"
    left = {one.name for one in out.iterdir()}
    assert left
    assert all(name.endswith(".partial") for name in left)
    (out / ".mine.partial").touch()
    write(job(str(out), seed=3, count=10, anchor=ANCHOR, shape=Shape(), format_="ndjson"))
    assert {one.name for one in out.iterdir()} == {
        ".mine.partial",
        "contacts.ndjson",
        "dataset.json",
        "manifest.json",
    }


@contextmanager
def _writing(folder: Path, processes: int, form: str = "ndjson", **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A run that has begun to write a set of many contacts."""
    command = _script(folder, 5_000_000, processes, form=form)
    with subprocess.Popen(command, text=True, stderr=subprocess.PIPE, **options) as running:
        try:
            _wait_until(lambda: sum(one.stat().st_size > 1000 for one in folder.glob("out/.*")) >= _written(form))
            _wait_until(lambda: b"spawn_main" in b"".join(map(_command_line, _children(running.pid))))
            yield running
        finally:
            running.kill()


def _written(form: str) -> int:
    """How many files two processes write at once."""
    return 2 if form == "parquet" else 1


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestTwoRuns:
    """Two runs with one OUT, at the same time."""

    def test_the_one_that_ends_later_is_refused(self, tmp_path: Path) -> None:
        """What appeared meanwhile stays as it is, and nothing of the other set is left beside it (`one-run-wins`)."""
        names = ["contacts.ndjson", "dataset.json", "manifest.json"]
        (tmp_path / "dataset.json").write_text("mine")
        with pytest.raises(GeneratorError, match=r"manifest.json exists already; --force replaces it"):
            made(tmp_path, *names, force=False, unguarded="dataset.json", meanwhile="manifest.json")
        assert {one.name: one.read_text() for one in tmp_path.iterdir()} == {
            "dataset.json": "dataset.json",
            "manifest.json": "theirs",
        }

    def test_the_one_that_begins_later_is_refused_at_once(self, tmp_path: Path) -> None:
        """It need not write a large set to learn that another run is writing it; --force may (`one-run-wins`)."""
        with write_atomically(tmp_path, ["a.json"], force=False) as first:
            first.path("a.json").write_text("first")
            with pytest.raises(GeneratorError, match=r"a.json is being written by another run"):
                made(tmp_path, "a.json", force=False)
            made(tmp_path, "b.json", force=False)
            made(tmp_path, "a.json", force=True)
            (tmp_path / "a.json").unlink()
        assert (tmp_path / "a.json").read_text() == "first"
        assert sorted(one.name for one in tmp_path.iterdir()) == ["a.json", "b.json"]

    def test_of_two_processes_one_wins(self, tmp_path: Path) -> None:
        """Started together, one ends well, the other in one line, and the set is whole (`one-run-wins`)."""
        arguments = ["generate", str(tmp_path / "out"), "--contacts", "20000", "--quiet"]
        command = [sys.executable, "-m", "vambe_mock", *arguments]
        runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        told = [run.communicate(timeout=300)[1] for run in runs]
        assert sorted(run.returncode for run in runs) == [0, 2], told
        assert "".join(told).count("\n") == 1
        assert verify(tmp_path / "out").same
        assert len([*(tmp_path / "out").iterdir()]) == 3

    def test_a_file_system_without_links_and_locks_will_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """There the name is looked at before it is given."""

        def refuse(*_: object) -> None:
            raise OSError(errno.EOPNOTSUPP, "not supported")

        monkeypatch.setattr(os, "link", refuse)
        monkeypatch.setattr("fcntl.flock", refuse)
        made(tmp_path, "a.json", force=False)
        with pytest.raises(GeneratorError, match=r"b.json exists already"):
            made(tmp_path, "b.json", force=False, meanwhile="b.json")
        assert sorted(one.name for one in tmp_path.iterdir()) == ["a.json", "b.json"]


def made(folder: Path, *names: str, force: bool, unguarded: str = "", meanwhile: str = "") -> None:
    """Write files of these names, each with its name in it, while somebody else writes `meanwhile`."""
    with write_atomically(folder, [name for name in names if name != unguarded], force=force) as pending:
        for name in names:
            pending.path(name).write_text(name)
        if meanwhile:
            (folder / meanwhile).write_text("theirs")


def _command_line(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def test_chunks_lie_one_behind_the_other() -> None:
    """A chunk's place is the end of the one before it, and each chunk is given away once (`set-processes`)."""
    told: list[int] = []
    order = LocalOrder(3, 10, told.append)
    assert [order.next_chunk() for _ in range(4)] == [0, 1, 2, None]
    assert [order.reserve(chunk, size) for chunk, size in ((0, 5), (1, 7), (2, 0))] == [10, 15, 22]
    assert (order.end, told) == (22, [0, 1, 2])


def test_nobody_waits_for_a_process_that_failed() -> None:
    """A chunk whose predecessor will never have a place is told why."""
    order = LocalOrder(3, 0, lambda _: None)
    order.fail(GeneratorError("no space"))
    with pytest.raises(GeneratorError, match="no space"):
        order.reserve(2, 5)
    with pytest.raises(GeneratorError, match="no space"):
        order.next_chunk()


def test_a_line_must_begin_with_a_text() -> None:
    """A line whose beginning may be empty would cover the end of the line before it, and is refused."""

    def sheet(*entries: tuple[bytes, ...]) -> Sheet:
        found = Sheet()
        for one in entries:
            found.look_up(one, lambda drawn: drawn.platform)
        return found

    drawn = draw(Plan.of(1, 100, ANCHOR, Shape()), 0, 100)
    many = tuple(b"x" * size for size in range(12))
    ((text, sizes),) = sheet((b"0123456789ab",) * 12, many).render(drawn)
    expected = [b"0123456789ab" + b"x" * size for size in drawn.platform.tolist()]
    assert bytes(text) == b"".join(expected)
    assert sizes.tolist() == [*map(len, expected)]
    for entries in ((many,), ((b"0123456789",) * 12, many)):
        with pytest.raises(ValueError, match="too short"):
            next(sheet(*entries).render(drawn))
