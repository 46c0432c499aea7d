"""The text formats JSON, NDJSON and CSV: what precedes the contacts, a chunk of them, and what follows."""

from __future__ import annotations

import gzip
from functools import partial
from typing import TYPE_CHECKING, Any

from vambe_mock.datasets import csv_file, flat
from vambe_mock.datasets.files import zstd
from vambe_mock.generator.drawing import rows
from vambe_mock.generator.encoding.slots import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from vambe_mock.generator.drawing.rows import Contact
    from vambe_mock.generator.encoding.chunks import Chunk
    from vambe_mock.generator.recipe.plan import Plan


class TextFormat:
    """One of `json`, `ndjson` and `csv`, for one set: a file is `before()`, all chunks in order, and `after()`."""

    def __init__(self, name: str, plan: Plan, count: int) -> None:
        """The format of that name, for a set of `count` contacts."""
        self.name, self.plan, self.count, self.header = name, plan, count, plan.header()

    def before(self) -> bytes:
        """The start of the file."""
        if self.name == "csv":
            return csv_file.line(flat.columns(self.header, legacy=self.plan.shape.legacy))
        return document_head(self.header, self.count).encode() if self.name == "json" else b""

    def chunk(self, chunk: Chunk) -> Iterator[Any]:
        """Encode a chunk, in pieces of bytes; also hashes and counts it."""
        if self.name == "ndjson":
            yield from chunk.json()
        elif self.name == "csv":
            chunk.hash()
            yield from chunk.csv(partial(csv_line, self.header))
        else:
            yield _listed(b"".join(chunk.json()), last=chunk.stop == self.count)

    def after(self) -> bytes:
        """The end of the file."""
        return document_tail(self.count).encode() if self.name == "json" else b""


def document_head(header: dict[str, Any], count: int) -> str:
    """The start of a document: the header, one member a line."""
    return "{\n" + _members(header) + ',\n"contacts": [' + ("\n" if count else "")


def header_text(header: dict[str, Any]) -> str:
    """The content of `dataset.json`: the header alone."""
    return "{\n" + _members(header) + "\n}\n"


def _members(header: dict[str, Any]) -> str:
    return ",\n".join(f'"{key}": {json_text(value)}' for key, value in header.items())


def document_tail(count: int) -> str:
    """The end of a document."""
    return "\n]\n}\n" if count else "]\n}\n"


def _listed(lines: bytes, *, last: bool) -> bytes:
    # JSON escapes line breaks in texts, so each one here ends a contact.
    listed = lines.replace(b"\n", b",\n")
    return listed[:-2] if last else listed


def document_text(document: dict[str, Any]) -> str:
    """A whole document as text, one contact a line, so that diffs are readable."""
    header = {key: value for key, value in document.items() if key != "contacts"}
    contacts = document["contacts"]
    listed = ",\n".join(rows.line(contact) for contact in contacts)
    return document_head(header, len(contacts)) + listed + document_tail(len(contacts))


def csv_line(header: dict[str, Any], contact: Contact) -> bytes:
    """A contact as a line of CSV."""
    return csv_file.line(flat.record(header, contact))


def packed(compression: str, pieces: Iterable[Any]) -> Iterator[Any]:
    """Compress a chunk's pieces into one gzip member or zstd frame; without compression, pass them on."""
    if not compression:
        yield from pieces
    elif whole := b"".join(pieces):
        if compression == "gz":
            yield gzip.compress(whole, compresslevel=5, mtime=0)
        else:
            yield zstd().compress(whole, level=3)
