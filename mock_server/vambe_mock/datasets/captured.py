"""A captured answer as a data set: a bare array of contacts, as ``curl`` saves it (`captured-answer`).

What the wire does not show is made up from what it does: the client from the contacts, one pipeline of all stages seen,
the newest instant as the anchor. Each of these is told in a note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from vambe_mock.contract import instants
from vambe_mock.contract.plural import plural
from vambe_mock.contract.vocabulary import DOCUMENT_FORMAT, FIELDS, INSTANT_FIELDS
from vambe_mock.datasets.dataset import Dataset, from_document
from vambe_mock.datasets.problems import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vambe_mock.datasets.document import Record

PIPELINE: Final = "Captured"
MOST_NAMED: Final = 5
TICKET: Final = ("id", "current_stage_id")


def from_contacts(contacts: list[Any]) -> Dataset:
    """The data set of an answer. Raises DatasetError with one line for what is no answer of the endpoint."""
    if not contacts:
        raise DatasetError("a list without contacts; wanted at least one, or a document (--fixture empty serves none)")
    for place, contact in enumerate(contacts, 1):
        if not isinstance(contact, dict):
            raise DatasetError(f"contact {place}: no object; wanted a contact, as the endpoint lists it")
    passed_over: dict[str, None] = {}
    kept = [_kept(contact, passed_over) for contact in contacts]
    stages = {stage: name for contact in contacts for stage, name in _stages(contact)}
    client, anchor = _client(kept), _newest(kept)
    dataset = from_document(
        {
            "format": DOCUMENT_FORMAT,
            "anchor": anchor,
            "client_id": client,
            "pipelines": _pipelines(client, stages),
            "contacts": kept,
        }
    )
    pipeline = f"one pipeline of the {plural(len(stages), 'stage')} seen"
    seen = f"anchored at its newest instant, {anchor}; {pipeline}; no custom fields"
    dataset.notes = (f"a captured answer: {seen}",)
    if passed_over:
        dataset.notes += (f"not kept of it: {_named(passed_over)}",)
    return dataset


def _kept(contact: Record, passed_over: dict[str, None]) -> Record:
    """*contact* with the fields that the endpoint documents, the others noted in *passed_over*.

    The vendor's older answers have no ``updated_at``: the last thing that is known to have happened stands for it.
    """
    passed_over.update(dict.fromkeys(name for name in contact if name not in FIELDS))
    kept: Record = {name: contact[name] for name in FIELDS if name in contact}
    ticket = kept.get("active_ticket_v2")
    if isinstance(ticket, dict):
        passed_over.update(dict.fromkeys(f"active_ticket_v2.{name}" for name in ticket if name not in TICKET))
        kept["active_ticket_v2"] = {name: ticket[name] for name in TICKET if name in ticket}
    if "updated_at" not in kept and (known := list(_instants(kept))):
        kept["updated_at"] = max(known, key=instants.parse)
    return kept


def _stages(contact: Record) -> Iterator[tuple[str, str]]:
    """The stages that *contact* names, each with its name where the answer has that (`current-stage-expanded`)."""
    ticket = contact.get("active_ticket_v2")
    standing = ticket if isinstance(ticket, dict) else {}
    expanded = standing.get("current_stage")
    name = expanded.get("name") if isinstance(expanded, dict) else None
    for stage in (contact.get("default_stage_id"), standing.get("current_stage_id")):
        if isinstance(stage, str):
            named = stage == standing.get("current_stage_id") and isinstance(name, str)
            yield stage.lower(), str(name) if named else ""


def _pipelines(client: str, stages: dict[str, str]) -> list[Record]:
    if not stages:
        return []
    listed = [
        {"id": stage, "name": name or f"Stage {number}"} for number, (stage, name) in enumerate(stages.items(), 1)
    ]
    return [{"id": str(uuid5(UUID(client), "captured pipeline")), "name": PIPELINE, "stages": listed}]


def _client(contacts: list[Record]) -> str:
    """The organisation of the contacts. Raises DatasetError if none is told."""
    client = contacts[0].get("client_id")
    try:
        return str(UUID(client))
    except (AttributeError, TypeError, ValueError):
        raise DatasetError("contact 1: no client_id; wanted contacts as the endpoint lists them") from None


def _newest(contacts: list[Record]) -> str:
    """The newest instant of any contact. Raises DatasetError if there is none."""
    found = [instant for contact in contacts for instant in _instants(contact)]
    if not found:
        raise DatasetError("no contact has an instant; wanted contacts as the endpoint lists them")
    return instants.write(max(map(instants.parse, found)))


def _instants(contact: Record) -> Iterator[str]:
    """The instants of *contact* that can be read; what is wrong with another is said when it is checked."""
    for name in INSTANT_FIELDS:
        value = contact.get(name)
        if isinstance(value, str) and instants.matches(value):
            yield value


def _named(names: dict[str, None]) -> str:
    shown = list(names)[:MOST_NAMED]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
