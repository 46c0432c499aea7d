"""An SQLite database: the contacts as one table of flat records (`flat`), the header as tables beside it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from vambe_mock.contract.vocabulary import FLAG_FIELDS
from vambe_mock.datasets import flat
from vambe_mock.datasets.files import MOST_IN_LINE, size_of, strict_json
from vambe_mock.datasets.problems import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vambe_mock.contract.vocabulary import FieldType
    from vambe_mock.datasets.document import Record

_HEADER_TABLES = """
CREATE TABLE dataset (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE pipelines (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT, description TEXT);
CREATE TABLE stages (
    pipeline INTEGER NOT NULL REFERENCES pipelines, place INTEGER NOT NULL,
    id TEXT NOT NULL UNIQUE, name TEXT, description TEXT, PRIMARY KEY (pipeline, place)
);
CREATE TABLE custom_fields (
    place INTEGER PRIMARY KEY, key TEXT NOT NULL, name TEXT, type TEXT NOT NULL, options TEXT, entities TEXT NOT NULL
);
"""
_COLUMN_TYPES: dict[FieldType, str] = {"number": "NUMERIC", "boolean": "INTEGER"}


def create(database: sqlite3.Connection, header: Record, names: list[str]) -> None:
    """Create the tables of a new database, and write the header.

    The contacts' table has the columns `names`; its primary key is the id (`sqlite-primary-key`).
    """
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + _HEADER_TABLES)
    _write_header(database, header)
    database.execute(f"CREATE TABLE contacts ({', '.join(_columns(header, names))})")


def insert(names: list[str]) -> str:
    """The SQL that adds a contact, its values in the order of `names`."""
    return f"INSERT INTO contacts VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - only question marks


def header(path: Path) -> Record:
    """The header of the set. Raises DatasetError with one line, OSError for a file that cannot be opened."""
    with _opened(path) as database:
        found = {key: strict_json(value) for key, value in database.execute("SELECT key, value FROM dataset")}
        found["pipelines"] = [
            {
                "id": identifier,
                "name": name,
                "description": description,
                "stages": [
                    dict(zip(("id", "name", "description"), stage, strict=True))
                    for stage in database.execute(
                        "SELECT id, name, description FROM stages WHERE pipeline = ? ORDER BY place", (place,)
                    )
                ],
            }
            for place, identifier, name, description in database.execute(
                "SELECT place, id, name, description FROM pipelines ORDER BY place"
            ).fetchall()
        ]
        found["custom_fields"] = [
            {
                "key": key,
                "name": name,
                "type": kind,
                "options": None if options is None else strict_json(options),
                "entities": strict_json(entities),
            }
            for key, name, kind, options, entities in database.execute(
                "SELECT key, name, type, options, entities FROM custom_fields ORDER BY place"
            )
        ]
        return found


def contacts(path: Path) -> Iterator[Record]:
    """The contacts in the order in which they were added. Raises as `header` does."""
    with _opened(path) as database:
        defined = database.execute("SELECT key, type, entities FROM custom_fields")
        types = flat.types((key, kind, strict_json(entities)) for key, kind, entities in defined)
        flags = {*FLAG_FIELDS, *(name for name, kind in types.items() if kind == "boolean")}
        found = database.execute("SELECT * FROM contacts ORDER BY rowid")
        names = flat.checked_columns(path, [column[0] for column in found.description])
        for row in found:
            yield flat.contact(
                {name: _value(value, flag=name in flags) for name, value in zip(names, row, strict=True)}
            )


def _value(value: Any, *, flag: bool) -> Any:
    """A value as JSON has it: SQLite has no booleans, and may give a whole number as a float."""
    if flag and value in (0, 1):
        return bool(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _columns(header: Record, names: list[str]) -> list[str]:
    fields = ((field["key"], field["type"], field["entities"]) for field in header["custom_fields"])
    types = {name: _COLUMN_TYPES.get(kind, "TEXT") for name, kind in flat.types(fields).items()}
    types |= {**dict.fromkeys(FLAG_FIELDS, "INTEGER"), "id": "TEXT NOT NULL PRIMARY KEY"}
    return [f'"{name.replace(chr(34), chr(34) * 2)}" {types.get(name, "TEXT")}' for name in names]


def _write_header(database: sqlite3.Connection, header: Record) -> None:
    single = [(key, json.dumps(header[key])) for key in ("format", "seed", "anchor", "client_id")]
    database.executemany("INSERT INTO dataset VALUES (?, ?)", single)
    for place, pipeline in enumerate(header["pipelines"]):
        values = (place, pipeline["id"], pipeline["name"], pipeline["description"])
        database.execute("INSERT INTO pipelines VALUES (?, ?, ?, ?)", values)
        stages = [
            (place, nth, stage["id"], stage["name"], stage["description"])
            for nth, stage in enumerate(pipeline["stages"])
        ]
        database.executemany("INSERT INTO stages VALUES (?, ?, ?, ?, ?)", stages)
    for place, field in enumerate(header["custom_fields"]):
        options = None if field["options"] is None else json.dumps(field["options"], ensure_ascii=False)
        values_ = (place, field["key"], field["name"], field["type"], options, json.dumps(field["entities"]))
        database.execute("INSERT INTO custom_fields VALUES (?, ?, ?, ?, ?, ?)", values_)


def _refuse_views(database: sqlite3.Connection) -> None:
    """Raise ValueError if a table of a data set is none: a view can have rows without end."""
    found = database.execute("SELECT lower(name) FROM sqlite_master WHERE type = 'view' OR sql LIKE 'CREATE VIRTUAL%'")
    if {"contacts", "dataset", "pipelines", "stages", "custom_fields"} & {name for (name,) in found}:
        raise ValueError


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A database to read; DatasetError for one that is not a data set, OSError for a file that cannot be opened."""
    size_of(path)
    path.open("rb").close()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_IN_LINE)
            _refuse_views(database)
            yield database
    except (sqlite3.Error, ValueError, TypeError) as error:
        readable = isinstance(error, sqlite3.Error) and not str(error).startswith("Could not decode")
        found = error if readable else "values that no data set can have"
        raise DatasetError(f"{path}: {found}; wanted an SQLite data set, as vambe-mock generate writes it") from error
