"""Custom fields: their definitions, and how values are read so that a query's and a contact's can be compared.

A *reading* is what a value means for its field's type: a ``str`` (text, options), a ``float`` (number), a ``bool``
(boolean), or a calendar date written ``YYYY-MM-DD`` (date). Equal readings match (`custom-field-match`).
"""

import math
import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from vambe_mock.contract import instants, javascript
from vambe_mock.contract.vocabulary import Entity, FieldType

Reading = str | float | bool

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class CustomField(BaseModel):
    """One definition: the type of a key's values, on which entities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: Annotated[str, StringConstraints(min_length=1)]
    name: str = ""
    type: FieldType
    options: tuple[str, ...] | None = None
    entities: Annotated[tuple[Entity, ...], Field(min_length=1)]


Definitions = dict[str, dict[Entity, CustomField]]
"""The definition of each key and entity."""


def definitions(fields: list[CustomField]) -> Definitions:
    """*fields* by key and entity. Raises ValueError if a key is defined twice for one entity."""
    found: Definitions = {}
    for field in fields:
        for entity in field.entities:
            if entity in found.setdefault(field.key, {}):
                raise ValueError(f'custom field "{field.key}" is defined twice for {entity}; wanted once')
            found[field.key][entity] = field
    return found


def read_query_value(field: CustomField, text: str) -> Reading | None:
    """The reading of a ``custom_field_value``; None if the type cannot have it (`custom-field-compatible`)."""
    return _QUERY_READERS[field.type](text)


def read_stored(field: CustomField, value: Any) -> Reading:
    """The reading of a data set's value. Raises ValueError with what is wanted if the field cannot have it."""
    reading = _STORED_READERS[field.type](value)
    if reading is None or (field.options is not None and field.type == "options" and value not in field.options):
        wanted = "one of " + ", ".join(field.options or ()) if field.type == "options" else _WANTED[field.type]
        raise ValueError(f"wanted {wanted}")
    return reading


def _number(text: str) -> float | None:
    value = javascript.number(text)
    return value if javascript.trim(text) and math.isfinite(value) else None


def _calendar_date(text: str) -> str | None:
    """The calendar date of ``YYYY-MM-DD``, or of a timestamp in UTC."""
    try:
        if instants.matches(text):
            return instants.write(instants.parse(text))[:10]
        return date.fromisoformat(text).isoformat() if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _stored_number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


_QUERY_READERS: Final[dict[FieldType, Callable[[str], Reading | None]]] = {
    "text": lambda text: text,
    "options": lambda text: text,
    "number": _number,
    "boolean": {"true": True, "false": False}.get,
    "date": _calendar_date,
}

_STORED_READERS: Final[dict[FieldType, Callable[[Any], Reading | None]]] = {
    "text": lambda value: value if isinstance(value, str) else None,
    "options": lambda value: value if isinstance(value, str) else None,
    "number": _stored_number,
    "boolean": lambda value: value if isinstance(value, bool) else None,
    "date": lambda value: _calendar_date(value) if isinstance(value, str) else None,
}

_WANTED: Final[dict[FieldType, str]] = {
    "text": 'a text like "Gold"',
    "number": "a number like 12.5",
    "boolean": "true or false",
    "date": 'a date like "2026-01-31"',
}
