"""The content hash of a set, which does not depend on format, chunk size, processes or shards (`set-content-hash`).

The contacts are divided into blocks of 64 by contact number. The digest of a block is the BLAKE3 of its JSON lines and
its number. The digests are added modulo 2**256, so parts can be hashed anywhere and in any order. The content hash is
the BLAKE3 of the header and that sum. Parquet files use the digests of `column_hash` instead.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from blake3 import blake3

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK = 64
_MODULUS = 1 << 256


@dataclass
class Content:
    """The sum of the digests of some blocks."""

    total: int = 0

    def add(self, first_block: int, lines: memoryview, sizes: Iterable[int]) -> None:
        """Add consecutive blocks in `lines`, which have these sizes in bytes."""
        at = 0
        for number, size in enumerate(sizes, first_block):
            self.add_digest(blake3(lines[at : at + size]).update(number.to_bytes(8, "big")).digest())
            at += size

    def add_digest(self, digest: bytes) -> None:
        """Add a block, given its digest of 32 bytes."""
        self.join(int.from_bytes(digest, "big"))

    def join(self, other: int) -> None:
        """Add the sum of other blocks."""
        self.total = (self.total + other) % _MODULUS

    def text(self) -> str:
        """The sum as 64 hexadecimal digits."""
        return f"{self.total:064x}"

    def hash(self, header: dict[str, Any]) -> str:
        """The content hash of a set with this header and these blocks."""
        return _hash(_canonical(header) + self.total.to_bytes(32, "big"))


def header_hash(header: dict[str, Any]) -> str:
    """The hash of a header alone, which the manifest of every part has."""
    return _hash(_canonical(header))


def _canonical(header: dict[str, Any]) -> bytes:
    return json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def of_lines(lines: Iterable[bytes], first: int = 0) -> Content:
    """The content of JSON lines with their line breaks; the first is contact number `first`, a multiple of 64."""
    content, block, number = Content(), bytearray(), first // BLOCK
    for place, line in enumerate(lines, 1):
        block += line
        if place % BLOCK == 0:
            content.add(number, memoryview(bytes(block)), [len(block)])
            block.clear()
            number += 1
    if block:
        content.add(number, memoryview(bytes(block)), [len(block)])
    return content


def _hash(raw: bytes) -> str:
    found: str = blake3(raw).hexdigest()
    return found
