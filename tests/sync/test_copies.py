"""The forms of a copy: each reads the same contacts, and what is none is told in one line."""

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from vambe_mock.sync import SyncError
from vambe_mock.sync.checking import Options, check_fields
from vambe_mock.sync.clients import CommandClient
from vambe_mock.sync.copies import Copy, FlatRecords, printed_copy
from vambe_mock.sync.problems import NoCopyError

ROWS: list[dict[str, Any]] = [{"id": "1", "name": "Ana"}, {"id": "2", "name": None}]


def _csv(file: Path) -> None:
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, ["id", "name"])
        writer.writeheader()
        writer.writerows(ROWS)


def _sqlite(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute('CREATE TABLE "my contacts" (id, name)')
        database.executemany('INSERT INTO "my contacts" VALUES (:id, :name)', ROWS)
        database.commit()


def test_every_form_is_read(tmp_path: Path) -> None:
    """JSON as a list, by id or in an envelope; NDJSON, CSV (an empty text for null), Parquet, SQLite; or printed."""
    by_id = {one["id"]: one for one in ROWS}
    for value in (ROWS, by_id, {"contacts": ROWS}):
        (tmp_path / "copy.json").write_text(json.dumps(value), encoding="utf-8")
        assert Copy.of("{dir}/copy.json").read(tmp_path) == ROWS
    for value, wanted in (({}, []), ({"1": ROWS[0]}, ROWS[:1])):
        (tmp_path / "copy.json").write_text(json.dumps(value), encoding="utf-8")
        assert Copy.of("{dir}/copy.json").read(tmp_path) == wanted
    lines = "".join(json.dumps(one) + "\n" for one in ROWS)
    (tmp_path / "copy.ndjson").write_text(lines, encoding="utf-8")
    _csv(tmp_path / "copy.csv")
    parquet.write_table(pa.Table.from_pylist(ROWS), tmp_path / "copy.parquet")
    _sqlite(tmp_path / "copy.db")
    for where in ("{dir}/copy.ndjson", "{dir}/copy.parquet", "sqlite:{dir}/copy.db?table=my contacts"):
        assert Copy.of(where).read(tmp_path) == ROWS
    table = Copy.of("{dir}/copy.csv")
    assert isinstance(table.read(tmp_path), FlatRecords)
    assert table.read(tmp_path) == [ROWS[0], {"id": "2", "name": ""}]
    assert printed_copy(lines.encode()) == printed_copy(json.dumps(ROWS).encode()) == ROWS
    for printed in (b"id,name\n1,Ana\n", b"id;name\r\n1;Ana\r\n", b"id\tname\n1\tAna\n"):
        assert isinstance(printed_copy(printed), FlatRecords)
        assert printed_copy(printed) == ROWS[:1]
    assert printed_copy(b"") == []


def test_a_copy_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """Another table, a broken file; nothing written is for the check to judge."""
    _sqlite(tmp_path / "copy.db")
    with pytest.raises(SyncError, match="no such table"):
        Copy.of("sqlite:{dir}/copy.db?table=contacts").read(tmp_path)
    (tmp_path / "copy.json").write_text("[{", encoding="utf-8")
    with pytest.raises(SyncError, match=r"copy\.json: .*; wanted a JSON list of contacts"):
        Copy.of("{dir}/copy.json").read(tmp_path)
    with pytest.raises(NoCopyError, match=r"wrote no copy at .*other\.csv; wanted --copy to name where it is"):
        Copy.of("{dir}/other.csv").read(tmp_path)
    with pytest.raises(NoCopyError, match="--copy-command true: it printed nothing; wanted the copy as JSON"):
        CommandClient([], copy_command="true").copy(tmp_path)


def test_a_copy_has_the_fields_that_are_named() -> None:
    """The one for the id always; those of --map when it must be whole. A form with columns has them without records."""
    copies: list[list[dict[str, Any]]] = [[{"vid": "1"}], [{}], printed_copy(b"hello")]
    for copy in copies:
        with pytest.raises(SyncError, match=r'no field "id", but .*; wanted --id with'):
            check_fields(copy, Options(), is_whole=True)
    options = Options(identity="vid", names={"name": "nam"})
    with pytest.raises(SyncError, match='no field "nam", but vid, full_name; wanted --map name= and one of these'):
        check_fields([{"vid": "1", "full_name": "Ana"}], options, is_whole=True)
    check_fields([{"vid": "1"}], options, is_whole=False)  # it may leave out what is null
    for copy in ([], copies[2]):
        check_fields(copy, Options(), is_whole=False)  # nothing is there yet
