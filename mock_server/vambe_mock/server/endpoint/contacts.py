"""The endpoint: ``GET /api/public/contacts``. Authenticate, parse, find, answer."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from traceback import print_exc
from typing import Any, Final
from urllib.parse import quote

from pydantic_core import from_json, to_json
from starlette.types import Scope, Send

from vambe_mock.contract.query import parse, unknown
from vambe_mock.contract.refusals import Refusal, server_error
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.server.endpoint.authentication import authenticate
from vambe_mock.server.log import Asked

PATH: Final = b"/api/public/contacts"
METHODS: Final = ("GET", "HEAD")
BAD_REQUEST: Final = 400
PREFER: Final = b"prefer"
JSON: Final = b"application/json; charset=utf-8"

PIECE: Final = 400
"""A large answer goes out this many contacts at a time (about 250 KB), so that others are served in between."""

LONGEST_HEADER: Final = 1_000
LONGEST_NAME: Final = 100
"""How long a header of ignored parameters may be, and a name in it: clients refuse headers without end."""


@dataclass(slots=True)
class Answer:
    """A status, extra headers, and the body: whole, or as the contacts of a list."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes | list[bytes]
    content_type: bytes = JSON


@dataclass(frozen=True, slots=True)
class ContactsEndpoint:
    """The endpoint for all organisations of a server, each behind its keys.

    ``mock_headers`` off leaves out every ``X-Mock-*`` header; ``prefer`` lets a request ask for trouble
    (`prefer-header`).
    """

    keys: Mapping[bytes, Organisation]
    mock_headers: bool = True
    prefer: bool = False

    async def __call__(self, scope: Scope, send: Send, asked: Asked) -> None:
        """Answer the request of *scope*, and note in *asked* what became of it."""
        try:
            organisation = authenticate(scope["headers"], self.keys)
        except Refusal as refusal:
            await send_noted(self._refused(refusal, scope, asked), scope, send, asked)
            return
        organisation.record.expect(asked)
        if organisation.faults or (self.prefer and _prefers(scope["headers"])):
            from vambe_mock.server.endpoint.fault_effects import troubled  # noqa: PLC0415 - a server without faults never loads them

            await troubled(self, organisation, scope, send, asked)
            return
        answer = self.answer(organisation, scope, asked)
        asked.status = answer.status
        await send_answer(answer, send, head=asked.method == "HEAD")

    def answer(self, organisation: Organisation, scope: Scope, asked: Asked) -> Answer:
        """What *organisation* gets for the request of *scope*."""
        try:
            return self._found(organisation, scope["query_string"], asked)
        except Refusal as refusal:
            return self._refused(refusal, scope, asked)
        except Exception as defect:  # noqa: BLE001 - whatever it is, the client gets the vendor's failure
            asked.message = f"a defect of the mock: {defect!r}"
            print_exc()
            return Answer(500, [], server_error().body)

    def _refused(self, refusal: Refusal, scope: Scope, asked: Asked) -> Answer:
        asked.message = str(refusal)
        asked.ignored = unknown(scope["query_string"]) if refusal.status == BAD_REQUEST else ()
        return Answer(refusal.status, self._ignored_header(asked.ignored), refusal.body)

    def _found(self, organisation: Organisation, query_string: bytes, asked: Asked) -> Answer:
        asked.at = now = organisation.clock.now()
        query = parse(query_string, organisation.definitions, organisation.dialect)
        asked.query, asked.ignored = query, query.ignored
        found = organisation.store.find(query, now)
        asked.steps = found.steps
        contacts = found.contacts
        if organisation.dialect.expand_current_stage and query.pipeline_id is not None:
            contacts = [_with_stage(contact, organisation) for contact in contacts]
        matched = [(b"x-mock-matched", b"%d" % found.matched)] if self.mock_headers else []
        return Answer(200, matched + self._ignored_header(query.ignored), contacts)

    def _ignored_header(self, ignored: tuple[str, ...]) -> list[tuple[bytes, bytes]]:
        """What the endpoint did not know, so that a typo is seen; never in the body (`unknown-parameters`)."""
        if not ignored or not self.mock_headers:
            return []
        named = ""
        for name in ignored:
            written = quote(name[:LONGEST_NAME], safe="[]")[:LONGEST_NAME] or '""'
            if len(named) + len(written) > LONGEST_HEADER:
                named += ", ..."
                break
            named += f", {written}" if named else written
        return [(b"x-mock-ignored-parameters", named.encode())]


def _prefers(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, _ in headers:  # noqa: SIM110 - any() takes four times as long
        if name == PREFER:
            return True
    return False


def is_endpoint(raw_path: bytes) -> bool:
    """Whether the undecoded path is the endpoint's: in any case, with or without one slash after it (`path-forms`)."""
    return raw_path == PATH or raw_path.lower().removesuffix(b"/") == PATH


async def send_noted(answer: Answer, scope: Scope, send: Send, asked: Asked) -> None:
    """Send *answer* to the request of *scope*, its status noted in *asked*."""
    asked.status = answer.status
    await send_answer(answer, send, head=scope["method"] == "HEAD")


async def send_answer(answer: Answer, send: Send, *, head: bool) -> None:
    """Send *answer*; to HEAD its status and headers alone, Content-Length included (`bare-array`)."""
    body = answer.body if isinstance(answer.body, bytes) else _in_brackets(answer.body)
    length = len(body) if isinstance(body, bytes) else sum(map(len, body)) + len(body) - 1
    headers = [(b"content-type", answer.content_type), (b"content-length", b"%d" % length), *answer.headers]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if isinstance(body, bytes) or head:
        await send({"type": "http.response.body", "body": b"" if head else body})
    else:
        await _send_in_pieces(body, send)


def _in_brackets(contacts: list[bytes]) -> bytes | list[bytes]:
    """The JSON list of *contacts* as one text, or, where it is large, still as its parts.

    The brackets go on the first and the last contact, because around the whole they would copy it twice more.
    """
    if not contacts:
        return b"[]"
    contacts[0] = b"[" + contacts[0]
    contacts[-1] += b"]"
    return contacts if len(contacts) > PIECE else b",".join(contacts)


async def _send_in_pieces(parts: list[bytes], send: Send) -> None:
    for start in range(0, len(parts), PIECE):
        piece = b",".join(parts[start : start + PIECE])
        more = start + PIECE < len(parts)
        await send({"type": "http.response.body", "body": piece + b"," if more else piece, "more_body": more})
        await asyncio.sleep(0)


def _with_stage(contact: bytes, organisation: Organisation) -> bytes:
    """*contact* with the undocumented ``active_ticket_v2.current_stage`` that one program sees."""
    fields: dict[str, Any] = from_json(contact)
    ticket = fields["active_ticket_v2"]
    stage = organisation.stages[ticket["current_stage_id"].lower()]
    ticket["current_stage"] = {"id": stage.id, "name": stage.name}
    return to_json(fields)
