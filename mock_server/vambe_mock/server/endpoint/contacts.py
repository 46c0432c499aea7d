"""The endpoint: ``GET /api/public/contacts``. Authenticate, parse, find, answer."""

from asyncio import CancelledError
from collections.abc import Callable
from dataclasses import dataclass, field
from traceback import print_exc
from typing import Any, Final
from urllib.parse import quote

from pydantic_core import from_json, to_json
from starlette.types import ASGIApp, Receive, Scope, Send

from vambe_mock.contract.custom_fields import Definitions
from vambe_mock.contract.dialect import Dialect
from vambe_mock.contract.query import ContactsQuery, parse, unknown
from vambe_mock.contract.refusals import Refusal, not_found, server_error
from vambe_mock.contract.repeated import Repeated
from vambe_mock.organisations.journal import Exchange, Notes, OpenExchange
from vambe_mock.organisations.lab import Lab
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.server.endpoint import prefer
from vambe_mock.server.endpoint.answers import Answer, Headers, send_answer
from vambe_mock.server.endpoint.authentication import authenticate
from vambe_mock.server.endpoint.connection import give_up, has_left

BAD_REQUEST: Final = 400

LONGEST_HEADER: Final = 1_000
LONGEST_NAME: Final = 100
"""How long a header of ignored parameters may be, and a name in it: clients reject very long headers."""

Known = tuple[Dialect, Definitions | None, ContactsQuery]
"""A query as it was read, and what it depends on: the dialect and, with a custom field, the definitions."""

Made = tuple[OpenExchange, Answer]
"""An answer that is not out yet, and its exchange."""


@dataclass(frozen=True, slots=True)
class ContactsEndpoint:
    """The endpoint for all *organisations* of a server, each behind its keys.

    ``mock_headers`` off leaves out every ``X-Mock-*`` header (`mock-headers`); ``prefer`` lets a request ask for a
    failure or a delay (`prefer-header`).
    """

    organisations: Organisations
    mock_headers: bool = True
    prefer: bool = False
    known: Repeated[bytes, Known] = field(default_factory=Repeated, repr=False, compare=False)

    async def __call__(self, scope: Scope, send: Send, started: float) -> Exchange:
        """Answer the request of *scope*, which arrived at *started* (``time.perf_counter``); return the exchange.

        The exchange is finished: the listeners of its journal have been called.
        """
        headers, method = scope["headers"], scope["method"]
        made = self.plainly(headers, method, scope["raw_path"], scope["query_string"], started)
        if made is not None:
            _hold(made)
            return await _send(made, send, head=method == "HEAD")
        organisation = authenticate(headers, self.organisations.keys)
        opened = organisation.journal.open(method, target(scope), started)
        if organisation.lab is not None:
            return await self._answer_in_lab(organisation, organisation.lab, scope, send, opened)
        return await self._answer_with_faults(organisation, scope, send, opened)

    def plainly(
        self, headers: Headers, method: str, raw_path: bytes, query_string: bytes, started: float
    ) -> Made | None:
        """Make the answer of a request; None, and nothing done, where a sync lab, a fault or Prefer has a say in it."""
        try:
            organisation = authenticate(headers, self.organisations.keys)
        except Refusal as refusal:
            opened = self.organisations.unattributed.open(method, target_of(raw_path, query_string), started)
            return opened, self._refused(refusal, query_string, self.organisations.first.clock.now())
        lab = organisation.lab
        if (lab is not None and not lab.only_notes) or organisation.faults or (self.prefer and prefer.is_sent(headers)):
            return None
        opened = organisation.journal.open(method, target_of(raw_path, query_string), started)
        made = self.answer(organisation, query_string)
        if lab is not None and lab.delivered is not None and (made.rows is not None or lab.delivered.most):
            made.sent = lab.delivered.expect(organisation.store, made.rows)
        return opened, made

    async def _answer_with_faults(
        self,
        organisation: Organisation,
        scope: Scope,
        send: Send,
        opened: OpenExchange,
        answer: Callable[[], Answer] | None = None,
    ) -> Exchange:
        from vambe_mock.server.endpoint.fault_effects import answer_with_faults

        return await answer_with_faults(
            organisation,
            scope,
            send,
            opened,
            preferences=self.prefer,
            answer=answer or (lambda: self.answer(organisation, scope["query_string"])),
        )

    async def _answer_in_lab(
        self, organisation: Organisation, lab: Lab, scope: Scope, send: Send, opened: OpenExchange
    ) -> Exchange:
        from vambe_mock.server.endpoint.lab import answer_in_lab

        return await answer_in_lab(
            organisation,
            lab,
            scope,
            send,
            opened,
            usual=lambda: self.answer(organisation, scope["query_string"]),
            prefers=self.prefer and prefer.is_sent(scope["headers"]),
            with_faults=lambda answer: self._answer_with_faults(organisation, scope, send, opened, answer),
        )

    def answer(self, organisation: Organisation, query_string: bytes) -> Answer:
        """The answer to *query_string* for *organisation*, without faults; a defect becomes the vendor's 500."""
        now = 0
        try:
            now = organisation.clock.now()
            return self._found(organisation, query_string, now)
        except Refusal as refusal:
            return self._refused(refusal, query_string, now)
        except Exception as defect:  # noqa: BLE001 - whatever it is, the client gets the vendor's failure
            print_exc()
            return defective(defect, now)

    def not_found(self, scope: Scope) -> Answer:
        """The answer to a path or a method that the vendor does not have (`not-found`)."""
        return Answer(404, [], not_found(scope["method"], target(scope)).body, Notes())

    def _refused(self, refusal: Refusal, query_string: bytes, now: int) -> Answer:
        ignored = unknown(query_string) if refusal.status == BAD_REQUEST else ()
        notes = Notes(now, str(refusal), ignored)
        return Answer(refusal.status, self._ignored_header(ignored), refusal.body, notes)

    def _found(self, organisation: Organisation, query_string: bytes, now: int) -> Answer:
        dialect = organisation.dialect
        definitions = organisation.definitions
        known = self.known.get(query_string)
        if known is not None and known[0] is dialect and (known[1] is None or known[1] is definitions):
            query = known[2]
        else:
            query = parse(query_string, definitions, dialect)
            self.known.keep(query_string, (dialect, None if query.custom_field is None else definitions, query))
        found = organisation.store.find(query, now)
        contacts = found.contacts
        if dialect.expand_current_stage and query.pipeline_id is not None:
            contacts = [with_stage(bytes(contact), organisation) for contact in contacts]
        matched = [(b"x-mock-matched", b"%d" % found.matched)] if self.mock_headers else []
        notes = Notes(now, "", query.ignored, found.steps, query)
        return Answer(200, matched + self._ignored_header(query.ignored), contacts, notes, rows=found.rows)

    def _ignored_header(self, ignored: tuple[str, ...]) -> Headers:
        return ignored_header(ignored) if ignored and self.mock_headers else []


def ignored_header(ignored: tuple[str, ...]) -> Headers:
    """A header with the *ignored* parameters, so that a typo is noticed; never in the body (`unknown-parameters`)."""
    named = ""
    for name in ignored:
        written = quote(name[:LONGEST_NAME], safe="[]")[:LONGEST_NAME] or '""'
        if len(named) + len(written) > LONGEST_HEADER:
            named += ", ..."
            break
        named += f", {written}" if named else written
    return [(b"x-mock-ignored-parameters", named.encode())]


def defective(defect: Exception, now: int) -> Answer:
    """The vendor's 500, for a *defect* of the mock."""
    return Answer(500, [], server_error().body, Notes(now, f"a defect of the mock: {defect!r}"))


def target(scope: Scope) -> str:
    """The path and query of a request, undecoded."""
    return target_of(scope["raw_path"], scope["query_string"])


def target_of(raw_path: bytes, query_string: bytes) -> str:
    """The same, of its two parts, which the HTTP server has parsed (`target-as-seen`)."""
    return (raw_path + b"?" + query_string if query_string else raw_path).decode("latin-1")


def sending(made: Made) -> ASGIApp:
    """An ASGI application that sends an answer which is made already."""
    _hold(made)

    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        try:
            await _send(made, send, head=scope["method"] == "HEAD")
        except CancelledError:  # the server shuts down before the client has read the answer
            if not await give_up(send):
                raise

    return app


def _hold(made: Made) -> None:
    """Have what is delivered as it is now: contacts may change while the answer is sent."""
    if (expected := made[1].sent) is not None:
        expected.hold()


async def _send(made: Made, send: Send, *, head: bool) -> Exchange:
    """Send an answer and finish its exchange."""
    opened, answer = made
    whole = False
    try:
        await send_answer(answer, send, head=head)
        whole = not (head or has_left(send))
    finally:
        exchange = opened.finish(answer.status, answer.notes)
        if answer.sent is not None:
            answer.sent(whole, exchange)
    return exchange


def with_stage(contact: bytes, organisation: Organisation) -> bytes:
    """*contact* with the undocumented ``active_ticket_v2.current_stage``, which one public program reads."""
    fields: dict[str, Any] = from_json(contact)
    ticket = fields["active_ticket_v2"] or {}
    stage = organisation.stages.get((ticket.get("current_stage_id") or "").lower())
    if stage is None:  # a dialect may compare pipelines with another stage
        return contact
    ticket["current_stage"] = {"id": stage.id, "name": stage.name}
    return to_json(fields)
