"""Writes an SQLite database: the contacts as one table of flat records, the header as tables beside it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from vambe_mock.datasets import flat
from vambe_mock.generator.drawing.rows import rows_of
from vambe_mock.generator.encoding.chunks import Maker
from vambe_mock.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vambe_mock.generator.sets.job import Job

_TABLES = """
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
_TYPES = {"number": "NUMERIC", "boolean": "INTEGER"}


def write_file(job: Job, path: Path, progress: Callable[[int], None]) -> Maker:
    """Write the contacts of the job to a database."""
    maker = Maker(job.plan)
    header = maker.plan.header()
    names = flat.columns(header, legacy=job.shape.legacy)
    insert = f"INSERT INTO contacts VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - only question marks
    first, stop = job.bounds
    try:
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + _TABLES)
            _write_header(database, header)
            database.execute(f"CREATE TABLE contacts ({', '.join(_columns(header, names))})")
            for chunk in maker.chunks(first, stop, job.chunk):
                chunk.hash()
                records = (flat.record(header, contact) for contact in rows_of(maker.plan, chunk.drawn))
                database.executemany(insert, records)
                progress(chunk.stop - chunk.start)
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise GeneratorError(f"{path.parent}: {error}; wanted a writable location") from error
    return maker


def _columns(header: dict[str, Any], names: list[str]) -> list[str]:
    types = {
        f"{entity}.{field['key']}": _TYPES.get(field["type"], "TEXT")
        for field in header["custom_fields"]
        for entity in field["entities"]
    }
    types |= {"blocked": "INTEGER", "is_chat_read": "INTEGER", "id": "TEXT NOT NULL UNIQUE"}
    return [f'"{name.replace(chr(34), chr(34) * 2)}" {types.get(name, "TEXT")}' for name in names]


def _write_header(database: sqlite3.Connection, header: dict[str, Any]) -> None:
    plain = [(key, json.dumps(header[key])) for key in ("format", "seed", "anchor", "client_id")]
    database.executemany("INSERT INTO dataset VALUES (?, ?)", plain)
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
