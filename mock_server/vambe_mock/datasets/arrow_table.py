"""The column reader: NDJSON and Parquet straight to the store's columns, for large data sets. Needs pyarrow.

The checks are those of `dataset.RowDataset`, made on whole columns. Where one fails, or a line is in a form that few
write (finer digits, other zones, missing members), this reader raises `NeedsRowReader` and the row reader reads the set
again: that one accepts every form, and says in one line what is wrong. Lines as the generator writes them are not even
parsed (`usual_lines`).
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
import pyarrow.parquet as pq

from vambe_mock.contract import custom_fields, instants
from vambe_mock.contract.vocabulary import ENTITIES, FLAG_FIELDS, INSTANT_FIELDS, PLATFORMS, UUID
from vambe_mock.datasets import parquet_file
from vambe_mock.datasets.dataset import Dataset
from vambe_mock.datasets.files import check_line, form, open_bytes, strict_json
from vambe_mock.datasets.instant_texts import TEXT, texts
from vambe_mock.datasets.parquet_file import INSTANT
from vambe_mock.datasets.usual_lines import ID, Contacts, Span, Walk, are_ids
from vambe_mock.store.columns import NO_INSTANT, NO_VALUE, Codes, Columns
from vambe_mock.store.ids import BEFORE, Ids, WireIds
from vambe_mock.store.wire import WireBuffer, WireObjects, WireWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from vambe_mock.contract.vocabulary import Entity, InstantField
    from vambe_mock.datasets.document import Header

    _Name = str | tuple[Entity, str]
    _Part = dict[_Name, NDArray[Any]]

_BLOCK = 1 << 23
_PIECE = 1 << 18
_ROWS = 1 << 16
_TEXTS = ("id", "name", "phone", "email", "platform", "chat_status", "client_id", "ai_customer_id", "default_stage_id")
_NULLABLE = ("phone", "email", "last_message_at", "ai_customer_id", "default_stage_id", "active_ticket_v2")
_JSON_TYPES = {"number": pa.float64(), "boolean": pa.bool_()}

_PHONE = r"^\+?[1-9][0-9]{1,14}$"
_EMAIL = r"^[!-?A-~]+@[!-?A-~]+$"  # ASCII only; the row reader takes the others
_INSTANT = (
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
)
_ESCAPED = r'["\\\x00-\x1f]'
_NO_OBJECTS = re.compile(rb"\A(?!\{)|\n(?!\{|\Z)|(?<!\})(?<!\}\r)\n|\}[ \t]*[^,}\] \t\r\n]")
"""Where a line may be no object. It is found in some texts too, which costs no more than the row reader's time."""


class NeedsRowReader(Exception):  # noqa: N818 - no error: the row reader decides
    """The column reader cannot decide; the row reader takes over."""


class ColumnDataset(Dataset):
    """A data set in NDJSON or Parquet files, read when its columns are asked for."""

    def __init__(self, header: Header, files: list[Path], plainly: Callable[[], Dataset]) -> None:
        """The set whose contacts are in `files`. `plainly` reads the same set row by row, or raises DatasetError."""
        super().__init__(header)
        self.files, self._plainly = files, plainly
        self._count = sum(_count(file) for file in files)

    def __len__(self) -> int:
        """How many contacts there are."""
        return self._count

    def columns(self, shift: int) -> Columns:
        """The contacts as columns, every instant moved by `shift` milliseconds. Raises DatasetError."""
        try:
            return _Gathered(self, shift).columns()
        except (NeedsRowReader, pa.ArrowException, OSError, ValueError, OverflowError):
            return self._plainly().columns(shift)

    def pieces(self) -> Iterator[pa.RecordBatch | bytes]:
        """The contacts as record batches, row group by row group (`load-row-groups`), or as blocks of lines."""
        for file in self.files:
            if form(file)[0] == "parquet":
                with pq.ParquetFile(file.absolute()) as table:
                    for group in range(table.num_row_groups):  # pyarrow cannot put structs of two groups together
                        yield from table.iter_batches(_ROWS, row_groups=[group], use_threads=False)
            else:
                yield from _blocks(file)

    def of_lines(self, block: bytes) -> list[pa.RecordBatch]:
        """Parse a *block* of lines (`files-are-bounded`).

        Only lines that look whole reach pyarrow: at some damaged ones its reader ends the process (26.0.1).
        """
        if _NO_OBJECTS.search(block):
            raise NeedsRowReader
        options = pj.ParseOptions(explicit_schema=self._schema(), unexpected_field_behavior="error")
        source: Any = pa.BufferReader(block)
        table = pj.read_json(source, parse_options=options)
        if table.num_rows != block.count(b"\n") or _nulls(table) != block.count(b":null"):
            raise NeedsRowReader
        for name in INSTANT_FIELDS:
            place, texts = table.schema.get_field_index(name), table.column(name)
            if pc.all(pc.match_substring_regex(texts, _INSTANT)).as_py() is False:  # pyarrow reads more than these
                raise NeedsRowReader
            table = table.set_column(place, name, texts.cast(INSTANT))
        return table.combine_chunks().to_batches()

    def _schema(self) -> pa.Schema:
        fields: list[Any] = [(name, pa.string()) for name in _TEXTS]
        fields += [(name, pa.string()) for name in INSTANT_FIELDS]
        fields += [(name, pa.bool_()) for name in FLAG_FIELDS]
        fields.append(("active_ticket_v2", pa.struct([("id", pa.string()), ("current_stage_id", pa.string())])))
        entities: list[Any] = [(entity, pa.struct(self._members(entity))) for entity in ENTITIES]
        return pa.schema([*fields, ("custom_fields", pa.struct(entities))])

    def _members(self, entity: Entity) -> list[Any]:
        defined = [(key, of[entity]) for key, of in self.definitions.items() if entity in of]
        return [(key, _JSON_TYPES.get(field.type, pa.string())) for key, field in defined]


def _count(file: Path) -> int:
    if form(file)[0] == "parquet":
        with parquet_file.whole(file):
            return parquet_file.check_rows(file, pq.read_metadata(file.absolute()))
    return _count_lines(file)


def _count_lines(file: Path) -> int:
    """How many lines ``_blocks`` gives. Only line breaks are looked for, in memory that is used again and again."""
    memory = bytearray(_PIECE)
    count = size = 0
    is_blank = True
    with open_bytes(file) as stream:
        while read := stream.readinto(memory):  # type: ignore[attr-defined] # both kinds of streams have it
            end = memory.rfind(b"\n", 0, read) + 1
            if end:
                count += memory.count(b"\n", 0, end)
                size, is_blank = 0, True
            size += read - end
            is_blank = is_blank and not memory[end:read].strip()
            check_line(file, size)
    return count + (not is_blank)


def _blocks(file: Path, size: int = _BLOCK) -> Iterator[bytes]:
    """Whole lines, about `size` bytes at a time; a last line without its line break gets one."""
    with open_bytes(file) as stream:
        rest = b""
        while block := stream.read(size):
            end = block.rfind(b"\n") + 1
            if end:
                yield b"".join((rest, memoryview(block)[:end]))
                rest = b""
            rest += block[end:]
            check_line(file, len(rest))
        if rest.strip():
            yield rest + b"\n"


def _nulls(table: pa.Table) -> int:
    """How many members must have been written as null. Custom values are not counted: they are left out instead."""
    found = sum(table.column(name).null_count for name in _NULLABLE)
    ticket = table.column("active_ticket_v2").combine_chunks()
    stages = _child(ticket, "current_stage_id")
    return found + int(stages.null_count) - int(ticket.null_count)


def _child(struct: Any, name: str) -> Any:
    """A member of a struct column; null where the struct is null."""
    return pc.struct_field(struct, name)


class _Gathered:
    """The columns of a table, batch by batch."""

    def __init__(self, table: ColumnDataset, shift: int) -> None:
        self.table, self.shift = table, shift
        self.has_capitals = False
        self.codes_by_value: dict[_Name, dict[Hashable, int]] = {}
        self.known: dict[_Name, dict[Any, int]] = {}
        defined = table.definitions.items()
        self.fields = {(entity, key): field for key, of in defined for entity, field in of.items()}
        walk = Walk(table.header.client_id, table.definitions)
        self.walk = walk if walk.can_be_walked() else None

    def columns(self) -> Columns:
        count = len(self.table)
        writer = WireWriter(count)
        names: list[_Name] = ["current_stage_id", "default_stage_id", *self.fields]
        numbers = {name: _Numbers(count, np.dtype(np.int64)) for name in ("id", *INSTANT_FIELDS)}
        codes = {name: _Numbers(count, np.dtype(np.int8)) for name in names}
        with _pool_of_the_system():
            for piece in self.table.pieces():
                part, wire = self._of_lines(piece) if isinstance(piece, bytes) else self._of_batch(piece)
                for one, column in numbers.items():
                    column.add(part[one])
                for name, column in codes.items():
                    column.add(part[name], np.min_scalar_type(-len(self.codes_by_value.get(name, {})) - 1))
                writer.add(*_flat(wire))
        if not all(column.is_full() for column in (*numbers.values(), *codes.values())):
            raise NeedsRowReader  # the file is being written to
        if _repeats(numbers.pop("id").all):
            raise NeedsRowReader
        wire = writer.wire()
        coded = {name: Codes(column.all, self.codes_by_value.get(name, {})) for name, column in codes.items()}
        return Columns(
            ids=self._ids(wire),
            wire=wire,
            **{name: numbers[name].all for name in INSTANT_FIELDS},
            current_stage_id=coded["current_stage_id"],
            default_stage_id=coded["default_stage_id"],
            custom={name: coded[name] for name in self.fields},
        )

    def _ids(self, wire: WireBuffer | WireObjects) -> Ids:
        """The ids of the contacts in *wire*."""
        if isinstance(wire, WireBuffer):
            ids = WireIds.of(wire)
            return np.char.lower(ids[np.arange(len(ids), dtype=np.int32)]) if self.has_capitals else ids
        return np.array([text[BEFORE : BEFORE + ID].lower() for text in wire], dtype=f"S{ID}")

    def _of_id(self, letters: NDArray[np.uint8]) -> NDArray[np.int64]:
        """A number for each UUID, a row of letters: the same for the same in capitals, others almost never."""
        words = np.ascontiguousarray(letters).view(np.uint32)
        self.has_capitals |= bool(np.bitwise_and.reduce(words, axis=None) & _SMALL != _SMALL)
        numbers: NDArray[np.int64] = ((words | _SMALL).astype(np.uint64) @ _WEIGHTS).view(np.int64)
        return numbers

    def _of_lines(self, block: bytes) -> tuple[_Part, Any]:
        """A block of lines: those of the usual form are cut, the others parsed."""
        if self.walk is None:
            return self._parsed(block)
        _check_text(block)
        found = self.walk.contacts(block)
        count = len(found.block.ends)
        if len(found.rows) == count:
            return self._of_usual(found)
        odd = np.ones(count, dtype=np.bool_)
        odd[found.rows] = False
        if odd.all():
            self.walk = None
            return self._parsed(block)
        starts, ends = found.block.starts[odd].tolist(), found.block.ends[odd].tolist()
        part, wire = self._of_usual(found)
        other, other_wire = self._parsed(
            b"".join(block[start : end + 1] for start, end in zip(starts, ends, strict=True))
        )
        order = np.argsort(np.concatenate((found.rows, np.flatnonzero(odd))))
        joined = {name: np.concatenate((part[name], other[name]))[order] for name in part}
        wires: list[Any] = [wire, other_wire]
        return joined, _taken(pa.concat_arrays(wires), order)

    def _parsed(self, block: bytes) -> tuple[_Part, Any]:
        parts, wires = zip(*map(self._of_batch, self.table.of_lines(block)), strict=True)
        if len(parts) == 1:
            return parts[0], wires[0]
        return {name: _joined([part[name] for part in parts], None) for name in parts[0]}, pa.concat_arrays(wires)

    def _of_usual(self, found: Contacts) -> tuple[_Part, Any]:
        part: _Part = {"id": self._of_id(found.ids)}
        for name, pattern in (("phone", _PHONE), ("email", _EMAIL)):
            span = found.texts[name]
            if (
                pc.all(pc.match_substring_regex(_cut(found, span.of(span.there), pa.string()), pattern)).as_py()
                is False
            ):
                raise NeedsRowReader
        if {*_distinct(_cut(found, found.texts["platform"], pa.string()))} - {*PLATFORMS}:
            raise NeedsRowReader
        for name in ("current_stage_id", "default_stage_id"):
            part[name] = self._codes_of_span(name, found, found.texts[name], _stage)
        for field, span in found.custom.items():
            part[field] = self._codes_of_span(field, found, span, partial(_reading_of_text, self.fields[field]))
        for instant, (span, milliseconds) in found.instants.items():
            there = milliseconds != NO_INSTANT
            moved = np.where(there, milliseconds + self.shift, NO_INSTANT)
            if self.shift and there.any():
                if not _can_be_written(moved[there]):
                    raise NeedsRowReader
                found.block.write_instants(span, moved)
            part[instant] = moved
        found.close()
        return part, _cut(found, found.wire, pa.binary())

    def _codes_of_span(
        self, name: _Name, found: Contacts, span: Span, reading: Callable[[str], Hashable]
    ) -> NDArray[np.int32]:
        rows = np.flatnonzero(span.there)
        codes = np.full(len(span.there), NO_VALUE, dtype=np.int32)
        if len(rows):
            codes[rows] = self._codes(name, _cut(found, span.of(rows), pa.string()), reading)
        return codes

    def _of_batch(self, batch: pa.RecordBatch) -> tuple[_Part, Any]:
        self._check(batch)
        if (letters := _letters(batch.column("id"))) is None:
            raise NeedsRowReader
        ticket = batch.column("active_ticket_v2")
        stage = _child(ticket, "current_stage_id")
        moved = {name: self._moved(batch.column(name)) for name in INSTANT_FIELDS}
        part: _Part = {
            "id": self._of_id(letters),
            "current_stage_id": self._codes("current_stage_id", stage, _stage),
            "default_stage_id": self._codes("default_stage_id", batch.column("default_stage_id"), _stage),
        }
        part.update(moved.items())
        for (entity, key), field in self.fields.items():
            values = self._values(batch, entity, key)
            codes = part[entity, key] = self._codes((entity, key), values, partial(_reading, field))
            if entity == "ticket" and ticket.null_count and np.any(codes[_is_null(ticket)] != NO_VALUE):
                raise NeedsRowReader
        return part, self._wire(batch, moved, stage)

    @staticmethod
    def _values(batch: pa.RecordBatch, entity: str, key: str) -> Any:
        if "custom_fields" not in batch.schema.names:
            return pa.nulls(batch.num_rows)
        values = batch.column("custom_fields")
        for name in (entity, key):
            if not pa.types.is_struct(values.type):
                raise NeedsRowReader
            if values.type.get_field_index(name) < 0:
                return pa.nulls(batch.num_rows)
            values = _child(values, name)
        return values

    def _check(self, batch: pa.RecordBatch) -> None:
        """Raise NeedsRowReader unless every contact has what it must have."""
        if not {*_TEXTS, *INSTANT_FIELDS, *FLAG_FIELDS, "active_ticket_v2"} <= {*batch.schema.names}:
            raise NeedsRowReader
        self._check_types(batch)
        for name in ("id", "name", "platform", "created_at", "updated_at", "chat_status", "client_id", *FLAG_FIELDS):
            if batch.column(name).null_count:
                raise NeedsRowReader
        ticket = batch.column("active_ticket_v2")
        identifiers = _child(ticket, "id")
        if identifiers.null_count != ticket.null_count:
            raise NeedsRowReader
        self._check_texts(batch, identifiers)
        own = self.table.header.client_id.lower()
        if {text.lower() for text in _distinct(batch.column("client_id"))} - {own}:
            raise NeedsRowReader
        if set(_distinct(batch.column("platform"))) - set(PLATFORMS) or "" in _distinct(batch.column("chat_status")):
            raise NeedsRowReader

    @staticmethod
    def _check_texts(batch: pa.RecordBatch, identifiers: Any) -> None:
        """Raise NeedsRowReader unless the ids, those of the tickets included, phones and addresses have their form."""
        for ids in (batch.column("id"), batch.column("ai_customer_id"), identifiers):
            letters = _letters(ids.drop_null())
            if letters is None or not are_ids(letters).all():
                raise NeedsRowReader
        for name, pattern in (("phone", _PHONE), ("email", _EMAIL)):
            if pc.all(pc.match_substring_regex(batch.column(name), pattern)).as_py() is False:
                raise NeedsRowReader

    @staticmethod
    def _check_types(batch: pa.RecordBatch) -> None:
        """Raise NeedsRowReader if a column has another type, ArrowInvalid for bytes that are not UTF-8."""
        batch.validate(full=True)  # pyarrow reads such bytes without complaint
        types = {name: batch.schema.field(name).type for name in batch.schema.names}
        if any(types[name] not in (INSTANT, pa.timestamp("ms")) for name in INSTANT_FIELDS):
            raise NeedsRowReader
        if any(types[name] != pa.bool_() for name in FLAG_FIELDS) or not pa.types.is_struct(types["active_ticket_v2"]):
            raise NeedsRowReader

    def _moved(self, column: Any) -> NDArray[np.int64]:
        milliseconds = pc.fill_null(column.cast(pa.int64()), NO_INSTANT).to_numpy(zero_copy_only=False)
        return np.where(milliseconds == NO_INSTANT, NO_INSTANT, milliseconds + self.shift)

    def _codes(self, name: Any, column: Any, reading: Callable[[Any], Hashable]) -> NDArray[np.int32]:
        """The column's values as codes that are the same in every batch."""
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        codes_by_value = self.codes_by_value.setdefault(name, {})
        known = self.known.setdefault(name, {None: NO_VALUE})
        values = encoded.dictionary.to_pylist()
        local = pc.fill_null(encoded.indices.cast(pa.int32()), -1).to_numpy(zero_copy_only=False)
        used = np.zeros(len(values) + 1, dtype=np.bool_)  # the last is for -1, as in the codes below
        used[local] = True
        for value in compress(values, used):
            if value not in known:
                known[value] = codes_by_value.setdefault(reading(value), len(codes_by_value))
        found: NDArray[np.int32] = np.array([known.get(value, NO_VALUE) for value in [*values, None]], np.int32)[local]
        return found

    def _wire(self, batch: pa.RecordBatch, moved: dict[InstantField, NDArray[np.int64]], stage: Any) -> Any:
        """Each contact as the endpoint sends it (`contact-fields`, `timestamps`)."""
        ticket, last = batch.column("active_ticket_v2"), moved["last_message_at"]
        there = last != NO_INSTANT
        known = [moved["created_at"], moved["updated_at"], last[there]]
        if not all(_can_be_written(one) for one in known):
            raise NeedsRowReader
        last_texts = _row(b'"', texts(np.where(there, last, 0)), b'"')
        flags = [batch.column(name).cast(pa.int8()).to_numpy(zero_copy_only=False) for name in FLAG_FIELDS]
        join: Any = pc.binary_join_element_wise
        found: Any = join(
            _row(b'{"id":"', _letters(batch.column("id")), b'","name":"'),
            _escaped(batch.column("name")),
            '","phone":',
            _join('"', batch.column("phone"), '"'),
            ',"email":',
            _join('"', _escaped(batch.column("email")), '"'),
            _worded(',"platform":', batch.column("platform"), ',"last_message_at":'),
            last_texts if there.all() else pc.if_else(pa.array(there), last_texts, None),
            _worded(',"chat_status":', batch.column("chat_status"), ',"created_at":"'),
            _row(texts(moved["created_at"]), b'","updated_at":"', texts(moved["updated_at"])),
            _worded('","client_id":', batch.column("client_id"), ',"ai_customer_id":'),
            _join('"', batch.column("ai_customer_id"), '"'),
            _worded(',"default_stage_id":', batch.column("default_stage_id"), ""),
            _taken(_FLAGS, flags[0] * 2 + flags[1]),
            _join('{"id":"', _child(ticket, "id"), '","current_stage_id":', _worded("", stage, "}")),
            "}",
            "",
            null_handling="replace",
            null_replacement="null",
        )
        return found.cast(pa.binary())


def _flat(texts: Any) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """All bytes of a column of texts, and each one's number."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return np.frombuffer(data or b"", dtype=np.uint8)[ends[0] : ends[-1]], np.diff(ends)


def _cut(found: Contacts, span: Span, kind: pa.DataType) -> Any:
    """The texts of a span of a block, which must be there, as a column."""
    bounds = np.stack((span.start, span.start + span.length), axis=1).astype(np.int32)  # texts, and what is between
    buffers = [None, _buffer(bounds), _buffer(found.block.bytes)]
    both: Any = pa.Array.from_buffers(kind, max(2 * len(bounds) - 1, 0), buffers)
    return _taken(both, np.arange(0, 2 * len(bounds), 2))


def _buffer(data: Any) -> pa.Buffer:
    return pa.py_buffer(data)


def _check_text(block: bytes) -> None:
    """Raise ArrowInvalid for bytes that are not UTF-8."""
    bounds = np.array([0, len(block)], dtype=np.int32)
    pa.Array.from_buffers(pa.string(), 1, [None, _buffer(bounds), pa.py_buffer(block)]).validate(full=True)


def _joined(parts: list[Any], kind: Any) -> Any:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _join(*pieces: Any) -> Any:
    """The pieces of each row concatenated; a plain string is part of every row."""
    joined: Any = pc.binary_join_element_wise
    return joined(*pieces, "")


def _plain(column: Any) -> Any:
    """The column as strings, not as dictionary indices."""
    return column.cast(pa.string())


def _worded(before: str, column: Any, after: str) -> Any:
    """A column of strings as JSON, which are the same few most of the time, between *before* and *after*."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    words = [json.dumps(one, ensure_ascii=False) for one in [*column.dictionary.to_pylist(), None]]
    table: Any = pa.array([f"{before}{word}{after}" for word in words], pa.string())
    return table.take(pc.fill_null(column.indices.cast(pa.int32()), len(words) - 1))


def _escaped(column: Any) -> Any:
    """A column of strings, which may have letters that JSON escapes, as they are between quotes."""
    odd = pc.match_substring_regex(column, _ESCAPED)
    if not pc.any(odd).as_py():
        return column
    escaped = [json.dumps(one, ensure_ascii=False)[1:-1] for one in column.filter(odd).to_pylist()]
    return pc.replace_with_mask(column, pc.fill_null(odd, False), pa.array(escaped, pa.string()))


def _row(*pieces: Any) -> Any:
    """The pieces of each row side by side: columns of a fixed width, and what is the same in every row."""
    columns = [np.frombuffer(one, np.uint8) if isinstance(one, bytes) else one for one in pieces]
    columns = [one.view(np.uint8).reshape(len(one), -1) if one.dtype == TEXT else one for one in columns]
    count = max(len(one) for one in columns if one.ndim == 2)
    row = np.empty((count, sum(one.shape[-1] for one in columns)), dtype=np.uint8)
    at = 0
    for one in columns:
        row[:, at : at + one.shape[-1]] = one
        at += one.shape[-1]
    bounds = np.arange(0, at * (count + 1), at, dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), count, [None, _buffer(bounds), _buffer(row)])


def _letters(column: Any) -> NDArray[np.uint8] | None:
    """The letters of each id, a row each; None unless all have as many as a UUID. No id may be null."""
    _, bounds, data = column.buffers()
    ends = np.frombuffer(bounds, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    if not len(ends) or (np.diff(ends) != ID).any():
        return None if len(column) else np.empty((0, ID), dtype=np.uint8)
    return np.frombuffer(data, np.uint8, ID * len(column), int(ends[0])).reshape(-1, ID)


def _can_be_written(milliseconds: NDArray[np.int64]) -> bool:
    return bool(((milliseconds >= instants.EARLIEST) & (milliseconds <= instants.LATEST)).all())


_FLAGS = pa.array(
    [
        f',"blocked":{blocked},"is_chat_read":{is_read},"active_ticket_v2":'
        for blocked in ("false", "true")
        for is_read in ("false", "true")
    ]
)


def _taken(texts: Any, places: NDArray[np.integer[Any]]) -> Any:
    indices: Any = pa.array(places)
    return texts.take(indices)


class _Numbers:
    """A column that is gathered piece by piece, each number in as few bytes as the largest needs."""

    def __init__(self, count: int, kind: np.dtype[Any]) -> None:
        """Room for *count* numbers of that *kind*."""
        self.all: NDArray[Any] = np.empty(count, dtype=kind)
        self._used = 0

    def add(self, numbers: NDArray[Any], kind: np.dtype[Any] | None = None) -> None:
        """Add *numbers*, which may need that *kind*."""
        if self._used + len(numbers) > len(self.all):
            raise NeedsRowReader  # the file is being written to
        if kind is not None and kind.itemsize > self.all.itemsize:
            self.all = self.all.astype(kind)
        self.all[self._used : self._used + len(numbers)] = numbers
        self._used += len(numbers)

    def is_full(self) -> bool:
        """Whether all numbers are there."""
        return self._used == len(self.all)


@contextmanager
def _pool_of_the_system() -> Iterator[None]:
    """Let pyarrow take memory from the system: its own pool keeps some 80 MB for a next time that does not come."""
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(before)


def _repeats(numbers: NDArray[np.int64]) -> bool:
    """Whether two are equal (`load-ids-differ`). They are sorted, which takes a tenth of sorting ids."""
    numbers.sort()
    return bool(np.any(numbers[1:] == numbers[:-1]))


_WEIGHTS = np.random.default_rng(36).integers(2**64, size=9, dtype=np.uint64)
_SMALL = np.uint32(0x20202020)
"""The bit of four letters that only capitals lack, of what is in a UUID."""


def _is_null(column: Any) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_null(column).to_numpy(zero_copy_only=False)
    return found


def _distinct(column: Any) -> list[Any]:
    found: list[Any] = pc.unique(column).to_pylist()
    return found


def _stage(text: str) -> str:
    if not re.fullmatch(UUID, text):
        raise NeedsRowReader
    return text.lower()


def _reading_of_text(field: custom_fields.CustomField, text: str) -> custom_fields.Reading:
    """The reading of what stands in a line, between quotes where the field's values are texts."""
    return _reading(field, strict_json(text) if field.type in ("number", "boolean") else text)


def _reading(field: custom_fields.CustomField, value: Any) -> custom_fields.Reading:
    try:
        return custom_fields.read_stored(field, value.isoformat() if hasattr(value, "isoformat") else value)
    except ValueError as error:
        raise NeedsRowReader from error
