"""What Parquet files say, hashed: their columns, however these are encoded or cut into row groups. Needs pyarrow.

The blocks and their sum are those of `content`; a block's digest is the BLAKE3 of its columns instead of its JSON
lines, which a Parquet file does not have (`set-content-hash`). The columns are those of the schema in its order, the
members of a struct after it. Behind one another, all numbers little-endian, and 0 where a contact has null or is
missing from the last block:

- of each column a bit for each contact, whether it has a value; of each column of booleans a bit for each, its value;
- 32 bits for each contact of a text, its length in bytes; of one of few texts (a dictionary), the beginning of its
  BLAKE3; of a date, the days since 1970;
- 64 bits for each contact of an instant, the milliseconds since 1970 UTC; of a number, IEEE 754, 0 for -0;
- of each column of texts, the texts in UTF-8;
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

    Part = tuple[memoryview, Sequence[int]]
    """Bytes, and where those of each block begin and those of the last one end."""


_MINUS_ZERO = np.iinfo(np.int64).min


def add(content: Content, batch: pa.Table | pa.RecordBatch, first_block: int) -> None:
    """Add contacts as columns to a content; the first of them begins a block of that number."""
    blocks = -(-batch.num_rows // BLOCK)
    leaves = [leaf for column in batch.columns for leaf in _leaves(_whole(column))]
    there = [_there(leaf) for leaf in leaves]
    pairs = zip(leaves, there, strict=True)
    values = [_values(leaf, bits) for leaf, bits in pairs if not isinstance(leaf, pa.StructArray)]
    parts = [
        _by_block([*there, *(of for of in values if of.dtype == np.uint8)], blocks),
        _by_block([of for of in values if of.dtype == np.int32], blocks),
        _by_block([of for of in values if of.dtype == np.int64], blocks),
        *(_text(leaf, blocks) for leaf in leaves if pa.types.is_string(leaf.type)),
    ]
    for block in range(blocks):
        # In one piece: BLAKE3 is several times as quick over one of 16 KB and more than over small ones.
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


def _by_block(columns: list[Any], blocks: int) -> Part:
    """Columns of one type: of each block, of each column, one for each contact, or a bit."""
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


def _there(column: Array) -> Any:
    """A bit for each contact, the lowest of a byte first: whether it has a value."""
    bits = column.buffers()[0]
    if not column.null_count:
        return np.packbits(np.ones(len(column), dtype=np.bool_), bitorder="little")
    if bits is None or column.offset or len(column) % 8:
        return np.packbits(column.is_valid().to_numpy(zero_copy_only=False), bitorder="little")
    return np.frombuffer(bits, dtype=np.uint8)[: len(column) // 8]


def _values(column: Array, there: Any) -> Any:
    """A value for each contact, of 32 or 64 bits, or eight contacts to a byte; 0 where the column is null."""
    values = _kept(column)
    if values.dtype == np.uint8:
        return values & there
    if not column.null_count:
        return values
    return values * np.unpackbits(there, bitorder="little", count=len(values)).view(np.bool_)


def _kept(column: Array) -> Any:
    """The same, but anything where the column is null: memory may hold what it likes there."""
    if isinstance(column, pa.DictionaryArray):
        words = np.array([*map(_word, column.dictionary.to_pylist()), 0], dtype=np.int32)
        return words.take(_memory(column, np.int32), mode="clip")
    if pa.types.is_string(column.type):
        return np.diff(_memory(column, np.int32, 1))
    if pa.types.is_boolean(column.type):
        bits = np.unpackbits(np.frombuffer(column.buffers()[1], dtype=np.uint8), bitorder="little")
        return np.packbits(bits[column.offset : column.offset + len(column)], bitorder="little")
    if pa.types.is_floating(column.type):
        bits = _memory(column, np.int64)  # of a damaged file they may be no number
        return np.where(bits == _MINUS_ZERO, 0, bits)
    return _memory(column, np.int32 if pa.types.is_date32(column.type) else np.int64)


@lru_cache(maxsize=1 << 16)
def _word(text: str) -> int:
    return int.from_bytes(blake3(text.encode()).digest(4), "little", signed=True)


def _text(column: Array, blocks: int) -> Part:
    """The texts of a column one behind the other."""
    filled = column.fill_null("")
    places = np.minimum(np.arange(blocks + 1) * BLOCK, len(filled))
    return memoryview(filled.buffers()[2] or b""), _memory(filled, np.int32, 1)[places].tolist()


def _memory(column: Array, kind: Any, more: int = 0) -> Any:
    """The numbers, indices or offsets of a column, as it keeps them."""
    return np.frombuffer(column.buffers()[1], dtype=kind)[column.offset : column.offset + len(column) + more]
