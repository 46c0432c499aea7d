"""A client's copy, read from where it lies: JSON, NDJSON, CSV, Parquet, a table of SQLite, or what a command prints."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO
from urllib.parse import parse_qs

from vambe_mock.sync.problems import NoCopyError, SyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Record = dict[str, Any]

_SQLITE: Final = "sqlite:"
_FORMS: Final = "a .json, .ndjson, .csv or .parquet file, or sqlite:FILE?table=T"


class Table(list[Record]):
    """Records of a form that names its columns, also without any record."""

    def __init__(self, records: Iterable[Record], names: Iterable[str]) -> None:
        """*records*, which have the fields *names*."""
        super().__init__(records)
        self.names = (*names,)


class FlatRecords(Table):
    """Records of CSV, which has no null but the empty text."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a copy is. ``{dir}`` in *where* is the hazard's folder."""

    where: str

    @classmethod
    def of(cls, where: str) -> Copy:
        """The copy at *where*. Raises SyncError for a form that is none."""
        copy = cls(where)
        if where.startswith(_SQLITE):
            if not copy._table()[1]:
                raise SyncError(f'--copy "{where}" names no table; wanted one like sqlite:app.db?table=contacts')
        elif Path(where).suffix not in _READERS:
            raise SyncError(f'--copy "{where}"; wanted {_FORMS}')
        elif where.endswith(".parquet") and not find_spec("pyarrow"):
            raise SyncError("pyarrow is not installed; install it with: pip install 'vambe-mock[sync]'")
        return copy

    def read(self, folder: Path) -> list[Record]:
        """The records. Raises SyncError, or NoCopyError where nothing was written."""
        path, table = self._table()
        file = Path(path.replace("{dir}", str(folder)))
        if not file.exists():
            raise NoCopyError(f"the command wrote no copy at {file}; wanted --copy to name where it is")
        try:
            return _read_sqlite(file, table) if table else _READERS[file.suffix](file)
        except (OSError, ValueError, csv.Error, sqlite3.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            reason = reason[:1].lower() + reason[1:]
            wanted = _WANTED["sqlite" if table else file.suffix]
            raise SyncError(f"the copy {file}: {reason}; wanted {wanted}") from error

    def _table(self) -> tuple[str, str]:
        if not self.where.startswith(_SQLITE):
            return self.where, ""
        path, _, query = self.where.removeprefix(_SQLITE).partition("?")
        return path, parse_qs(query).get("table", [""])[0]


_WANTED: Final = {
    ".json": 'a JSON list of contacts, or an object of them by id, e.g. [{"id": "…", "name": "Ana"}]',
    ".ndjson": 'one JSON object a line, e.g. {"id": "…", "name": "Ana"}',
    ".jsonl": 'one JSON object a line, e.g. {"id": "…", "name": "Ana"}',
    ".csv": "CSV with a line of names first, e.g. id,name,phone",
    ".parquet": "a Parquet file with a column for the id",
    "sqlite": "a SQLite database and a table of it, e.g. sqlite:app.db?table=contacts",
}


def printed_copy(printed: bytes) -> list[Record]:
    """The records that a command printed, as JSON, NDJSON or CSV; nothing is none. Raises SyncError."""
    text = printed.decode("utf-8-sig", "replace").strip()
    try:
        if not text:
            return []
        if text.startswith("["):
            return _records(json.loads(text))
        if text.startswith("{"):
            return _records([json.loads(line) for line in text.splitlines() if line.strip()])
        return _csv_records(StringIO(text, newline=""))
    except (ValueError, csv.Error) as error:
        raise SyncError(f"--copy-command printed {text[:60]!r}: {error}; wanted JSON, NDJSON or CSV") from error


def _records(value: Any) -> list[Record]:
    if isinstance(value, dict) and all(isinstance(one, dict) for one in value.values()):  # by id
        value = list(value.values())
    if isinstance(value, dict) and len(value) == 1:  # {"contacts": [...]}
        (value,) = value.values()
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("no list of objects")
    return value


def _read_json(file: Path) -> list[Record]:
    return _records(json.loads(file.read_text(encoding="utf-8-sig")))


def _read_ndjson(file: Path) -> list[Record]:
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    return _records([json.loads(line) for line in lines if line.strip()])


def _read_csv(file: Path) -> list[Record]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return _csv_records(opened)


def _csv_records(text: TextIO) -> FlatRecords:
    """The records of CSV. Spreadsheets of many countries separate by semicolons; some tools, by tabs."""
    names = text.readline()
    text.seek(0)
    separator = max(",;\t", key=names.count)
    rows = csv.DictReader(text, delimiter=separator)
    return FlatRecords(rows, rows.fieldnames or ())


def _read_parquet(file: Path) -> list[Record]:
    from pyarrow import parquet

    read = parquet.read_table(file)
    return Table(read.to_pylist(), read.column_names)


def _read_sqlite(file: Path, table: str) -> list[Record]:
    quoted = '"' + table.replace('"', '""') + '"'
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as database:
        found = database.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - quoted above
        names = [column[0] for column in found.description]
        rows = (
            {
                name: value.decode() if isinstance(value, bytes) else value
                for name, value in zip(names, row, strict=True)
            }
            for row in found
        )
        return Table(rows, names)


_READERS: Final[dict[str, Callable[[Path], list[Record]]]] = {
    ".json": _read_json,
    ".ndjson": _read_ndjson,
    ".jsonl": _read_ndjson,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}
