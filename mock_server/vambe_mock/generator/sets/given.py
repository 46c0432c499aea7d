"""Writes contacts that are given, not drawn, in every format that `generate` writes, with a manifest.

They are read chunk by chunk, so memory does not grow with the set.
"""

from __future__ import annotations

import json
import platform
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from vambe_mock import __version__
from vambe_mock.contract import instants
from vambe_mock.datasets import csv_file, flat, sqlite_file
from vambe_mock.datasets.files import HEADER_FILE, needed, zstd
from vambe_mock.generator.drawing import rows
from vambe_mock.generator.encoding import content_hash
from vambe_mock.generator.encoding.content_hash import BLOCK, Content
from vambe_mock.generator.encoding.counts import Counts
from vambe_mock.generator.encoding.text_formats import csv_line, document_head, document_tail, header_text, packed
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.sets.atomic_files import check_writable
from vambe_mock.generator.sets.job import HEADER_BESIDE, TEXT_FORMATS
from vambe_mock.generator.sets.manifest import FORMAT, name_of
from vambe_mock.generator.sets.neighbours import refuse_neighbours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from vambe_mock.generator.drawing.rows import Contact
    from vambe_mock.generator.sets.atomic_files import PendingFiles
    from vambe_mock.generator.sets.job import Job

    Header = dict[str, Any]


@dataclass
class Given:
    """What was written: the header, and the content sum and counts of the contacts."""

    header: Header
    content: Content = field(default_factory=Content)
    counts: Counts = field(default_factory=Counts)
    bytes: int = 0


def names(job: Job) -> list[str]:
    """The names of the files of the set: contacts, header and manifest."""
    beside = [HEADER_FILE] if job.format in HEADER_BESIDE else []
    return [job.data_name(job.part), *beside, job.manifest_name]


def check(job: Job) -> None:
    """Refuse a job that could not be written, before anything is read for it.

    Raises GeneratorError for a place that is taken or cannot be written, DatasetError for a library that is missing.
    """
    if job.format == "parquet":
        needed("pyarrow", "arrow")
    if job.compression == "zst":
        zstd()
    if job.folder is not None:
        check_writable(job.folder, names(job), force=job.force)
        refuse_neighbours(job, job.folder, [job.data_name(job.part)])


def write_stream(job: Job, header: Header, contacts: Iterable[Contact], stream: BinaryIO) -> Given:
    """Write the contacts, `job.count` of them, in a text format to a stream."""
    given = Given(header)
    at = 0
    stream.writelines(packed(job.compression, _before(job, header)))
    for chunk in _chunks(given, job, contacts):
        lines = [f"{rows.line(contact)}\n".encode() for contact in chunk]
        _hash_lines(given, lines, at)
        at += len(chunk)
        stream.writelines(packed(job.compression, _text(job, header, chunk, lines, last=at == job.count)))
    if job.format == "json":
        stream.writelines(packed(job.compression, [document_tail(job.count).encode()]))
    return given


def write_files(job: Job, header: Header, contacts: Iterable[Contact], pending: PendingFiles, made: Header) -> Given:
    """Write the contacts, `job.count` of them, with header and manifest, into which goes how the set was `made`."""
    path = pending.path(job.data_name(job.part))
    if job.format in TEXT_FORMATS:
        with path.open("wb") as stream:
            given = write_stream(job, header, contacts, stream)
    elif job.format == "sqlite":
        given = _write_sqlite(job, header, contacts, path)
    else:
        given = _write_parquet(job, header, contacts, path)
    if job.format in HEADER_BESIDE:
        pending.path(HEADER_FILE).write_text(header_text(header), "utf-8", newline="\n")
    text = json.dumps(_manifest(job, given, path, made), ensure_ascii=False, indent=1)
    pending.path(job.manifest_name).write_text(f"{text}\n", "utf-8", newline="\n")
    given.bytes = path.stat().st_size
    return given


def _chunks(given: Given, job: Job, contacts: Iterable[Contact]) -> Iterator[list[Contact]]:
    """Lists of contacts, `job.chunk` each, a multiple of 64; they are counted."""
    left, anchor = iter(contacts), instants.parse(given.header["anchor"])
    while chunk := list(islice(left, job.chunk)):
        given.counts.add_contacts(chunk, anchor)
        yield chunk


def _hash_lines(given: Given, lines: Iterable[bytes], first: int) -> None:
    given.content.join(content_hash.of_lines(lines, first).total)


def _before(job: Job, header: Header) -> list[bytes]:
    if job.format == "csv":
        return [csv_file.line(flat.columns(header, legacy=False))]
    return [document_head(header, job.count).encode()] if job.format == "json" else []


def _text(job: Job, header: Header, chunk: list[Contact], lines: list[bytes], *, last: bool) -> list[bytes]:
    if job.format == "csv":
        return [csv_line(header, contact) for contact in chunk]
    if job.format == "ndjson":
        return lines
    listed = b",\n".join(line[:-1] for line in lines)
    return [listed if last else listed + b",\n"]


def _write_sqlite(job: Job, header: Header, contacts: Iterable[Contact], path: Path) -> Given:
    given, at = Given(header), 0
    columns = flat.columns(header, legacy=False)
    insert = sqlite_file.insert(columns)
    try:
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            sqlite_file.create(database, header, columns)
            for chunk in _chunks(given, job, contacts):
                _hash_lines(given, (f"{rows.line(contact)}\n".encode() for contact in chunk), at)
                at += len(chunk)
                database.executemany(insert, [flat.record(header, contact) for contact in chunk])
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise GeneratorError(f"{path.parent}: {error}; wanted a writable location") from error
    return given


def _write_parquet(job: Job, header: Header, contacts: Iterable[Contact], path: Path) -> Given:
    import pyarrow.parquet as pq

    from vambe_mock.datasets.parquet_file import schema
    from vambe_mock.generator.encoding import arrow, column_hash

    given, at, columns = Given(header), 0, schema(header)
    with pq.ParquetWriter(path.absolute(), columns, compression="none") as file:
        for chunk in _chunks(given, job, contacts):
            table = arrow.of_contacts(chunk, columns)
            column_hash.add(given.content, table, at // BLOCK)
            at += len(chunk)
            file.write_table(table)
    return given


def _manifest(job: Job, given: Given, path: Path, made: Header) -> Header:
    """As `manifest.manifest`, so that `generate --verify` reads it; a set that was not drawn has no seed."""
    return {
        "format": FORMAT,
        "arguments": {
            "contacts": job.count,
            "seed": given.header["seed"],
            "anchor": given.header["anchor"],
            "format": job.format,
        },
        "made": made,
        "part": {"number": 1, "of": 1, "first_contact": 0, "contacts": job.count},
        "versions": {"vambe-mock": __version__, "python": platform.python_version()},
        "files": [{"name": name_of(path), "bytes": path.stat().st_size}],
        "counts": given.counts.as_json(),
        "header_hash": content_hash.header_hash(given.header),
        "hash_of": "columns" if job.format == "parquet" else "lines",
        "content_sum": given.content.text(),
        "content_hash": given.content.hash(given.header),
    }
