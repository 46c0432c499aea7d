"""The vendor's neighbours of the endpoint: pipelines, search, a contact's info, and the deprecated list.

``neighbours.yaml`` describes them; docs/decisions.md says of each what is known and what we chose.
"""

from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

import numpy as np
from pydantic_core import to_json
from starlette.types import Scope

from vambe_mock.contract.neighbours import MOST_FOUND, Neighbour, SearchQuery, ignored, read_days, read_search
from vambe_mock.contract.refusals import Refusal
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.changes import NotThereError, read
from vambe_mock.organisations.journal import Notes
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.server.endpoint.answers import Answer, Headers
from vambe_mock.server.endpoint.contacts import BAD_REQUEST, ignored_header
from vambe_mock.server.endpoint.keyed import Make
from vambe_mock.store.columns import Rows
from vambe_mock.store.directory import Directory
from vambe_mock.store.filters import FILTER_BY_FIELD
from vambe_mock.store.state import State
from vambe_mock.store.store import Steps, Store

LARGE: Final = 1_000
"""From this many contacts on, they are looked at in a thread."""

DEPRECATED: Final = (b"deprecation", b"true")
"""The header in its older form, since the vendor names no date (`neighbour-deprecated`)."""

INFO_FIELDS: Final = (
    "id",
    "name",
    "email",
    "phone",
    "platform",
    "created_at",
    "last_message_at",
    "last_message_content",
    "chat_status",
    "is_chat_read",
    "blocked",
    "client_id",
    "ai_customer_id",
    "default_stage_id",
    "active_ticket_v2",
    "last_closed_ticket",
    "custom_metadata",
)
"""The fields of a contact's info, in the vendor's order as far as it is known (`neighbour-info`)."""

_UPDATED: Final = b',"updated_at":"'
_AFTER_UPDATED: Final = len(_UPDATED) + len('2026-01-31T09:30:00.000Z"')
_TICKET: Final = b',"active_ticket_v2":'
_WHATSAPP: Final = b',"platform":"whatsapp",'

_directories: Final[WeakKeyDictionary[Store, Directory]] = WeakKeyDictionary()
"""What was made to search a store."""


class NeighbourOperation:
    """Answers one request to a neighbour."""

    delay: float = 0.0

    def __init__(self, neighbour: Neighbour, *, mock_headers: bool) -> None:
        """Answer at *neighbour*; with *mock_headers* a header names the ignored parameters."""
        self._neighbour = neighbour
        self._mock_headers = mock_headers

    async def prepare(self, organisation: Organisation, scope: Scope) -> Make:
        """Do the long part of the work beside the loop, and return what makes the answer."""
        raw: bytes = scope["query_string"]
        try:
            if len(organisation.store) < LARGE:
                pass
            elif self._neighbour.name == "search":
                await _prepare_search(organisation, read_search(raw))
            elif self._neighbour.name == "whatsapp":
                return await self._prepare_whatsapp(organisation, raw)
        except Refusal:  # which is said when the answer is made
            pass
        return partial(self._made, organisation, raw)

    def _made(self, organisation: Organisation, raw: bytes) -> Answer:
        try:
            match self._neighbour.name:
                case "pipeline":
                    return self._answer(organisation, raw, _pipelines(organisation))
                case "search":
                    found = _found(organisation, read_search(raw))
                    steps = {"": len(organisation.store), "search": len(found)}
                    return self._answer(organisation, raw, found, steps)
                case "info":
                    return self._answer(organisation, raw, _info(organisation, self._neighbour.contact))
                case "whatsapp":
                    since = _since(organisation, read_days(raw, organisation.dialect))
                    return self._answer(organisation, raw, *_whatsapp(organisation.store.state(), since))
        except Refusal as refusal:
            return self._answer(organisation, raw, refusal.body, refusal=refusal)

    async def _prepare_whatsapp(self, organisation: Organisation, raw: bytes) -> Make:
        """Half the contacts of a year may come, and from each something is cut off."""
        store = organisation.store
        days, state = read_days(raw, organisation.dialect), store.state()
        since = _since(organisation, days)
        found, steps = await run_in_thread(lambda: _whatsapp(state, since))

        def make() -> Answer:
            now_since = _since(organisation, days)
            if store.state() is state and len(_rows_since(state, now_since)) == steps["days"]:
                return self._answer(organisation, raw, list(found), steps)
            return self._made(organisation, raw)  # something has changed meanwhile

        return make

    def _answer(
        self,
        organisation: Organisation,
        raw: bytes,
        body: bytes | list[bytes],
        steps: Steps | None = None,
        refusal: Refusal | None = None,
    ) -> Answer:
        status = 200 if refusal is None else refusal.status
        strange = ignored(self._neighbour.name, raw) if status in (200, BAD_REQUEST) else ()
        headers: Headers = [DEPRECATED] if self._neighbour.name == "whatsapp" else []
        if strange and self._mock_headers:
            headers += ignored_header(strange)
        why = "" if refusal is None else str(refusal)
        return Answer(status, headers, body, Notes(organisation.clock.now(), why, strange, steps or {}))


def _pipelines(organisation: Organisation) -> bytes:
    """`neighbour-pipeline`: those of the data set, as it has them."""
    return to_json(
        [
            {
                "id": pipeline.id,
                "name": pipeline.name,
                "description": pipeline.description,
                "stages": [{"id": one.id, "name": one.name, "description": one.description} for one in pipeline.stages],
            }
            for pipeline in organisation.header.pipelines
        ]
    )


async def _prepare_search(organisation: Organisation, _query: SearchQuery) -> None:
    """Have the directory of a large store made in a thread."""
    store = organisation.store
    if _directory(store) is None:
        state, touched, known = store.state(), store.touched, len(store.touched)
        rows = state.listed("last_message_at")
        directory = await run_in_thread(lambda: Directory(state.columns, rows, touched, known))
        if directory.knows(store):
            _directories[store] = directory


def _directory(store: Store) -> Directory | None:
    """What the store is searched by; None if it has to be made."""
    directory = _directories.get(store)
    return directory if directory is not None and directory.knows(store) else None


def _found(organisation: Organisation, query: SearchQuery) -> list[bytes]:
    """`neighbour-search`: newest message first."""
    store = organisation.store
    directory = _directory(store)
    if directory is None:
        rows = store.listed("last_message_at")
        directory = _directories[store] = Directory(store.columns, rows, store.touched, len(store.touched))
    return [_short(store.columns.wire[row]) for row in directory.find_in(store, query, MOST_FOUND)]


def _short(wire: bytes) -> bytes:
    """A contact in JSON without ``updated_at`` and ``active_ticket_v2``.

    In JSON, no quote within a text is without a backslash before it, so what is looked for is a field.
    """
    updated = wire.index(_UPDATED)
    return b"%b%b}" % (wire[:updated], wire[updated + _AFTER_UPDATED : wire.rindex(_TICKET)])


def _info(organisation: Organisation, contact_id: str) -> bytes:
    """`neighbour-info`. Raises Refusal (404) for an unknown id."""
    try:
        contact = read(organisation, contact_id)
    except NotThereError:
        raise Refusal(404, {"message": "Contact not found", "error": "Not Found", "statusCode": 404}) from None
    custom: dict[str, dict[str, Any]] = contact["custom_fields"]
    known = {
        **contact,
        "last_message_content": None,
        "last_closed_ticket": None,
        "custom_metadata": {**custom["ticket"], **custom["customer"]},
    }
    return to_json({name: known[name] for name in INFO_FIELDS})


def _since(organisation: Organisation, days: float) -> int:
    """The first instant of the last *days*."""
    window = FILTER_BY_FIELD["last_message_at"]
    return organisation.store.context.since(window, days, organisation.clock.now())


def _rows_since(state: State, since: int) -> Rows:
    """The contacts whose last message came at *since* or later, in no order."""
    rows = state.listed("last_message_at")
    found: Rows = rows[state.columns.last_message_at[rows] >= since]
    return found


def _whatsapp(state: State, since: int) -> tuple[list[bytes], Steps]:
    """`neighbour-deprecated`: in an order that is none of the endpoint's, so that nobody gets used to it."""
    rows = np.sort(_rows_since(state, since))
    found = [_short(wire) for wire in map(bytes, state.columns.wire.texts(rows)) if _WHATSAPP in wire]
    return found, {"": len(state), "days": len(rows), "whatsapp": len(found)}
