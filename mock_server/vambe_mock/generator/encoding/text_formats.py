"""The three text formats: what stands before the contacts, what a chunk of them looks like, what stands after."""

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
    """How a set is written as `json`, `ndjson` or `csv`; the pieces follow each other in the file."""

    def __init__(self, name: str, plan: Plan, count: int) -> None:
        """A format by its name, for a set of so many contacts."""
        self.name, self.plan, self.count, self.header = name, plan, count, plan.header()

    def before(self) -> bytes:
        """What the file begins with."""
        if self.name == "csv":
            return csv_file.line(flat.columns(self.header, legacy=self.plan.shape.legacy))
        return document_head(self.header, self.count).encode() if self.name == "json" else b""

    def chunk(self, chunk: Chunk) -> Iterator[Any]:
        """A chunk's bytes in pieces. Hashes and counts it too."""
        if self.name == "ndjson":
            yield from chunk.json()
        elif self.name == "csv":
            chunk.hash()
            yield from chunk.csv(partial(csv_line, self.header))
        else:
            yield _listed(b"".join(chunk.json()), last=chunk.stop == self.count)

    def after(self) -> bytes:
        """What the file ends with."""
        return document_tail(self.count).encode() if self.name == "json" else b""


def document_head(header: dict[str, Any], count: int) -> str:
    """The beginning of a document: a member of the header a line."""
    return "{\n" + _members(header) + ',\n"contacts": [' + ("\n" if count else "")


def header_text(header: dict[str, Any]) -> str:
    """A header alone, as `dataset.json` has it."""
    return "{\n" + _members(header) + "\n}\n"


def _members(header: dict[str, Any]) -> str:
    return ",\n".join(f'"{key}": {json_text(value)}' for key, value in header.items())


def document_tail(count: int) -> str:
    """The end of a document."""
    return "\n]\n}\n" if count else "]\n}\n"


def _listed(lines: bytes, *, last: bool) -> bytes:
    # A line break inside a text is written as an escape, so each one here ends a contact.
    listed = lines.replace(b"\n", b",\n")
    return listed[:-2] if last else listed


def document_text(document: dict[str, Any]) -> str:
    """A whole document as text: a contact a line, so that diffs are readable."""
    header = {key: value for key, value in document.items() if key != "contacts"}
    contacts = document["contacts"]
    listed = ",\n".join(rows.line(contact) for contact in contacts)
    return document_head(header, len(contacts)) + listed + document_tail(len(contacts))


def csv_line(header: dict[str, Any], contact: Contact) -> bytes:
    """A contact as a CSV line."""
    return csv_file.line(flat.record(header, contact))


def packed(compression: str, pieces: Iterable[Any]) -> Iterator[Any]:
    """A chunk's pieces as they are in the file: together one member (gz) or one frame (zst), or as they came."""
    if not compression:
        yield from pieces
    elif whole := b"".join(pieces):
        if compression == "gz":
            yield gzip.compress(whole, compresslevel=5, mtime=0)
        else:
            yield zstd().compress(whole, level=3)
