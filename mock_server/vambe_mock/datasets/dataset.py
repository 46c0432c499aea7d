"""A data set: a document that was checked, and its contacts as columns.

A document is accepted whole or not at all (`whole-or-not-at-all`). A fault is reported in one line: where, what was
found, what is wanted.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json as read_json
from pydantic_core import to_json

from vambe_mock.contract import custom_fields, instants
from vambe_mock.contract.custom_fields import Definitions, Reading
from vambe_mock.contract.vocabulary import ENTITIES, FIELDS, INSTANT_FIELDS, Entity
from vambe_mock.datasets.complaints import explain, shown, who
from vambe_mock.datasets.document import Document, Header, Pipeline, Record, StoredContact
from vambe_mock.datasets.memory import give_back
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.store.columns import NO_INSTANT, NO_VALUE, Codes, Columns, Entry
from vambe_mock.store.state import INDEXED, State
from vambe_mock.store.wire import wire_of

_CONTACTS: Final = TypeAdapter(list[StoredContact])


class Dataset(ABC):
    """A data set that was read and checked. ``where`` is the prefix of its error messages.

    ``notes`` is what to tell whoever serves it.
    """

    where = ""
    notes: tuple[str, ...] = ()

    def __init__(self, header: Header) -> None:
        """Check the *header* as a whole. Raises DatasetError for pipelines or custom fields that are defined twice."""
        self.header = header
        _check_pipelines(header.pipelines)
        try:
            self.definitions: Definitions = custom_fields.definitions(header.custom_fields)
        except ValueError as error:
            raise DatasetError(str(error)) from error

    @abstractmethod
    def __len__(self) -> int:
        """How many contacts there are."""

    @abstractmethod
    def columns(self, shift: int) -> Columns:
        """The contacts as columns, every instant moved by *shift* milliseconds.

        Dates of custom fields are no instants, and stay (`calendar-dates-stay`).
        """

    def state(self, shift: int) -> State:
        """The contacts in their orders, every instant moved by *shift* milliseconds."""
        state = State.of(self.columns(shift))
        if len(state) >= INDEXED:
            give_back()
        return state


class RowDataset(Dataset):
    """A data set with one object per contact. Reads every form, at the cost of memory and time."""

    def __init__(self, header: Header, contacts: Sequence[StoredContact]) -> None:
        """Check what no single field shows: repeated ids, contacts of another organisation, custom values."""
        super().__init__(header)
        self.contacts = contacts
        self._readings = [self._check(place, contact) for place, contact in enumerate(contacts)]
        self._check_ids()

    def __len__(self) -> int:
        """How many contacts there are."""
        return len(self.contacts)

    def columns(self, shift: int) -> Columns:
        """The contacts as columns, every instant moved by *shift* milliseconds.

        Raises DatasetError if an instant would leave the years 0000 to 9999.
        """
        moved = [self._move(place, contact, shift) for place, contact in enumerate(self.contacts)]
        count = len(moved)
        tickets = [contact.active_ticket_v2 for contact in self.contacts]
        return Columns(
            ids=np.array([contact.id.lower().encode() for contact in self.contacts], dtype="S36"),
            wire=wire_of(map(_wire, self.contacts, (texts for _, texts in moved))),
            created_at=np.array([at[0] for at, _ in moved], dtype=np.int64),
            updated_at=np.array([at[1] for at, _ in moved], dtype=np.int64),
            last_message_at=np.array([at[2] for at, _ in moved], dtype=np.int64),
            current_stage_id=Codes.of((_lower(one.current_stage_id) if one else None for one in tickets), count),
            default_stage_id=Codes.of((_lower(one.default_stage_id) for one in self.contacts), count),
            custom=self._custom(),
        )

    def entries(self) -> list[Entry]:
        """The contacts one by one, for a store that has others already. Raises DatasetError as ``columns``."""
        moved = [self._move(place, contact, 0) for place, contact in enumerate(self.contacts)]
        return [
            Entry(
                contact.id.lower().encode(),
                _wire(contact, texts),
                *at,
                _lower(contact.active_ticket_v2.current_stage_id) if contact.active_ticket_v2 else None,
                _lower(contact.default_stage_id),
                readings,
            )
            for contact, (at, texts), readings in zip(self.contacts, moved, self._readings, strict=True)
        ]

    def _custom(self) -> dict[tuple[Entity, str], Codes]:
        """The columns of the custom values. Most contacts have few values, so only these are visited."""
        columns = {
            (entity, key): Codes(np.full(len(self.contacts), NO_VALUE, dtype=np.int32), {})
            for key, defined in self.definitions.items()
            for entity in defined
        }
        held: dict[tuple[Entity, str], tuple[list[int], list[int]]] = {name: ([], []) for name in columns}
        for row, readings in enumerate(self._readings):
            for name, reading in readings.items():
                known, (rows, codes) = columns[name].codes_by_value, held[name]
                rows.append(row)
                codes.append(known.setdefault(reading, len(known)))
        for name, (rows, codes) in held.items():
            columns[name].codes[rows] = codes
        return columns

    def _move(self, place: int, contact: StoredContact, shift: int) -> tuple[tuple[int, int, int], "_Texts"]:
        try:
            created, updated, last = (
                None if text is None else instants.parse(text) + shift
                for text in (contact.created_at, contact.updated_at, contact.last_message_at)
            )
            texts = tuple(None if at is None else instants.write(at) for at in (created, updated, last))
        except ValueError as error:
            beyond = (
                f": shifted by {shift} ms to the server's start, it has {error}; "
                "wanted instants closer to the anchor, or --keep-timestamps"
                if shift
                else f", {_beyond(contact)}; wanted an instant in the years 0000 to 9999 of UTC"
            )
            raise DatasetError(f"{self.where}{who(place, contact.id)}{beyond}") from error
        assert created is not None and updated is not None  # noqa: PT018, S101 - the schema has no null there
        return (created, updated, NO_INSTANT if last is None else last), texts

    def _check(self, place: int, contact: StoredContact) -> dict[tuple[Entity, str], Reading]:
        """The reading of each custom value of *contact*. Raises DatasetError for a value that its field cannot have."""
        if contact.client_id.lower() != self.header.client_id.lower():
            raise DatasetError(
                f'{who(place, contact.id)}, field client_id: "{contact.client_id}"; '
                f'wanted the data set\'s own "{self.header.client_id}"'
            )
        values = contact.custom_fields
        if values.ticket and contact.active_ticket_v2 is None:
            raise DatasetError(
                f"{who(place, contact.id)}, field custom_fields.ticket: values without an active_ticket_v2; "
                "wanted {} or a ticket"
            )
        return {
            (entity, key): self._read(place, contact, entity, key, value)
            for entity in ENTITIES
            for key, value in getattr(values, entity).items()
        }

    def _read(self, place: int, contact: StoredContact, entity: Entity, key: str, value: Any) -> Reading:
        field = self.definitions.get(key, {}).get(entity)
        try:
            if field is not None:
                return custom_fields.read_stored(field, value)
            fault = f"no such custom field; wanted a key that custom_fields defines for {entity}"
        except ValueError as error:
            fault = f"{shown(value)}; {error}"
        raise DatasetError(f"{who(place, contact.id)}, field custom_fields.{entity}.{key}: {fault}")

    def _check_ids(self) -> None:
        seen: dict[str, int] = {}
        for place, contact in enumerate(self.contacts):
            first = seen.setdefault(contact.id.lower(), place)
            if first != place:
                raise DatasetError(
                    f"{who(place, contact.id)}: contact {first + 1} has the same id; wanted a different one"
                )


_Texts = tuple[str | None, ...]


def _beyond(contact: StoredContact) -> str:
    """The first instant of *contact* that cannot be written: its field and value."""
    written = {name: getattr(contact, name) for name in INSTANT_FIELDS}
    return next(
        f"field {name}: {shown(text)}"
        for name, text in written.items()
        if text is not None and not instants.EARLIEST <= instants.parse(text) <= instants.LATEST
    )


def from_document(document: Record) -> Dataset:
    """The data set of a *document*. Raises DatasetError with one line."""
    try:
        return _rows(Document.model_validate(document))
    except ValidationError as error:
        raise DatasetError(explain(error, document, Document)) from error


def from_json(raw: bytes) -> Dataset:
    """The data set of a document in JSON. Raises DatasetError with one line."""
    try:
        return _rows(Document.model_validate_json(raw))
    except ValidationError as error:
        raise DatasetError(explain(error, _json(raw), Document)) from error


def contacts_of(header: Header, contacts: Sequence[Record]) -> RowDataset:
    """*contacts* as a data set with that *header*, checked like a document. Raises DatasetError with one line."""
    try:
        return RowDataset(header, _CONTACTS.validate_python(contacts))
    except ValidationError as error:
        wrapped = {"contacts": contacts}
        raise DatasetError(explain(error, wrapped, StoredContact, ("contacts",))) from error


def _check_pipelines(pipelines: list[Pipeline]) -> None:
    seen: set[str] = set()
    for pipeline in pipelines:
        if pipeline.id.lower() in seen:
            raise DatasetError(f"pipeline {pipeline.id} is defined twice; wanted a different id for each pipeline")
        seen.add(pipeline.id.lower())


def _rows(document: Document) -> RowDataset:
    header = Header.model_construct(**{name: getattr(document, name) for name in Header.model_fields})
    return RowDataset(header, document.contacts)


def _json(raw: bytes) -> Record:
    """*raw* as a JSON object. Raises DatasetError with the place of the fault."""
    try:
        value = read_json(raw)
    except ValueError as error:
        raise DatasetError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise DatasetError(f"{shown(value)}; wanted a JSON object")
    return value


def _wire(contact: StoredContact, texts: _Texts) -> bytes:
    """The contact as the endpoint sends it: the fifteen fields in order, compact (`contact-fields`, `timestamps`)."""
    fields = {name: getattr(contact, name) for name in FIELDS}
    fields["created_at"], fields["updated_at"], fields["last_message_at"] = texts
    return to_json(fields)


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()
