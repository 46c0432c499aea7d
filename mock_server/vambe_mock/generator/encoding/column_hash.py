"""The content of Parquet files, hashed by columns, whatever their encoding and row groups. Needs pyarrow.

Blocks and their sum are as in `content_hash`, but the digest of a block is the BLAKE3 of its columns, since a Parquet
file has no JSON lines (`set-content-hash`). The columns are in the order of the schema, the members of a struct after
it. These bytes are hashed; numbers are little-endian, and 0 for null and for contacts that the last block lacks:

- validity: for each column, a bit for each contact; then for each boolean column, a bit for each value;
- 32-bit values: of a text, its length in bytes; of a dictionary-encoded text, the first four bytes of its BLAKE3; of a
  date, the days since 1970;
- 64-bit values: of an instant, the milliseconds since 1970 UTC; of a number, its IEEE 754 bits, 0 for -0;
- for each text column, the texts in UTF-8;
- the number of the block, 8 bytes, big-endian.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from blake3 import blake3

from vambe_mock.generator.encoding.content_hash import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vambe_mock.generator.encoding.content_hash import Content

    Array = Any  # of pyarrow, whose stubs do not know that a buffer is one of Python's

    BlockBytes = tuple[memoryview, Sequence[int]]
    """Bytes of all blocks; block i has those from index i to index i + 1 of the sequence."""


_MINUS_ZERO = np.iinfo(np.int64).min


def add(content: Content, batch: pa.Table | pa.RecordBatch, first_block: int) -> None:
    """Add contacts to a content by columns; the first of them starts block `first_block`."""
    blocks = -(-batch.num_rows // BLOCK)
    leaves = [leaf for column in batch.columns for leaf in _leaves(_whole(column))]
    validity = [_validity(leaf) for leaf in leaves]
    pairs = zip(leaves, validity, strict=True)
    values = [_values(leaf, valid) for leaf, valid in pairs if not isinstance(leaf, pa.StructArray)]
    parts = [
        _by_block([*validity, *(column for column in values if column.dtype == np.uint8)], blocks),
        _by_block([column for column in values if column.dtype == np.int32], blocks),
        _by_block([column for column in values if column.dtype == np.int64], blocks),
        *(_text(leaf, blocks) for leaf in leaves if pa.types.is_string(leaf.type)),
    ]
    for block in range(blocks):
        # In one piece: BLAKE3 is several times faster over 16 KB and more than over small pieces.
        pieces = (data[ends[block] : ends[block + 1]] for data, ends in parts)
        content.add_digest(blake3(b"".join([*pieces, (first_block + block).to_bytes(8, "big")])).digest())


def _whole(column: Any) -> Array:
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _leaves(column: Array) -> Iterator[Array]:
    yield column
    if isinstance(column, pa.StructArray):
        for member in column.flatten():  # null where the struct is
            yield from _leaves(member)


def _by_block(columns: list[Any], blocks: int) -> BlockBytes:
    """Columns of one type, reordered by block, then column, then contact."""
    size = BLOCK // 8 if columns[0].dtype == np.uint8 else BLOCK
    cells = np.empty((blocks, len(columns), size), dtype=columns[0].dtype.newbyteorder("<"))
    for place, column in enumerate(columns):
        whole = len(column) // size
        cells[:whole, place] = column[: whole * size].reshape(whole, size)
        if whole < blocks:
            rest = column[whole * size :]
            cells[whole, place, : len(rest)], cells[whole, place, len(rest) :] = rest, 0
    width = cells.itemsize * len(columns) * size
    return cells.reshape(-1).view(np.uint8).data, range(0, width * blocks + 1, width)


def _validity(column: Array) -> Any:
    """A bit for each contact, least significant first: whether it has a value."""
    bits = column.buffers()[0]
    if not column.null_count:
        return np.packbits(np.ones(len(column), dtype=np.bool_), bitorder="little")
    if bits is None or column.offset or len(column) % 8:
        return np.packbits(column.is_valid().to_numpy(zero_copy_only=False), bitorder="little")
    return np.frombuffer(bits, dtype=np.uint8)[: len(column) // 8]


def _values(column: Array, valid: Any) -> Any:
    """The values: 32 or 64 bits for each contact, or a bit for booleans; 0 where the column is null."""
    values = _raw_values(column)
    if values.dtype == np.uint8:
        return values & valid
    if not column.null_count:
        return values
    return values * np.unpackbits(valid, bitorder="little", count=len(values)).view(np.bool_)


def _raw_values(column: Array) -> Any:
    """The same, but with arbitrary values where the column is null."""
    if isinstance(column, pa.DictionaryArray):
        words = np.array([*map(_word, column.dictionary.to_pylist()), 0], dtype=np.int32)
        return words.take(_memory(column, np.int32), mode="clip")
    if pa.types.is_string(column.type):
        return np.diff(_memory(column, np.int32, 1))
    if pa.types.is_boolean(column.type):
        bits = np.unpackbits(np.frombuffer(column.buffers()[1], dtype=np.uint8), bitorder="little")
        return np.packbits(bits[column.offset : column.offset + len(column)], bitorder="little")
    if pa.types.is_floating(column.type):
        bits = _memory(column, np.int64)  # a damaged file may have signalling NaN, which numpy warns of
        return np.where(bits == _MINUS_ZERO, 0, bits)
    return _memory(column, np.int32 if pa.types.is_date32(column.type) else np.int64)


@lru_cache(maxsize=1 << 16)
def _word(text: str) -> int:
    return int.from_bytes(blake3(text.encode()).digest(4), "little", signed=True)


def _text(column: Array, blocks: int) -> BlockBytes:
    """The concatenated texts of a column."""
    filled = column.fill_null("")
    places = np.minimum(np.arange(blocks + 1) * BLOCK, len(filled))
    return memoryview(filled.buffers()[2] or b""), _memory(filled, np.int32, 1)[places].tolist()


def _memory(column: Array, kind: Any, more: int = 0) -> Any:
    """The numbers, indices or offsets of a column, as they are in memory."""
    return np.frombuffer(column.buffers()[1], dtype=kind)[column.offset : column.offset + len(column) + more]
