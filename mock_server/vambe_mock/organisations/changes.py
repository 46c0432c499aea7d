"""Changes to an organisation's contacts, for the admin API and through it for ``VambeMock``.

A contact is read back from the bytes that the endpoint sends, changed as a document, validated like one, and written
again. Every call is atomic: it makes all its changes or none (`changes-at-once`).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any, Final, Literal, NoReturn
from uuid import UUID, uuid5

from pydantic_core import from_json, to_json

from vambe_mock.contract import custom_fields, instants
from vambe_mock.contract.custom_fields import CustomField
from vambe_mock.contract.refusals import SAFE_INTEGER
from vambe_mock.contract.vocabulary import ENTITIES, Entity
from vambe_mock.datasets.dataset import contacts_of
from vambe_mock.datasets.document import Header, Pipeline
from vambe_mock.organisations.faults import Fault, FaultRule
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.store.columns import Codes, Columns, Rows
from vambe_mock.store.state import State

Contact = dict[str, Any]
"""A contact as in a data set document: the fifteen fields of the wire, and ``custom_fields``."""

Direction = Literal["inbound", "outbound"]

MOST_FAULTS: Final = 100
"""The most active faults, and the most that are over and still listed."""

PIECE: Final = 400
"""How many rows of an order are turned into numbers at a time."""

DEFAULTS: Final[Contact] = {
    "phone": None,
    "email": None,
    "platform": "whatsapp",
    "chat_status": "UNATTENDED",
    "ai_customer_id": None,
    "default_stage_id": None,
    "blocked": False,
    "is_chat_read": True,
    "active_ticket_v2": None,
}
"""The fields of a new contact by default (`new-contact-defaults`)."""


class ChangeError(Exception):
    """A change that is refused; nothing was changed. ``status`` is the HTTP status to report it with."""

    status = 422


class NotThereError(ChangeError):
    """The thing to change does not exist."""

    status = 404


class ConflictError(ChangeError):
    """The change contradicts existing data."""

    status = 409


def add_fault(organisation: Organisation, rule: FaultRule) -> Fault:
    """Add a fault. Raises ConflictError if there are too many."""
    organisation.put_aside()
    if len(organisation.faults) >= MOST_FAULTS:
        raise ConflictError(f"there are {MOST_FAULTS} active faults, which is the limit; delete some first")
    del organisation.spent[:-MOST_FAULTS]
    organisation.faults_made += 1
    fault = Fault.of(organisation.faults_made, rule)
    organisation.faults.append(fault)
    return fault


def read(organisation: Organisation, identity: str) -> Contact:
    """The contact with the id *identity*, in any case. Raises NotThereError."""
    row = organisation.store.row(identity.lower().encode("utf-8", "replace"))
    if row is None:
        raise NotThereError(f'no contact has the id "{identity}"')
    return _at(organisation, row)


def page(organisation: Organisation, offset: int, limit: int) -> list[bytes]:
    """Up to *limit* contacts from *offset* on as JSON objects, ordered by ``created_at``."""
    return documents(organisation, organisation.store.listed("created_at")[offset : offset + limit])


def documents(organisation: Organisation, rows: Rows) -> list[bytes]:
    """The contacts of *rows* as JSON objects, custom fields included."""
    return [_document(organisation.store.columns, row) for row in rows.tolist()]


def everything(state: State) -> Iterator[bytes]:
    """Every contact of *state* as a JSON object, custom fields included, ordered by ``created_at``."""
    columns, rows = state.columns, state.listed("created_at")
    for start in range(0, len(rows), PIECE):
        for row in rows[start : start + PIECE].tolist():
            yield _document(columns, row)


def _document(columns: Columns, row: int) -> bytes:
    """The contact of *row* as a JSON object, custom fields included."""
    wire: bytes = columns.wire[row]
    return wire[:-1] + b',"custom_fields":' + to_json(_custom_values(columns, row)) + b"}"


def _custom_values(columns: Columns, row: int) -> dict[Entity, dict[str, Any]]:
    custom: dict[Entity, dict[str, Any]] = {entity: {} for entity in ENTITIES}
    for (entity, key), codes in columns.custom.items():
        if (value := codes.value(row)) is not None:
            custom[entity][key] = _plain(value)
    return custom


def create(organisation: Organisation, drafts: Sequence[Contact]) -> list[Contact]:
    """Add a contact for each of *drafts*, which hold the fields that differ from the defaults; return the contacts.

    Raises ConflictError for an id that is taken, DatasetError for an invalid value.
    """
    numbers = count(organisation.ids_issued + 1)
    contacts = [_new(organisation, draft, numbers) for draft in drafts]
    for contact in contacts:
        if isinstance(contact["id"], str) and _exists(organisation, contact["id"]):
            raise ConflictError(f'a contact has the id "{contact["id"]}" already; PATCH changes it')
    written = _write(organisation, contacts)
    organisation.ids_issued = next(numbers) - 1
    return written


def change(organisation: Organisation, changes: Sequence[tuple[str, Contact]]) -> list[Contact]:
    """Change contacts, each given by id and the new values of fields; ``updated_at`` becomes now by default.

    Raises NotThereError, ConflictError for a contact that is given twice, DatasetError for an invalid value.
    """
    named = [identity.lower() for identity, _ in changes]
    if len(set(named)) < len(named):
        raise ConflictError("a contact is given twice; wanted all its changes in one")
    now = instants.write(organisation.clock.now())
    return _write(
        organisation,
        [
            _merged(organisation, read(organisation, identity), {"updated_at": now, **said})
            for identity, said in changes
        ],
    )


def delete(organisation: Organisation, identities: Iterable[str]) -> int:
    """Delete the contacts with those ids; return how many. Raises NotThereError if one does not exist."""
    named = dict.fromkeys(identity.lower() for identity in identities)
    for identity in named:
        if not _exists(organisation, identity):
            raise NotThereError(f'no contact has the id "{identity}"')
    organisation.store.remove([identity.encode() for identity in named])
    return len(named)


def message(organisation: Organisation, identity: str, direction: Direction, said: Contact) -> Contact:
    """Record a message to or from the contact (`messages-move-contacts`).

    *said* may hold ``at``, the instant of the message, and fields to set besides.
    """
    contact = read(organisation, identity)
    at = said.get("at") or instants.write(organisation.clock.now())
    last = contact["last_message_at"]
    moved: Contact = {"last_message_at": at if last is None or instants.parse(at) > instants.parse(last) else last}
    if direction == "outbound":
        moved |= {"is_chat_read": True, "chat_status": "ATTENDED"}
    else:
        moved |= {"is_chat_read": False}
        if contact["chat_status"] == "CLOSED":
            moved |= {"chat_status": "UNATTENDED"}
    return change(organisation, [(identity, {**moved, **{name: said[name] for name in said if name != "at"}})])[0]


def open_ticket(organisation: Organisation, identity: str, stage: str | None, ticket: str | None) -> Contact:
    """Open a ticket of the contact in *stage*. Raises ConflictError if it has one."""
    if read(organisation, identity)["active_ticket_v2"] is not None:
        raise ConflictError("the contact has an active ticket already; close it first")
    opened = {"id": ticket, "current_stage_id": _known_stage(organisation, stage)}
    return change(organisation, [(identity, {"active_ticket_v2": opened})])[0]


def move_ticket(organisation: Organisation, identity: str, stage: str | None) -> Contact:
    """Move the contact's ticket to *stage*. Raises ConflictError if it has none."""
    ticket = _ticket(organisation, identity)
    moved = {"id": ticket["id"], "current_stage_id": _known_stage(organisation, stage)}
    return change(organisation, [(identity, {"active_ticket_v2": moved})])[0]


def close_ticket(organisation: Organisation, identity: str) -> Contact:
    """Close the contact's ticket, so that it has none. Raises ConflictError if it has none."""
    _ticket(organisation, identity)
    return change(organisation, [(identity, {"active_ticket_v2": None})])[0]


def describe(organisation: Organisation, pipelines: Sequence[Pipeline]) -> None:
    """Replace all pipelines. Raises ConflictError if two have the same id."""
    identities = [one.id.lower() for one in pipelines]
    if len(set(identities)) < len(identities):
        raise ConflictError("two pipelines have the same id; wanted each id once")
    organisation.describe(organisation.header.model_copy(update={"pipelines": list(pipelines)}))


def define(organisation: Organisation, fields: Sequence[CustomField]) -> None:
    """Replace all custom fields. Raises ConflictError if a contact has a value that the new ones do not allow."""
    try:
        definitions = custom_fields.definitions(list(fields))
    except ValueError as error:
        raise ConflictError(str(error)) from error
    store, columns = organisation.store, {}
    rows = store.listed("created_at")
    for (entity, key), codes in store.columns.custom.items():
        field = definitions.get(key, {}).get(entity)
        for value in dict.fromkeys(value for value in _values(codes, rows) if value is not None):
            _must_fit(field, entity, key, value)
        if field is not None:
            columns[entity, key] = codes
    for key, defined in definitions.items():
        for entity in defined:
            columns.setdefault((entity, key), Codes.of([None] * len(store.columns), len(store.columns)))
    store.redefine(columns)
    organisation.describe(organisation.header.model_copy(update={"custom_fields": list(fields)}))


def _must_fit(field: CustomField | None, entity: Entity, key: str, value: Any) -> None:
    if field is None:
        _clash(f'contacts have values for "{key}" of the {entity}; take those away first')
    try:
        reading = custom_fields.read_stored(field, value)
    except ValueError as error:
        _clash(f'a contact has {to_json(value).decode()} for "{key}" of the {entity}; {error}')
    if _plain(reading) != value:
        _clash(
            f'a contact has {to_json(value).decode()} for "{key}" of the {entity}, which {field.type} reads otherwise'
        )


def _clash(detail: str) -> NoReturn:
    raise ConflictError(detail)


def _at(organisation: Organisation, row: int) -> Contact:
    columns = organisation.store.columns
    contact: Contact = from_json(columns.wire[row])
    return {**contact, "custom_fields": _custom_values(columns, row)}


def _values(codes: Codes, rows: Rows) -> list[Any]:
    """The value of each of *rows*, as in a document; None for no value."""
    values = [_plain(value) for value in codes.values()]
    return [values[code] for code in codes.codes[rows].tolist()]


def _plain(reading: Any) -> Any:
    """The value of *reading* in a document: a whole number is an int."""
    whole = isinstance(reading, float) and reading.is_integer() and abs(reading) <= SAFE_INTEGER
    return int(reading) if whole else reading


def _exists(organisation: Organisation, identity: str) -> bool:
    return organisation.store.row(identity.lower().encode("utf-8", "replace")) is not None


def _new(organisation: Organisation, draft: Contact, numbers: Iterable[int]) -> Contact:
    now = instants.write(organisation.clock.now())
    number, identity = next_id(organisation, numbers)
    contact = {
        "id": identity,
        "name": f"Contact {number}",
        **DEFAULTS,
        "last_message_at": now,
        "created_at": now,
        "updated_at": now,
        "client_id": organisation.header.client_id,
        "custom_fields": {"customer": {}, "ticket": {}},
    }
    return _merged(organisation, contact, draft)


def next_id(organisation: Organisation, numbers: Iterable[int]) -> tuple[int, str]:
    """The next free number and id; the same changes to the same data issue the same ids."""
    client = UUID(organisation.header.client_id)
    found = ((number, str(uuid5(client, f"contact {number}"))) for number in numbers)
    return next((number, identity) for number, identity in found if not _exists(organisation, identity))


def _merged(organisation: Organisation, contact: Contact, said: Contact) -> Contact:
    """*contact* with the fields of *said*; custom values are merged key by key, and null deletes one."""
    merged = {**contact, **said}
    custom = {entity: dict(contact["custom_fields"][entity]) for entity in ENTITIES}
    had, ticket = contact["active_ticket_v2"], merged["active_ticket_v2"]
    if ticket is not None:
        identity = ticket.get("id") or (had["id"] if had else _ticket_id(organisation, contact))
        same = had is not None and identity.lower() == had["id"]
        ticket = {"current_stage_id": None, **(had if same else {}), **ticket, "id": identity}
        merged["active_ticket_v2"] = ticket
    if had is not None and (ticket is None or not same):  # its values were the former ticket's (`one-ticket`)
        custom["ticket"] = {}
    for entity, values in (said.get("custom_fields") or {}).items():
        custom[entity] = {key: one for key, one in {**custom[entity], **values}.items() if one is not None}
    return {**merged, "custom_fields": custom}


def _ticket_id(organisation: Organisation, contact: Contact) -> str:
    """The id of a ticket that is opened now."""
    return str(uuid5(UUID(organisation.header.client_id), f"ticket {contact['id']} {organisation.clock.now()}"))


def _write(organisation: Organisation, contacts: list[Contact]) -> list[Contact]:
    """Validate *contacts*, put them into the store in one step, and return them as stored."""
    if not contacts:
        return []
    entries = contacts_of(organisation.header, contacts).entries()
    return [_at(organisation, row) for row in organisation.store.put(entries)]


def _ticket(organisation: Organisation, identity: str) -> Contact:
    ticket: Contact | None = read(organisation, identity)["active_ticket_v2"]
    if ticket is None:
        raise ConflictError("the contact has no active ticket; open one first")
    return ticket


def _known_stage(organisation: Organisation, stage: str | None) -> str | None:
    if stage is not None and stage.lower() not in organisation.stages:
        known = ", ".join(one.id for one in list(organisation.stages.values())[:5]) or "none"
        raise ChangeError(f'no pipeline has the stage "{stage}"; wanted null or one of: {known}')
    return stage


def header_of(organisation: Organisation) -> Header:
    """The header of the current data, anchored at the current instant."""
    return organisation.header.model_copy(update={"anchor": instants.write(organisation.clock.now())})
