"""NDJSON as the generator writes it is cut, not parsed; whatever deviates is read as the row reader reads it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vambe_mock.contract import instants
from vambe_mock.datasets.instant_texts import TEXT, milliseconds_of, texts
from vambe_mock.datasets.loading import load
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.generator.recipe.knobs import Shape
from vambe_mock.generator.sets.job import job
from vambe_mock.generator.sets.writing import write
from vambe_mock.store import wire

pytest.importorskip("pyarrow")
from vambe_mock.datasets import arrow_table
from vambe_mock.datasets.usual_lines import Walk

COUNT = 300


@cache
def generated() -> tuple[bytes, list[bytes]]:
    """A generated set: its header, and its lines."""
    with TemporaryDirectory() as folder:
        knobs = Shape.of({"edge_case_share": 0.02})
        anchor = instants.parse("2026-01-01T00:00:00.000Z")
        write(job(folder, seed=3, count=COUNT, anchor=anchor, shape=knobs, format_="ndjson", force=True))
        path = Path(folder)
        return (path / "dataset.json").read_bytes(), (path / "contacts.ndjson").read_bytes().splitlines(keepends=True)


def read(lines: list[bytes], *, by_rows: bool) -> Any:
    """What a reader makes of *lines*: the columns as plain values, or the complaint."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "dataset.json").write_bytes(generated()[0])
        (Path(folder) / "contacts.ndjson").write_bytes(b"".join(lines))
        try:
            found = load(Path(folder), by_rows=by_rows).columns(instants.DAY + 1)
        except DatasetError as error:
            return str(error).replace(folder, "")
    codes: dict[Any, Any] = {"stage": found.current_stage_id, "default": found.default_stage_id, **found.custom}
    return {
        "ids": found.ids[np.arange(len(found), dtype=np.int32)].tolist(),
        "wire": [*found.wire],
        "instants": [found.created_at.tolist(), found.updated_at.tolist(), found.last_message_at.tolist()],
        "values": {name: [one.value(row) for row in range(len(found))] for name, one in codes.items()},
    }


def test_nearly_all_generated_lines_are_usual() -> None:
    """Of a generated set only the lines with a backslash, or a UUID of no version, are parsed."""
    header, lines = generated()
    with TemporaryDirectory() as folder:
        (Path(folder) / "dataset.json").write_bytes(header)
        (Path(folder) / "contacts.ndjson").write_bytes(b"".join(lines))
        dataset = load(Path(folder))
    rows = Walk(dataset.header.client_id, dataset.definitions).contacts(b"".join(lines)).rows.tolist()
    left = [line for number, line in enumerate(lines) if number not in rows]
    assert all(b"\\" in line for line in left)
    assert len(left) < COUNT // 20


PIECES = st.sampled_from([bytes([one]) for one in b'"\\{},:1-. \n\r\0@ZF']) | st.sampled_from(
    [
        b"null",
        b"true",
        b"2025-02-30",
        b"1e400",
        b'","x":"',
        b'":',
        b"},",
        b'"a"',
        b",,",
        b"{}",
        b"[]",
        b"00",
        b"\xc3",
        "é".encode(),
        b"",
        b".5",
    ]
)
EDITS = st.lists(st.tuples(st.integers(0, 11), st.floats(0, 1), st.integers(0, 6), PIECES), min_size=1, max_size=3)
SWAPS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 40), st.integers(0, 40)), max_size=2)


@settings(max_examples=40, deadline=None)
@given(edits=EDITS, swaps=SWAPS, first=st.integers(0, COUNT - 12), many=st.sampled_from([0, wire.MANY]))
def test_edited_lines_are_read_as_by_rows(
    edits: list[tuple[int, float, int, bytes]], swaps: list[tuple[int, int, int]], first: int, many: int
) -> None:
    """Whatever is done to lines, the columns or the complaint are those of the row reader; of a large set too."""
    lines = generated()[1][first : first + 12]
    for number, at, size, piece in edits:
        place = int(at * len(lines[number]))
        lines[number] = lines[number][:place] + piece + lines[number][place + size :]
    for number, one, other in swaps:
        members = lines[number].split(b",")
        place, place_ = one % len(members), other % len(members)
        members[place], members[place_] = members[place_], members[place]
        lines[number] = b",".join(members)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "MANY", many)
        assert read(lines, by_rows=False) == read(lines, by_rows=True)


@pytest.mark.parametrize("many", [0, wire.MANY])
def test_ids_in_capitals_are_those_in_small_letters(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two contacts with the same id but for that are refused, and a request finds either form."""
    monkeypatch.setattr(wire, "MANY", many)
    lines = generated()[1][:12]
    some = next(number for number, line in enumerate(lines) if line[7:43].upper() != line[7:43])
    lines[some] = lines[some][:7] + lines[some][7:43].upper() + lines[some][43:]
    found = read(lines, by_rows=False)
    assert found == read(lines, by_rows=True)
    assert found["ids"][some] == lines[some][7:43].lower()
    again = [*lines, lines[some][:7] + lines[some][7:43].lower() + lines[some][43:]]
    assert isinstance(read(again, by_rows=False), str)
    assert read(again, by_rows=False) == read(again, by_rows=True)


@pytest.mark.parametrize(
    "damaged", [b"5\n", b'"a"\n', b" {}\n", b"{} 5\n", b"{}5{}\n", b"{}\n[]\n", b"{},\n", b"\n", b""]
)
def test_only_lines_that_look_whole_reach_pyarrow(damaged: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of anything else the row reader says what is wrong (`files-are-bounded`)."""

    def read_json(*_: object, **__: object) -> None:
        pytest.fail("the lines reached pyarrow")

    with TemporaryDirectory() as folder:
        (Path(folder) / "dataset.json").write_bytes(generated()[0])
        (Path(folder) / "contacts.ndjson").write_bytes(b"".join(generated()[1]))
        dataset = load(Path(folder))
    assert isinstance(dataset, arrow_table.ColumnDataset)
    monkeypatch.setattr("pyarrow.json.read_json", read_json)
    with pytest.raises(arrow_table.NeedsRowReader):
        dataset.of_lines(damaged)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_whole_lines_are_parsed_by_pyarrow(end: bytes) -> None:
    """Whatever ends them."""
    lines = [line.rstrip(b"\n") + end for line in generated()[1]]
    assert not any(map(arrow_table._NO_OBJECTS.search, lines))
    assert not arrow_table._NO_OBJECTS.search(b"".join(lines))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(instants.EARLIEST, instants.LATEST), max_size=5))
def test_instants_are_written_and_read_as_one_by_one(milliseconds: list[int]) -> None:
    """Their texts are those of ``instants.write``, and are read back."""
    written = texts(np.array(milliseconds, dtype=np.int64))
    assert [one.decode() for one in written.tolist()] == [instants.write(one) for one in milliseconds]
    found, fit = milliseconds_of(written)
    assert found.tolist() == milliseconds
    assert fit.all()


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=24, max_size=24) | st.from_regex(rb"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z"))
def test_what_is_no_instant_is_found_out(written: bytes) -> None:
    """A text fits if and only if it is an instant as the wire has it."""
    found, fit = milliseconds_of(np.array([written], dtype=TEXT))
    text = written.decode("latin-1")
    right = instants.matches(text) and instants.write(instants.parse(text)) == text
    assert fit.tolist() == [right]
    if right:
        assert found.tolist() == [instants.parse(text)]
