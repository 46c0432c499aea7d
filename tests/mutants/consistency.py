"""Broken versions whose answers do not agree: a field with its neighbours, a contact with itself elsewhere."""

import json
from collections.abc import Callable
from typing import Any

from mutants.breaks import mutant
from mutants.seams import Contact, Seams
from vambe_mock.contract import instants
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.store.store import Found, Store


def _where(seams: Seams, when: Callable[[ContactsQuery], bool], change: Callable[[Contact], Contact]) -> None:
    """Contacts are changed in the answers to some questions."""

    def changed(found: list[bytes], query: ContactsQuery) -> list[bytes]:
        return [json.dumps(change(json.loads(one))).encode() for one in found] if when(query) else found

    seams.found(changed)


def _set(name: str, change: Callable[[Any], Any]) -> Callable[[Contact], Contact]:
    return lambda contact: {**contact, name: change(contact[name])}


def _capitals(text: Any) -> Any:
    return text and text.upper()


@mutant("consistency", "contacts were updated an hour before they were created")
def updated_before_created(seams: Seams) -> None:
    seams.contact(
        lambda one: (
            {**one, "created_at": instants.write(instants.parse(one["updated_at"]) + 3_600_000)}
            if one["id"][0] in "0123"
            else one
        )
    )


@mutant("consistency", "ids are in capitals in lists by days")
def capitals_by_days(seams: Seams) -> None:
    _where(seams, lambda query: query.days is not None, _set("id", _capitals))


@mutant("consistency", "organisations are in capitals on some contacts")
def client_in_capitals(seams: Seams) -> None:
    seams.contact(lambda one: {**one, "client_id": one["client_id"].upper()} if one["id"] < "8" else one)


@mutant("consistency", "stages are in capitals where they are defaults")
def default_in_capitals(seams: Seams) -> None:
    seams.contact(_set("default_stage_id", _capitals))


@mutant("consistency", "chat_status is in small letters")
def status_in_small_letters(seams: Seams) -> None:
    seams.contact(_set("chat_status", str.lower))


@mutant("consistency", "chat_status begins with a capital")
def status_as_a_word(seams: Seams) -> None:
    seams.contact(_set("chat_status", str.capitalize))


@mutant("consistency", "chat_status has a blank behind it")
def status_with_blank(seams: Seams) -> None:
    seams.contact(_set("chat_status", lambda text: f"{text} "))


@mutant("consistency", "contacts have no ticket in lists by days")
def no_ticket_by_days(seams: Seams) -> None:
    _where(seams, lambda query: query.days is not None, _set("active_ticket_v2", lambda _ticket: None))


@mutant("consistency", "blocked is false in lists by created_after")
def unblocked_by_created(seams: Seams) -> None:
    _where(seams, lambda query: query.created_after is not None, _set("blocked", lambda _flag: False))


@mutant("consistency", "is_chat_read is turned round beside limit=1 and a stage")
def read_turned(seams: Seams) -> None:
    _where(
        seams,
        lambda query: query.stage_id is not None or query.limit == 1,
        _set("is_chat_read", lambda flag: not flag),
    )


@mutant("consistency", "updated_at loses its milliseconds in lists by created_after")
def updated_in_seconds(seams: Seams) -> None:
    _where(seams, lambda query: query.created_after is not None, _set("updated_at", lambda text: f"{text[:-4]}000Z"))


@mutant("consistency", "names are cut short in pages behind the first")
def short_names_behind(seams: Seams) -> None:
    _where(seams, lambda query: query.offset > 0, _set("name", lambda name: name[:1]))


@mutant("consistency", "two contacts have one ticket")
def one_ticket_for_two(seams: Seams) -> None:
    seams.contact(
        _set("active_ticket_v2", lambda ticket: ticket and {**ticket, "id": "5f0f7a52-6c0e-4a54-9d55-6f2a6f9b1c11"})
    )


@mutant("consistency", "tickets have the ids of their contacts")
def ticket_has_contacts_id(seams: Seams) -> None:
    seams.contact(
        lambda one: {
            **one,
            "active_ticket_v2": one["active_ticket_v2"] and {**one["active_ticket_v2"], "id": one["id"]},
        }
    )


def _merged(seams: Seams, survivor: Callable[[list[Contact]], Contact]) -> None:
    """Contacts that a question finds and that share a phone come as one, before the list is cut."""

    def changed(store: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        whole: Found = find(store, query._replace(limit=None, offset=0), now)
        sharing: dict[str, list[Contact]] = {}
        for one in map(json.loads, whole.contacts):
            sharing.setdefault(one["phone"] or one["id"], []).append(one)
        kept = {survivor(some)["id"] for some in sharing.values()}
        contacts = [one for one in whole.contacts if json.loads(one)["id"] in kept]
        end = None if query.limit is None else query.offset + query.limit
        return whole._replace(contacts=contacts[query.offset : end])

    seams.find(changed)


@mutant("consistency", "of contacts that share a phone only the first of the list comes")
def first_with_a_phone(seams: Seams) -> None:
    _merged(seams, lambda some: some[0])


@mutant("consistency", "of contacts that share a phone only the one updated last comes")
def newest_with_a_phone(seams: Seams) -> None:
    _merged(seams, lambda some: max(some, key=lambda one: str(one["updated_at"])))
