"""A contact as one flat record, for formats with columns: CSV and SQLite.

The columns are the wire fields, the ticket's two, and ``customer.KEY`` or ``ticket.KEY`` for each custom field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vambe_mock.contract.vocabulary import ENTITIES, FIELDS
from vambe_mock.datasets.complaints import shown
from vambe_mock.datasets.problems import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from vambe_mock.contract.vocabulary import Entity, FieldType
    from vambe_mock.datasets.document import Record

TICKET = ("active_ticket_v2.id", "active_ticket_v2.current_stage_id")
_WIRE = tuple(name for name in FIELDS if name != "active_ticket_v2")


def columns(header: Record, *, legacy: bool) -> list[str]:
    """The names of the columns for a set with this header; `legacy` sets have no ``updated_at``."""
    wire = [name for name in _WIRE if not (legacy and name == "updated_at")]
    return [*wire, *TICKET, *(f"{entity}.{key}" for entity in ENTITIES for key in _keys(header, entity))]


def record(header: Record, contact: Record) -> list[Any]:
    """The contact's values in the order of `columns`, None where there is none."""
    ticket = contact["active_ticket_v2"] or {"id": None, "current_stage_id": None}
    values = contact["custom_fields"]
    return [
        *(contact[name] for name in _WIRE if name in contact),
        ticket["id"],
        ticket["current_stage_id"],
        *(values[entity].get(key) for entity in ENTITIES for key in _keys(header, entity)),
    ]


def contact(flat: Record) -> Record:
    """The contact of a flat record by column name; a custom value of None is left out."""
    identifier, stage = (flat.pop(name) for name in TICKET)
    values: dict[str, Record] = {entity: {} for entity in ENTITIES}
    for name in [name for name in flat if "." in name]:
        entity, _, key = name.partition(".")
        value = flat.pop(name)
        if value is not None:
            values[entity][key] = value
    ticket = None if identifier is None else {"id": identifier, "current_stage_id": stage}
    return {**flat, "active_ticket_v2": ticket, "custom_fields": values}


def types(definitions: Iterable[tuple[str, FieldType, Iterable[Entity]]]) -> dict[str, FieldType]:
    """The type of each custom column, from each definition's key, type and entities."""
    return {f"{entity}.{key}": kind for key, kind, entities in definitions for entity in entities}


def checked_columns(path: Path, names: list[str]) -> list[str]:
    """`names`, in which every column that a contact needs is there once. Raises DatasetError with one line."""
    strange = [name for name in names if "." in name and name.partition(".")[0] not in ENTITIES]
    for wrong, fault in (
        ([name for name in TICKET if name not in names], "no column"),
        ([name for name in names if names.count(name) > 1], "more than one column"),
        ([name for name in strange if name not in TICKET], "unknown column"),
    ):
        if wrong:
            wanted = f"wanted id, name, ..., {', '.join(TICKET)}, and customer.KEY or ticket.KEY for custom fields"
            raise DatasetError(f"{path}: {fault} {shown(wrong[0])}; {wanted}")
    return names


def _keys(header: Record, entity: Entity) -> list[str]:
    """The keys of an entity's custom fields, in the order of their definitions."""
    return [field["key"] for field in header["custom_fields"] if entity in field["entities"]]
