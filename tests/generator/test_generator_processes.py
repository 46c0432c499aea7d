"""Several processes that write one file: what they leave when one of them fails, and the hash of what they wrote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from blake3 import blake3

from vambe_mock.generator import GeneratorError
from vambe_mock.generator.drawing.draws import draw
from vambe_mock.generator.encoding.sheet import Sheet
from vambe_mock.generator.encoding.text_formats import TextFormat
from vambe_mock.generator.recipe.knobs import Shape
from vambe_mock.generator.recipe.plan import Plan
from vambe_mock.generator.sets.chunk_order import LocalOrder
from vambe_mock.generator.sets.job import job
from vambe_mock.generator.sets.writing import write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vambe_mock.generator.encoding.chunks import Chunk

ANCHOR = 1_767_225_600_000

SCRIPT = """
import resource, signal, sys
from vambe_mock.generator import GeneratorError
from vambe_mock.cli.generate import generate
if __name__ == "__main__":
    {before}
    try:
        generate({out!r}, contacts="{contacts}", processes={processes}, quiet=True)
    except GeneratorError as error:
        print(error)
"""


def _script(folder: Path, contacts: int, processes: int, before: str = "pass") -> list[str]:
    script = folder / "script.py"
    out = str(folder / "out")
    script.write_text(SCRIPT.format(before=before, out=out, contacts=contacts, processes=processes))
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
    """A first process that is slow makes some of the chunks, the other one the rest; together, what one would make."""
    made, plain = list[int](), TextFormat.chunk

    def slow(text: TextFormat, chunk: Chunk) -> Iterator[Any]:
        made.append(chunk.start)
        time.sleep(0.05)
        return plain(text, chunk)

    arguments: dict[str, Any] = {"seed": 3, "count": 6400, "anchor": ANCHOR, "shape": Shape(), "chunk": 64}
    one = write(job(str(tmp_path / "one" / name), **arguments))
    monkeypatch.setattr(TextFormat, "chunk", slow)
    two = write(job(str(tmp_path / "two" / name), processes=2, **arguments))
    assert 0 < len(made) < 100
    assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert two.maker.content.text() == one.maker.content.text()
    assert two.maker.counts.as_json() == one.maker.counts.as_json()


@pytest.mark.parametrize("processes", [2, 3])
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
    with subprocess.Popen(_script(tmp_path, 5_000_000, 2), stdout=subprocess.PIPE, text=True) as running:
        deadline = time.monotonic() + 120
        while not any(one.stat().st_size > 50_000_000 for one in tmp_path.glob("out/.*")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        children = {child for child in _children(running.pid) if b"spawn_main" in _command_line(child)}
        (child,) = children
        os.kill(child, signal.SIGKILL)
        told, _ = running.communicate(timeout=120)
    assert told == "a process ended before it had written its part; wanted all parts, so start again\n"
    assert [one.name for one in tmp_path.iterdir()] == ["script.py"]


def test_a_terminated_run_leaves_no_process(tmp_path: Path) -> None:
    """SIGTERM ends all of them, and takes the unfinished file away."""
    with subprocess.Popen(_script(tmp_path, 5_000_000, 3)) as running:
        deadline = time.monotonic() + 120
        while not any(one.stat().st_size > 20_000_000 for one in tmp_path.glob("out/.*")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        children = _children(running.pid)
        running.terminate()
        assert running.wait(timeout=120) == 128 + signal.SIGTERM
    deadline = time.monotonic() + 10
    while not all(map(_gone, children)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert [one.name for one in tmp_path.iterdir()] == ["script.py"]


def _command_line(process: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def test_chunks_lie_one_behind_the_other() -> None:
    """A chunk's place is the end of the one before it, and each chunk is given away once."""
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
