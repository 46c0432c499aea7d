"""The endpoint: ``GET /api/public/contacts``. Authenticate, parse, find, answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from traceback import print_exc
from typing import Any, Final
from urllib.parse import quote

from pydantic_core import from_json, to_json
from starlette.types import Scope, Send

from vambe_mock.contract.query import parse, unknown
from vambe_mock.contract.refusals import Refusal, server_error
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.server.endpoint import prefer
from vambe_mock.server.endpoint.answers import Answer, Headers, send_answer
from vambe_mock.server.endpoint.authentication import authenticate
from vambe_mock.server.log import Asked

BAD_REQUEST: Final = 400

LONGEST_HEADER: Final = 1_000
LONGEST_NAME: Final = 100
"""How long a header of ignored parameters may be, and a name in it: clients refuse headers without end."""


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
            answer = self._refused(refusal, scope, asked)
        else:
            organisation.record.expect(asked)
            if organisation.faults or (self.prefer and prefer.is_sent(scope["headers"])):
                await self._answer_with_faults(organisation, scope, send, asked)
                return
            answer = self.answer(organisation, scope, asked)
        asked.status = answer.status
        await send_answer(answer, send, head=asked.method == "HEAD")

    async def _answer_with_faults(self, organisation: Organisation, scope: Scope, send: Send, asked: Asked) -> None:
        from vambe_mock.server.endpoint.fault_effects import answer_with_faults  # noqa: PLC0415 - a server without faults needs none

        await answer_with_faults(
            organisation,
            scope,
            send,
            asked,
            preferences=self.prefer,
            answer=lambda: self.answer(organisation, scope, asked),
        )

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

    def _ignored_header(self, ignored: tuple[str, ...]) -> Headers:
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


def _with_stage(contact: bytes, organisation: Organisation) -> bytes:
    """*contact* with the undocumented ``active_ticket_v2.current_stage`` that one program sees."""
    fields: dict[str, Any] = from_json(contact)
    ticket = fields["active_ticket_v2"]
    stage = organisation.stages[ticket["current_stage_id"].lower()]
    ticket["current_stage"] = {"id": stage.id, "name": stage.name}
    return to_json(fields)
