"""Every form in which the generator leaves a data set, read back: its header, and its contacts one after the other.

JSON documents, NDJSON, CSV and Parquet beside their `dataset.json`, SQLite; the text ones also as `.gz` or `.zst`; and
folders with one of these, or with the numbered parts that shards and processes write.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sqlite3
import sys
import zlib
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from glob import escape
from importlib import import_module
from importlib.util import find_spec
from io import BufferedReader, RawIOBase, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from vambe_mock.datasets.complaints import shown
from vambe_mock.datasets.dataset import BOM, HEADER_FILE, Dataset, DatasetError, Header, from_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Record = dict[str, Any]

_PART = re.compile(r"(?P<stem>.+)-(?P<part>\d{5})-of-(?P<of>\d{5})(?P<suffixes>(\.\w+)+)", re.DOTALL)
MANIFEST = re.compile(r"(.+\.)?manifest(-\d{5}-of-\d{5})?\.json", re.DOTALL)
"""What the manifest of a set or of a part is called."""
_FORMATS = {
    ".json": "json",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".parquet": "parquet",
    ".sqlite": "sqlite",
    ".db": "sqlite",
}
_COMPRESSIONS = (".gz", ".zst")
_ENTITIES = ("customer", "ticket")
_TICKET = ("active_ticket_v2.id", "active_ticket_v2.current_stage_id")
_FLAGS = ("blocked", "is_chat_read")


def read(path: Path, *, plainly: bool = False) -> Dataset:
    """The data set at a path, checked like a document. Raises DatasetError with one line.

    NDJSON and Parquet are read by columns where pyarrow is installed, unless `plainly`.
    """
    try:
        files = files_of(path)
        if not plainly and form(files[0])[0] in ("ndjson", "parquet") and find_spec("pyarrow"):
            from vambe_mock.datasets.arrow_table import Table  # noqa: PLC0415 - needs pyarrow

            header = _object((files[0].parent / HEADER_FILE).read_bytes(), files[0].parent / HEADER_FILE)
            return Table(checked_header(header), path, files)
        header, contacts = contents(path)
        return from_document({**header, "contacts": list(contacts)})
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise DatasetError(f"{error.filename or path}: {reason}; wanted a data set that can be read") from error


def checked_header(header: Record) -> Header:
    """A header by itself, checked. Raises DatasetError with one line."""
    return from_document({**header, "contacts": []}).header


def contents(path: Path) -> tuple[Record, Iterator[Record]]:
    """The header of a data set and its contacts as the document has them, in the order of the file.

    Raises DatasetError for a form that is not known or not in order, OSError for a file that cannot be read.
    """
    files = files_of(path)
    name, _ = form(files[0])
    if name == "json":
        document = _object(b"".join(_bytes(one) for one in files), files[0])
        return document, iter(document.pop("contacts", []))
    if name == "sqlite":
        return _sqlite_header(files[0]), (contact for one in files for contact in _sqlite_contacts(one))
    header = _object((files[0].parent / HEADER_FILE).read_bytes(), files[0].parent / HEADER_FILE)
    if name == "csv":
        return header, _csv_contacts(files, header)
    if name == "parquet":
        return header, (contact for one in files for contact in _parquet_contacts(one))
    numbered = enumerate(lines(files), start=1)
    return header, (_object(line, files[0], f"line {number}: ") for number, line in numbered if not line.isspace())


def files_of(path: Path) -> list[Path]:
    """The file or the parts that hold the contacts of a data set; parts in their order, and none missing."""
    if path.is_dir():
        path = _in_folder(path)
    elif path.name == HEADER_FILE and "contacts" not in _object(path.read_bytes(), path):
        path = _in_folder(path.parent)
    path = part_of(path) or path
    part = _PART.fullmatch(path.name)
    return _parts(path, part) if part else [_known(path)]


def part_of(path: Path) -> Path | None:
    """The first part of a set that was to be called so and was written in parts; None if the file is there itself.

    Raises DatasetError where the parts of several are.
    """
    if path.exists():
        return None
    stem = Path(path.name[: len(path.name) - len(form(path)[1])]).stem
    suffixes = path.name.removeprefix(stem)
    beside = path.parent.glob(f"{escape(stem)}-00001-of-[0-9][0-9][0-9][0-9][0-9]{escape(suffixes)}")
    return _first_of_one([*beside])


def _first_of_one(parts: list[Path]) -> Path | None:
    """The first of these, which are whole, or parts that one run made, or none (`one-set-a-folder`)."""
    counts = sorted({part["of"] for one in parts if (part := _PART.fullmatch(one.name))})
    if len(counts) > 1:
        raise DatasetError(
            f"{parts[0].parent}: parts of {int(counts[0])} and of {int(counts[1])} there; wanted those of one set, "
            f"for example: {min(parts)}"
        )
    return min(parts, default=None)


def _in_folder(folder: Path) -> Path:
    """The one data set of a folder: the file called contacts, or the only one, or the first of its parts."""
    beside = [one for one in sorted(folder.iterdir()) if form(one)[0] and not MANIFEST.fullmatch(one.name)]
    found = [one for one in beside if one.name != HEADER_FILE]
    contacts = [one for one in found if one.name.startswith("contacts")] or found
    if len(set(map(set_name, contacts))) == 1 and (first := _first_of_one(contacts)):
        return first
    if not contacts and (folder / HEADER_FILE).exists() and "contacts" in _object(_bytes(folder / HEADER_FILE), folder):
        return folder / HEADER_FILE
    many = f"{contacts[0].name} and {contacts[1].name}" if contacts else "no contacts"
    raise DatasetError(f"{folder}: {many} there; wanted one data set, such as dataset.json beside contacts.ndjson")


def set_name(path: Path) -> str:
    """What a file is called, or for a part the set that it belongs to."""
    return _PART.sub(r"\g<stem>\g<suffixes>", path.name)


def _parts(path: Path, part: re.Match[str]) -> list[Path]:
    count = int(part["of"])
    names = [f"{part['stem']}-{number:05d}-of-{count:05d}{part['suffixes']}" for number in range(1, count + 1)]
    missing = [name for name in names if not (path.parent / name).exists()]
    if missing:
        raise DatasetError(f"{path.parent}: part {missing[0]} is missing; wanted all {count} parts")
    return [path.parent / name for name in names]


def _known(path: Path) -> Path:
    if not form(path)[0]:
        known = ", ".join(_FORMATS)
        raise DatasetError(f"{path}: an unknown kind of file; wanted one of {known}, perhaps with .gz or .zst")
    return path


def form(path: Path) -> tuple[str, str]:
    """Format and compression by a file's name: `a.ndjson.gz` -> ("ndjson", ".gz"); "" where there is none."""
    compression = path.suffix.lower() if path.suffix.lower() in _COMPRESSIONS else ""
    return _FORMATS.get(Path(path.name[: len(path.name) - len(compression)]).suffix.lower(), ""), compression


def open_bytes(path: Path) -> BinaryIO:
    """The file's bytes, decompressed where its name says so; DatasetError, also while reading, where they cannot be."""
    compression = form(path)[1] or path.suffix.lower()
    if compression == ".gz":
        return BufferedReader(_Unpacked(path, _gunzipped(path)))
    if compression == ".zst":
        return BufferedReader(_Unpacked(path, _unzstd(path, zstd())))
    return path.open("rb")


class _Unpacked(RawIOBase):
    """A compressed file as a stream of what is in it."""

    def __init__(self, path: Path, pieces: Iterator[bytes]) -> None:
        self._path, self._pieces, self._rest = path, pieces, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            while not self._rest:
                self._rest = memoryview(next(self._pieces))
        except StopIteration:
            return 0
        except EOFError:
            raise DatasetError(f"{self._path}: the compressed data end early; wanted a whole file") from None
        except _Damaged as error:
            raise DatasetError(f"{self._path}: the compressed data are damaged; wanted a whole file") from error
        taken = min(len(buffer), len(self._rest))
        buffer[:taken], self._rest = self._rest[:taken], self._rest[taken:]
        return taken

    def close(self) -> None:
        self._pieces.close()  # type: ignore[attr-defined] # a generator: it closes its file
        super().close()


class _Damaged(Exception):  # noqa: N818 - becomes a DatasetError that knows the file
    """What a decompressor cannot make sense of."""


_UNPACKED = 1 << 20  # bytes at a time


def _gunzipped(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        try:
            while piece := file.read(_UNPACKED):
                yield piece
        except (gzip.BadGzipFile, zlib.error) as error:
            raise _Damaged(error) from error


def _unzstd(path: Path, library: Any) -> Iterator[bytes]:
    """Frame by frame, each with its end, so that a file that is cut off is noticed."""
    frame = None
    with path.open("rb") as file:
        while packed := file.read(_UNPACKED >> 3):
            while packed:
                frame = frame or library.ZstdDecompressor()
                try:
                    yield frame.decompress(packed, _UNPACKED)
                    while not (frame.eof or frame.needs_input):
                        yield frame.decompress(b"", _UNPACKED)
                except library.ZstdError as error:
                    raise _Damaged(error) from error
                packed = frame.unused_data if frame.eof else b""
                frame = None if frame.eof else frame
    if frame is not None:
        raise EOFError


def zstd() -> Any:
    """Python's own Zstandard module, or before Python 3.14 its backport; DatasetError says how to get that."""
    return needed("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd", "generate")


def needed(module: str, extra: str) -> Any:
    """A module that not every installation has; DatasetError says how to get it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise DatasetError(f"{module} is not installed; get it with: pip install 'vambe-mock[{extra}]'") from error


def lines(files: Iterable[Path]) -> Iterator[bytes]:
    """The lines of text files, line breaks included."""
    for path in files:
        with open_bytes(path) as file:
            rest = b""
            while block := file.read(1 << 20):
                *whole, rest = (rest + block).split(b"\n")
                yield from (line + b"\n" for line in whole)
            if rest:
                yield rest


def _bytes(path: Path) -> bytes:
    with open_bytes(path) as file:
        return file.read()


def _object(raw: bytes, path: Path, where: str = "") -> Record:
    try:
        value = json.loads(raw.removeprefix(BOM))
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{path}: {where}not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{path}: {where}wanted a JSON object")
    return value


def _csv_contacts(files: list[Path], header: Record) -> Iterator[Record]:
    fields = checked_header(header).custom_fields
    types: dict[str, str] = {f"{entity}.{field.key}": field.type for field in fields for entity in field.entities}
    names: list[str] = []
    for path in files:
        for line, row in _csv_rows(path):
            if not names:
                names = _columns(path, row)
            elif len(row) == len(names):
                yield _unflattened({name: _cell(name, cell, types) for name, cell in zip(names, row, strict=True)})
            else:
                raise DatasetError(f"{path}: line {line}: {len(row)} cells; wanted {len(names)}, one for each column")


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of its last line."""
    with TextIOWrapper(open_bytes(path), "utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        try:
            yield from ((reader.line_num, row) for row in reader if row)
        except UnicodeDecodeError as error:
            raise DatasetError(f"{path}: bytes that are no text in UTF-8; wanted CSV in UTF-8") from error
        except csv.Error as error:
            line = f"line {reader.line_num}: no end of a cell"
            raise DatasetError(f"{path}: {line}; wanted CSV, in which every quote is closed") from error


def _columns(path: Path, names: list[str]) -> list[str]:
    """The names of flat columns, checked as far as contacts cannot be made without."""
    strange = [name for name in names if "." in name and name.partition(".")[0] not in _ENTITIES]
    for wrong, told in (
        ([name for name in _TICKET if name not in names], "no column"),
        ([name for name in names if names.count(name) > 1], "more than one column"),
        ([name for name in strange if name not in _TICKET], "an unknown column"),
    ):
        if wrong:
            wanted = f"wanted id, name, ..., {', '.join(_TICKET)}, and customer.KEY or ticket.KEY for custom fields"
            raise DatasetError(f"{path}: {told} {shown(wrong[0])}; {wanted}")
    return names


def _cell(name: str, cell: str, types: dict[str, str]) -> Any:
    """What a CSV cell stands for; an empty one for null, but for the name, which is never null."""
    if not cell:
        return "" if name == "name" else None
    if name in _FLAGS or types.get(name) in ("number", "boolean"):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return cell  # whoever checks the contact tells what is wanted there
    return cell


def _unflattened(flat: Record) -> Record:
    """A contact from a record with the ticket's two columns and one column for each custom field."""
    identifier, stage = (flat.pop(name) for name in _TICKET)
    values: dict[str, Record] = {entity: {} for entity in _ENTITIES}
    for name in [name for name in flat if "." in name]:
        entity, _, key = name.partition(".")
        value = flat.pop(name)
        if value is not None:
            values[entity][key] = value
    ticket = None if identifier is None else {"id": identifier, "current_stage_id": stage}
    return {**flat, "active_ticket_v2": ticket, "custom_fields": values}


def _parquet_contacts(path: Path) -> Iterator[Record]:
    parquet = needed("pyarrow.parquet", "arrow")
    with whole_parquet(path), parquet.ParquetFile(path.absolute()) as file:
        for group in range(file.num_row_groups):  # one at a time: pyarrow cannot join nested columns across them
            for batch in file.iter_batches(8192, row_groups=[group]):
                yield from contacts_of(batch)


@contextmanager
def whole_parquet(path: Path) -> Iterator[None]:
    """What is read in the block is Parquet, or else DatasetError; OSError for a file that cannot be opened.

    The path is given to pyarrow as an absolute one: it takes `run:1/set.parquet` for an address.
    """
    path.open("rb").close()
    try:
        yield
    except (needed("pyarrow", "arrow").ArrowException, OSError, ValueError, OverflowError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise DatasetError(
            f"{path}: damaged, cut off, or no Parquet; wanted a whole file, as vambe-mock generate writes it"
        ) from error


def contacts_of(batch: Any) -> Iterator[Record]:
    """The contacts of an Arrow record batch, as the document has them."""
    for row in batch.to_pylist():
        custom = row.pop("custom_fields", None) or {}
        contact = {name: _plain(value) for name, value in row.items()}
        of = {entity: custom.get(entity) or {} for entity in _ENTITIES} if isinstance(custom, dict) else custom
        contact["custom_fields"] = {entity: _values(of[entity]) for entity in of} if isinstance(of, dict) else of
        yield contact


def _values(values: Any) -> Any:
    """An entity's values without those that are null; whatever else stands there is left to who checks the contact."""
    if not isinstance(values, dict):
        return values
    return {key: _plain(value) for key, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    """An Arrow value as JSON has it; a whole number is written as one."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC) if value.tzinfo else value  # without a zone it is UTC, on any machine
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _sqlite_header(path: Path) -> Record:
    with _database(path) as database:
        header = {key: json.loads(value) for key, value in database.execute("SELECT key, value FROM dataset")}
        header["pipelines"] = [
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
        header["custom_fields"] = [
            {
                "key": key,
                "name": name,
                "type": kind,
                "options": None if options is None else json.loads(options),
                "entities": json.loads(entities),
            }
            for key, name, kind, options, entities in database.execute(
                "SELECT key, name, type, options, entities FROM custom_fields ORDER BY place"
            )
        ]
        return header


def _sqlite_contacts(path: Path) -> Iterator[Record]:
    with _database(path) as database:
        types = {
            f"{entity}.{key}": kind
            for key, kind, entities in database.execute("SELECT key, type, entities FROM custom_fields")
            for entity in json.loads(entities)
        }
        flags = {*_FLAGS, *(name for name, kind in types.items() if kind == "boolean")}
        found = database.execute("SELECT * FROM contacts ORDER BY rowid")
        names = _columns(path, [column[0] for column in found.description])
        for row in found:
            flat = {
                name: bool(value) if name in flags and value in (0, 1) else _plain(value)
                for name, value in zip(names, row, strict=True)
            }
            yield _unflattened(flat)


@contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    """A database that is only read; DatasetError for what is none of ours, OSError for what cannot be opened."""
    path.open("rb").close()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as one:
            yield one
    except (sqlite3.Error, ValueError, TypeError) as error:
        text = isinstance(error, sqlite3.Error) and not str(error).startswith("Could not decode")
        found = error if text else "values that no data set has"
        raise DatasetError(f"{path}: {found}; wanted an SQLite data set that vambe-mock generate wrote") from error
