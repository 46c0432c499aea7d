"""The column reader: NDJSON and Parquet straight to the store's columns, for large data sets. Needs pyarrow.

The checks are those of `dataset.RowDataset`, made on whole columns. Where one fails, or a line is not in the usual form
(finer digits, other zones, missing members), this reader raises `NeedsRowReader` and the row reader reads the set
again: that one accepts every form, and says in one line what is wrong.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache, partial
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
from vambe_mock.datasets.files import check_line, form, open_bytes
from vambe_mock.datasets.parquet_file import INSTANT
from vambe_mock.store.columns import NO_INSTANT, NO_VALUE, Codes, Columns
from vambe_mock.store.wire import WireWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from vambe_mock.contract.vocabulary import Entity, InstantField
    from vambe_mock.datasets.document import Header

    _Moved = dict[InstantField, NDArray[np.int64]]

_BLOCK = 1 << 24
_ROWS = 1 << 16
_TEXTS = ("id", "name", "phone", "email", "platform", "chat_status", "client_id", "ai_customer_id", "default_stage_id")
_NULLABLE = ("phone", "email", "last_message_at", "ai_customer_id", "default_stage_id", "active_ticket_v2")
_JSON_TYPES = {"number": pa.float64(), "boolean": pa.bool_()}
_MOST_DAYS = 100_000

_UUID = f"^{UUID}$"
_PHONE = r"^\+?[1-9][0-9]{1,14}$"
_EMAIL = r"^[!-?A-~]+@[!-?A-~]+$"  # ASCII only; the row reader takes the others
_ESCAPED = r'["\\\x00-\x1f]'


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

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The contacts as record batches."""
        for file in self.files:
            if form(file)[0] == "parquet":
                with pq.ParquetFile(file.absolute()) as table:
                    for group in range(table.num_row_groups):  # pyarrow cannot put structs of two groups together
                        yield from table.iter_batches(_ROWS, row_groups=[group], use_threads=False)
            else:
                for block in _blocks(file):
                    yield from self._of_lines(block)

    def _of_lines(self, block: bytes) -> Iterator[pa.RecordBatch]:
        options = pj.ParseOptions(explicit_schema=self._schema(), unexpected_field_behavior="error")
        source: Any = pa.BufferReader(block)
        table = pj.read_json(source, parse_options=options)
        if table.num_rows != block.count(b"\n") or _nulls(table) != block.count(b":null"):
            raise NeedsRowReader
        yield from table.combine_chunks().to_batches()

    def _schema(self) -> pa.Schema:
        fields: list[Any] = [(name, pa.string()) for name in _TEXTS]
        fields += [(name, INSTANT) for name in INSTANT_FIELDS]
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
    return sum(block.count(b"\n") for block in _blocks(file, 1 << 20))


def _blocks(file: Path, size: int = _BLOCK) -> Iterator[bytes]:
    """Whole lines, about `size` bytes at a time; a last line without its line break gets one."""
    with open_bytes(file) as stream:
        rest = b""
        while block := stream.read(size):
            whole, _, rest_ = (rest + block).rpartition(b"\n")
            rest = rest_
            check_line(file, len(rest))
            if whole:
                yield whole + b"\n"
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
        self.codes_by_value: dict[str | tuple[Entity, str], dict[Hashable, int]] = {}
        self.known: dict[str | tuple[Entity, str], dict[Any, int]] = {}

    def columns(self) -> Columns:
        writer = WireWriter(len(self.table))
        parts = [self._part(batch, writer) for batch in self.table.batches() if batch.num_rows]
        pa.default_memory_pool().release_unused()  # it would keep some 50 MB for a next time that does not come
        names: list[str | tuple[Entity, str]] = ["current_stage_id", "default_stage_id"]
        defined = self.table.definitions.items()
        fields: list[tuple[Entity, str]] = [(entity, key) for key, of in defined for entity in of]
        ids = _joined([part["ids"] for part in parts], "S36")
        if _may_repeat(ids):
            raise NeedsRowReader
        codes = {
            name: Codes(_joined([part[name] for part in parts], np.int32), self.codes_by_value.get(name, {}))
            for name in [*names, *fields]
        }
        return Columns(
            ids=ids,
            wire=writer.wire(),
            created_at=_joined([part["created_at"] for part in parts], np.int64),
            updated_at=_joined([part["updated_at"] for part in parts], np.int64),
            last_message_at=_joined([part["last_message_at"] for part in parts], np.int64),
            current_stage_id=codes["current_stage_id"],
            default_stage_id=codes["default_stage_id"],
            custom={name: codes[name] for name in fields},
        )

    def _part(self, batch: pa.RecordBatch, writer: WireWriter) -> dict[Any, Any]:
        self._check(batch)
        ticket = batch.column("active_ticket_v2")
        stage = _child(ticket, "current_stage_id")
        moved = {name: self._moved(batch.column(name)) for name in INSTANT_FIELDS}
        writer.add(*self._wire(batch, moved, stage))
        part: dict[Any, Any] = {
            "ids": _ids(batch.column("id")),
            "current_stage_id": self._codes("current_stage_id", stage, _stage),
            "default_stage_id": self._codes("default_stage_id", batch.column("default_stage_id"), _stage),
            **moved,
        }
        for key, of in self.table.definitions.items():
            for entity, field in of.items():
                values = self._values(batch, entity, key)
                codes = part[entity, key] = self._codes((entity, key), values, partial(_reading, field))
                if entity == "ticket" and ticket.null_count and np.any(codes[_is_null(ticket)] != NO_VALUE):
                    raise NeedsRowReader
        return part

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
        patterns = {"id": _UUID, "phone": _PHONE, "email": _EMAIL, "ai_customer_id": _UUID}
        columns = [(batch.column(name), pattern) for name, pattern in patterns.items()]
        for column, pattern in [*columns, (identifiers, _UUID)]:
            if pc.all(pc.match_substring_regex(column, pattern)).as_py() is False:
                raise NeedsRowReader
        own = self.table.header.client_id.lower()
        if {text.lower() for text in _distinct(batch.column("client_id"))} - {own}:
            raise NeedsRowReader
        if set(_distinct(batch.column("platform"))) - set(PLATFORMS) or "" in _distinct(batch.column("chat_status")):
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

    def _wire(
        self, batch: pa.RecordBatch, moved: dict[InstantField, NDArray[np.int64]], stage: Any
    ) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
        """Each contact as the endpoint sends it (`contact-fields`, `timestamps`): all bytes, and each one's number."""
        ticket = batch.column("active_ticket_v2")
        tickets = _join('{"id":"', _child(ticket, "id"), '","current_stage_id":', _quoted(stage), "}")
        pieces = [
            '{"id":"',
            batch.column("id"),
            '","name":',
            _quoted(batch.column("name"), free=True),
            ',"phone":',
            _quoted(batch.column("phone")),
            ',"email":',
            _quoted(batch.column("email"), free=True),
            ',"platform":',
            _quoted(batch.column("platform")),
            ',"last_message_at":',
            *_instant(moved["last_message_at"], nullable=True),
            ',"chat_status":',
            _quoted(batch.column("chat_status"), free=True),
            ',"created_at":',
            *_instant(moved["created_at"]),
            ',"updated_at":',
            *_instant(moved["updated_at"]),
            ',"client_id":',
            _quoted(batch.column("client_id")),
            ',"ai_customer_id":',
            _quoted(batch.column("ai_customer_id")),
            ',"default_stage_id":',
            _quoted(batch.column("default_stage_id")),
            ',"blocked":',
            _taken(_FLAG, batch.column("blocked").cast(pa.int8()).to_numpy(zero_copy_only=False)),
            ',"is_chat_read":',
            _taken(_FLAG, batch.column("is_chat_read").cast(pa.int8()).to_numpy(zero_copy_only=False)),
            ',"active_ticket_v2":',
            pc.fill_null(pc.if_else(pc.is_valid(ticket), tickets, None), "null"),
            "}",
        ]
        wire = _join(*pieces)
        _, offsets, texts = wire.buffers()
        ends = np.frombuffer(offsets, dtype=np.int32)[wire.offset : wire.offset + len(wire) + 1]
        return np.frombuffer(texts, dtype=np.uint8)[ends[0] : ends[-1]], np.diff(ends)


def _joined(parts: list[Any], kind: Any) -> Any:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _join(*pieces: Any) -> Any:
    """The pieces of each row concatenated; a plain string is part of every row."""
    joined: Any = pc.binary_join_element_wise
    return joined(*pieces, "")


def _plain(column: Any) -> Any:
    """The column as strings, not as dictionary indices."""
    return column.cast(pa.string())


def _quoted(column: Any, *, free: bool = False) -> Any:
    """A column of strings as JSON; `free` ones may have characters that JSON escapes."""
    if pa.types.is_dictionary(column.type):
        texts: Any = pa.array(
            [json.dumps(one, ensure_ascii=False) for one in column.dictionary.to_pylist()], pa.string()
        )
        return pc.fill_null(texts.take(column.indices), "null")
    if free and pc.any(odd := pc.match_substring_regex(column, _ESCAPED)).as_py():
        escaped = [json.dumps(one, ensure_ascii=False)[1:-1] for one in column.filter(odd).to_pylist()]
        column = pc.replace_with_mask(column, pc.fill_null(odd, False), pa.array(escaped, pa.string()))
    quoted = _join('"', column, '"')
    return pc.fill_null(quoted, "null") if column.null_count else quoted


def _instant(milliseconds: NDArray[np.int64], *, nullable: bool = False) -> list[Any]:
    """The pieces of an instant's text: its day, its minute, its second with fraction digits."""
    there = milliseconds != NO_INSTANT
    known = milliseconds[there] if nullable else milliseconds
    if not len(known):
        return [_taken(pa.array(["null"]), np.zeros(len(milliseconds), dtype=np.int64))]
    first, last = int(known.min()) // instants.DAY, int(known.max()) // instants.DAY
    if last - first > _MOST_DAYS or not instants.EARLIEST <= known.min() <= known.max() <= instants.LATEST:
        raise NeedsRowReader
    days = pa.array(["null", *map(_day, range(first, last + 1))], pa.string())
    at = np.where(there, milliseconds, first * instants.DAY)
    day, rest = at // instants.DAY - first, at % instants.DAY
    pieces = [(days, day + 1), (_MINUTES, rest // 60_000 + 1), (_SECONDS, rest % 60_000 + 1)]
    return [_taken(texts, np.where(there, place, 0)) for texts, place in pieces]


@lru_cache(maxsize=8_192)
def _day(day: int) -> str:
    return f'"{instants.write(day * instants.DAY)[:11]}'


_MINUTES = pa.array(["", *(f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(24 * 60))])
_SECONDS = pa.array(["", *(f'{part // 1000:02d}.{part % 1000:03d}Z"' for part in range(60_000))])
_FLAG = pa.array(["false", "true"])


def _taken(texts: Any, places: NDArray[np.integer[Any]]) -> Any:
    indices: Any = pa.array(places)
    return texts.take(indices)


def _ids(column: Any) -> NDArray[np.bytes_]:
    """UUIDs in lower case, 36 bytes each."""
    lowered: Any = pc.ascii_lower(column)
    return np.frombuffer(lowered.buffers()[2], dtype="S36", count=len(lowered), offset=lowered.offset * 36)


def _may_repeat(ids: NDArray[np.bytes_]) -> bool:
    """Whether two ids may be equal, as their weighted sums are. Sorting sums takes at most a tenth of sorting ids."""
    sums = np.sort(ids.view(np.uint32).reshape(-1, 9) @ _WEIGHTS)
    return bool(np.any(sums[1:] == sums[:-1]))


_WEIGHTS = np.random.default_rng(36).integers(2**64, size=9, dtype=np.uint64)


def _is_null(column: Any) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.is_null(column).to_numpy(zero_copy_only=False)
    return found


def _distinct(column: Any) -> list[Any]:
    found: list[Any] = pc.unique(column).to_pylist()
    return found


def _stage(text: str) -> str:
    if not re.fullmatch(_UUID, text):
        raise NeedsRowReader
    return text.lower()


def _reading(field: custom_fields.CustomField, value: Any) -> custom_fields.Reading:
    try:
        return custom_fields.read_stored(field, value.isoformat() if hasattr(value, "isoformat") else value)
    except ValueError as error:
        raise NeedsRowReader from error
