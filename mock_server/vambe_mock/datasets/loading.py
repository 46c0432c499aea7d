"""Read a data set from a file or a folder, in every form that the generator writes.

JSON documents, NDJSON, CSV and Parquet beside their `dataset.json`, SQLite; the text formats also as `.gz` or `.zst`;
and folders with one of these, or with the numbered parts that shards and processes write.
"""

from __future__ import annotations

import sys
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from vambe_mock.contract.terminal import escaped
from vambe_mock.datasets.dataset import from_document, from_json
from vambe_mock.datasets.files import (
    BOM,
    HEADER_FILE,
    MOST_IN_DOCUMENT,
    files_of,
    form,
    json_object,
    lines,
    needed,
    read_bytes,
    set_name,
    strict_json,
)
from vambe_mock.datasets.manifests import check_count
from vambe_mock.datasets.other_tools import mended
from vambe_mock.datasets.problems import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vambe_mock.datasets.dataset import Dataset
    from vambe_mock.datasets.document import Header, Record


STANDARD_INPUT: Final = "-"
MOST_IN_REFUSAL: Final = 100_000
"""Bytes of a body that may be a refusal."""


def load(path: Path, *, by_rows: bool = False) -> Dataset:
    """The data set at *path*: a file, or a folder (or a file in one) with ``dataset.json`` and contacts.

    A JSON file may also be a captured answer; ``-`` reads either from standard input.
    NDJSON and Parquet are read by columns where pyarrow is installed, unless *by_rows*. Raises DatasetError with one
    line that begins with the path.
    """
    try:
        dataset = _load(path, by_rows=by_rows)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DatasetError(f"{error.filename or path}: {reason}; wanted a data set that can be read") from error
    except DatasetError as error:
        raise DatasetError(f"{error}" if str(error).startswith(escaped(str(path))) else f"{path}: {error}") from error
    except MemoryError as error:
        raise DatasetError(f"{path}: too large for this machine's memory; wanted a smaller data set") from error
    dataset.where = f"{path}: "
    return dataset


def _load(path: Path, *, by_rows: bool) -> Dataset:
    if str(path) == STANDARD_INPUT:
        return _of_json(_standard_input())
    if path.suffix == ".json" and path.is_file() and path.name != HEADER_FILE and set_name(path) == path.name:
        return _of_json(read_bytes(path))
    files = files_of(path)
    dataset = _of_files(path, files, by_rows=by_rows)
    if form(files[0])[0] in ("ndjson", "csv"):  # a cut shows in the other formats
        check_count(files, len(dataset))
    return dataset


def _of_json(raw: bytes) -> Dataset:
    """The data set of a document, or of a captured answer. Raises DatasetError."""
    text = raw.removeprefix(BOM)
    if not text.strip():
        raise DatasetError("nothing is in it; wanted a document, or a captured answer: a list of contacts")
    if text.lstrip()[:1] != b"[":
        try:
            return from_json(text)
        except DatasetError as error:
            raise _refused(text) or error from None
    from vambe_mock.datasets.captured import from_contacts

    try:
        return from_contacts(strict_json(text))
    except ValueError as error:
        raise DatasetError(f"not JSON: {error}") from error


def _refused(text: bytes) -> DatasetError | None:
    """What to say of an answer that is a refusal, as ``curl`` without the right key pipes it in."""
    try:
        answer = strict_json(text) if len(text) <= MOST_IN_REFUSAL else None
    except ValueError:
        return None
    if not isinstance(answer, dict) or "format" in answer or not {"statusCode", "message"} <= answer.keys():
        return None
    said = f"{answer['statusCode']}, {answer['message']}"
    return DatasetError(f"an answer of the endpoint, but a refusal ({said:.200}); wanted its list of contacts")


def _standard_input() -> bytes:
    """All of standard input. Raises DatasetError for a terminal, and for more than a document may have."""
    if sys.stdin is None or sys.stdin.isatty():
        raise DatasetError("nothing is piped in; wanted JSON, e.g. curl ... | vambe-mock serve --data -")
    raw = sys.stdin.buffer.read(MOST_IN_DOCUMENT + 1)
    if len(raw) > MOST_IN_DOCUMENT:
        raise DatasetError(f"more than {MOST_IN_DOCUMENT:,} bytes; wanted a file in NDJSON or Parquet")
    return raw


def _of_files(path: Path, files: list[Path], *, by_rows: bool) -> Dataset:
    if not by_rows and form(files[0])[0] in ("ndjson", "parquet") and find_spec("pyarrow"):
        from vambe_mock.datasets.arrow_table import ColumnDataset

        return ColumnDataset(_checked(_header_beside(files)), files, partial(load, path, by_rows=True))
    header, contacts = _contents(files)
    return from_document({**header, "contacts": list(contacts)})


def contents(path: Path) -> tuple[Record, Iterator[Record]]:
    """The header of a data set and its contacts as the document has them, in the order of the file.

    Raises DatasetError for an unknown or broken file, OSError for a file that cannot be read.
    """
    return _contents(files_of(path))


def _contents(files: list[Path]) -> tuple[Record, Iterator[Record]]:
    if form(files[0])[0] == "json":
        document = json_object(_joined(files), files[0])
        return document, iter(document.pop("contacts", []))
    header, found = _contents_of_rows(files)
    return header, map(mended, found)


def _contents_of_rows(files: list[Path]) -> tuple[Record, Iterator[Record]]:
    match form(files[0])[0]:
        case "sqlite":
            from vambe_mock.datasets import sqlite_file

            return sqlite_file.header(files[0]), (contact for path in files for contact in sqlite_file.contacts(path))
        case "csv":
            from vambe_mock.datasets import csv_file, flat

            header = _header_beside(files)
            fields = _checked(header).custom_fields
            types = flat.types((field.key, field.type, field.entities) for field in fields)
            return header, csv_file.contacts(files, types)
        case "parquet":
            needed("pyarrow.parquet", "arrow")
            from vambe_mock.datasets import parquet_file

            return _header_beside(files), (contact for path in files for contact in parquet_file.contacts(path))
        case _:
            return _header_beside(files), _contacts_of_lines(files)


def _joined(files: list[Path]) -> bytes:
    """The parts of a document, which together are as large as one may be."""
    raw = b""
    for path in files:
        raw += read_bytes(path, MOST_IN_DOCUMENT - len(raw))
    return raw


def _header_beside(files: list[Path]) -> Record:
    """The header in the folder of *files*."""
    path = files[0].parent / HEADER_FILE
    return json_object(read_bytes(path), path)


def _checked(header: Record) -> Header:
    return from_document({**header, "contacts": []}).header


def _contacts_of_lines(files: list[Path]) -> Iterator[Record]:
    numbered = enumerate(lines(files), start=1)
    return (json_object(line, files[0], f"line {number}: ") for number, line in numbered if not line.isspace())
