"""Contacts as Arrow tables, which Parquet files are written from. Needs pyarrow."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from vambe_mock.contract.vocabulary import CHAT_STATUSES
from vambe_mock.datasets.parquet_file import CUSTOM_VALUES, INSTANT, TICKET, schema
from vambe_mock.generator.drawing.draws import NULL
from vambe_mock.generator.encoding.sheet import ROWS, UUID_WIDTH, FixedWidth
from vambe_mock.generator.encoding.slots import Slots
from vambe_mock.generator.encoding.text_column import TextColumn
from vambe_mock.generator.recipe.knobs import PLATFORMS

if TYPE_CHECKING:
    from collections.abc import Callable

    from vambe_mock.contract.vocabulary import FieldType
    from vambe_mock.generator.drawing.draws import Draws
    from vambe_mock.generator.drawing.rows import Contact
    from vambe_mock.generator.encoding.chunks import Chunk
    from vambe_mock.generator.recipe.plan import Plan, ValueTable
    from vambe_mock.generator.recipe.randomness import Flags, Indices, Words

_EPOCH = date(1970, 1, 1).toordinal()


class ArrowMaker:
    """Makes the record batches of one plan."""

    def __init__(self, plan: Plan) -> None:
        """Prepare the look-up tables."""
        self.plan = plan
        self.schema = schema(plan.header(), legacy=plan.shape.legacy)
        self.name, self.phone, self.email = (_column(plan, name) for name in ("name", "phone", "email"))
        self.platforms, self.statuses, self.clients, self.stages = (
            pa.array(words, pa.string()) for words in (PLATFORMS, CHAT_STATUSES, [plan.shape.client_id], plan.stage_ids)
        )
        self.id, self.customer, self.ticket = (_uuid_piece(name) for name in ("id", "customer", "ticket"))
        self.values = {
            (entity, place): _taker(plan.fields[place].type, table)
            for entity, tables in plan.tables.items()
            for place, table in tables
        }

    def table(self, chunk: Chunk) -> pa.Table:
        """The contacts of a chunk, including edge cases."""
        fast = pa.Table.from_batches([self._batch(chunk.drawn)], schema=self.schema)
        if not len(chunk.edge_case_rows):
            return fast
        slow = of_contacts(chunk.edge_case_contacts, self.schema)
        order = np.arange(fast.num_rows)
        order[chunk.edge_case_rows] = fast.num_rows + np.arange(slow.num_rows)
        both = pa.concat_tables([fast, slow]).unify_dictionaries().combine_chunks()
        return both.take(order)

    def _batch(self, drawn: Draws) -> pa.RecordBatch:
        columns = {
            "id": _uuids(self.id, drawn, None),
            "name": _texts(self.name, drawn, None),
            "phone": _texts(self.phone, drawn, drawn.has_phone),
            "email": _texts(self.email, drawn, drawn.email_domain != NULL),
            "platform": _words(drawn.platform, self.platforms),
            "last_message_at": _instants(drawn.last_message_at, drawn.has_message),
            "chat_status": _words(drawn.chat_status, self.statuses),
            "created_at": _instants(drawn.created_at, None),
            "updated_at": _instants(drawn.updated_at, None),
            "client_id": _words(np.zeros(len(drawn.numbers), dtype=np.int64), self.clients),
            "ai_customer_id": _uuids(self.customer, drawn, drawn.has_customer),
            "default_stage_id": _words(drawn.default_stage, self.stages),
            "blocked": pa.array(drawn.blocked),
            "is_chat_read": pa.array(drawn.is_chat_read),
            "active_ticket_v2": self._tickets(drawn),
        }
        if "custom_fields" in self.schema.names:
            columns["custom_fields"] = self._custom(drawn)
        return pa.RecordBatch.from_arrays([columns[name] for name in self.schema.names], schema=self.schema)

    def _tickets(self, drawn: Draws) -> pa.StructArray:
        identifiers = _uuids(self.ticket, drawn, drawn.has_ticket)
        stages = _words(drawn.current_stage, self.stages)
        return pa.StructArray.from_arrays([identifiers, stages], fields=list(TICKET), mask=pa.array(~drawn.has_ticket))

    def _custom(self, drawn: Draws) -> pa.StructArray:
        entities = []
        custom = self.schema.field("custom_fields").type
        for entity in custom:
            members = [self.values[entity.name, place] for place, _ in self.plan.tables[entity.name]]
            indices = [drawn.values[entity.name, place] for place, _ in self.plan.tables[entity.name]]
            arrays = [member(index) for member, index in zip(members, indices, strict=True)]
            entities.append(pa.StructArray.from_arrays(arrays, fields=list(entity.type)))
        return pa.StructArray.from_arrays(entities, fields=list(custom))


def _column(plan: Plan, name: str) -> TextColumn:
    slots = Slots(plan, "", "")
    getattr(slots, name)()
    return TextColumn(slots.sheet.look_ups)


def _uuid_piece(name: str) -> FixedWidth:
    def halves(drawn: Draws) -> tuple[Words, Words]:
        found: tuple[Words, Words] = getattr(drawn, name)
        return found

    piece = FixedWidth(ROWS)
    piece.uuid(halves)
    return piece


def _texts(column: TextColumn, drawn: Draws, present: Flags | None) -> pa.StringArray:
    data, sizes = column.texts(drawn)
    offsets = np.zeros(len(sizes) + 1, dtype=np.int32)
    np.cumsum(sizes, out=offsets[1:])
    return pa.StringArray.from_buffers(len(sizes), _buffer(offsets), _buffer(data), _validity(present))


def _uuids(piece: FixedWidth, drawn: Draws, present: Flags | None) -> pa.StringArray:
    count = len(drawn.numbers)
    data = np.empty((count, UUID_WIDTH), dtype=np.uint8)
    for start, some in zip(range(0, count, ROWS), drawn.in_pieces(ROWS), strict=True):
        data[start : start + ROWS] = piece.rows_of(some)
    offsets = np.arange(0, (count + 1) * UUID_WIDTH, UUID_WIDTH, dtype=np.int32)
    return pa.StringArray.from_buffers(count, _buffer(offsets), _buffer(data), _validity(present))


def _buffer(data: Any) -> pa.Buffer:
    return pa.py_buffer(data)


def _validity(present: Flags | None) -> pa.Buffer | None:
    return None if present is None else _buffer(np.packbits(present, bitorder="little"))


def _instants(milliseconds: Indices, present: Flags | None) -> pa.Array[Any]:
    return pa.Array.from_buffers(
        INSTANT, len(milliseconds), [_validity(present), _buffer(np.ascontiguousarray(milliseconds))]
    )


def _words(indices: Indices, words: pa.Array[Any]) -> pa.DictionaryArray[Any, Any]:
    places: Any = pa.Array.from_buffers(
        pa.int32(), len(indices), [_validity(indices != NULL), _buffer(np.maximum(indices, 0).astype(np.int32))]
    )
    return pa.DictionaryArray.from_arrays(places, words, safe=False)


def _taker(kind: FieldType, table: ValueTable) -> Callable[[Indices], pa.Array[Any]]:
    """A function from the indices of a custom field to an Arrow column of its type."""
    if kind in ("text", "options"):
        distinct = list(dict.fromkeys(table.values))
        place = np.array([distinct.index(value) for value in table.values] + [NULL])
        return partial(_take_words, place, pa.array(distinct, pa.string()))
    plain = (
        [date.fromisoformat(value).toordinal() - _EPOCH for value in table.values] if kind == "date" else table.values
    )
    types: dict[FieldType, Any] = {"number": np.float64, "boolean": np.bool_, "date": np.int32}
    return partial(_take_plain, np.array(plain, dtype=types[kind]), CUSTOM_VALUES[kind])


def _take_words(place: Indices, distinct: pa.Array[Any], indices: Indices) -> pa.Array[Any]:
    return _words(place[indices], distinct)


def _take_plain(values: Any, kind: pa.DataType, indices: Indices) -> pa.Array[Any]:
    return pa.array(values[indices], kind, mask=indices == NULL)


def of_contacts(contacts: list[Contact], columns: pa.Schema) -> pa.Table:
    """Contacts given as dicts, as a table with these columns."""
    listed = [_typed(contact) for contact in contacts]
    dates = columns.field("custom_fields").type if "custom_fields" in columns.names else []
    for contact in listed:
        for entity in dates:
            held = contact["custom_fields"][entity.name]
            for member in entity.type:
                if pa.types.is_date32(member.type) and member.name in held:
                    held[member.name] = date.fromisoformat(held[member.name])
    return pa.Table.from_pylist(listed, schema=columns)


def _typed(contact: Contact) -> dict[str, Any]:
    changed: dict[str, Any] = {
        name: None if contact[name] is None else datetime.fromisoformat(contact[name])
        for name in ("last_message_at", "created_at", "updated_at")
        if name in contact
    }
    values = {entity: dict(held) for entity, held in contact["custom_fields"].items()}
    return {**contact, **changed, "custom_fields": values}
