"""The endpoint as a dialect answers: other refusals, other headers, other forms of the path, other contacts.

Loaded only where a dialect file was given; what it shares with the usual endpoint is that one's code.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from hashlib import sha1
from operator import add
from traceback import print_exc
from typing import Final, NamedTuple
from uuid import uuid4

from starlette.types import Scope

from vambe_mock.contract import instants, other_query, wording
from vambe_mock.contract.dialect import Dialect
from vambe_mock.contract.full_dialect import FullDialect, KeyFault
from vambe_mock.contract.operation import HEADER, PATH
from vambe_mock.contract.other_contact import Speaker
from vambe_mock.contract.query import ContactsQuery, parse, unknown
from vambe_mock.contract.refusals import Refusal
from vambe_mock.contract.templates import parts_of
from vambe_mock.contract.wording import Worded
from vambe_mock.organisations.journal import Notes
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.server.endpoint import prefer
from vambe_mock.server.endpoint.answers import Answer
from vambe_mock.server.endpoint.authentication import Headers as Sent
from vambe_mock.server.endpoint.authentication import authenticate
from vambe_mock.server.endpoint.contacts import (
    ContactsEndpoint,
    Made,
    defective,
    target_of,
    with_stage,
)
from vambe_mock.store.spoken import spoken_of

Template = tuple[list[bytes], list[str]]
"""The texts of a header's template, and the placeholders between them."""

_COUNTED: Final = {"remaining", "reset", "reset-at"}


def other_endpoint(
    organisations: Organisations, dialect: Dialect, *, mock_headers: bool, prefer: bool
) -> "OtherEndpoint":
    """The endpoint for all *organisations*, which answers as *dialect* does."""
    assert isinstance(dialect, FullDialect)  # noqa: S101 - no other sends otherwise
    return OtherEndpoint(
        organisations,
        mock_headers=mock_headers,
        prefer=prefer,
        dialect=dialect,
        grammar=other_query.grammar(dialect),
        speaker=Speaker(dialect),
        more=MoreHeaders(dialect),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEndpoint(ContactsEndpoint):
    """The endpoint as a dialect answers."""

    dialect: FullDialect
    grammar: other_query.Grammar
    speaker: Speaker
    more: "MoreHeaders"

    def plainly(self, headers: Sent, method: str, raw_path: bytes, query_string: bytes, started: float) -> Made | None:
        """Make the answer of a request; None, and nothing done, where a sync lab, a fault or Prefer has a say in it."""
        if raw_path != PATH and (made := self._other_path(method, raw_path, query_string, started)) is not None:
            return made
        try:
            organisation = authenticate(headers, self.organisations.keys)
        except Refusal:
            opened = self.organisations.unattributed.open(method, target_of(raw_path, query_string), started)
            refusal = self._refused_key(headers, query_string)
            return opened, self._told(refusal, method, raw_path, query_string, None)
        if organisation.lab is not None or organisation.faults or (self.prefer and prefer.is_sent(headers)):
            return None
        opened = organisation.journal.open(method, target_of(raw_path, query_string), started)
        return opened, self._answer(organisation, query_string, method, raw_path)

    def answer(self, organisation: Organisation, query_string: bytes) -> Answer:
        """The answer to *query_string* for *organisation*, without faults; a defect becomes the vendor's 500."""
        return self._answer(organisation, query_string, "GET", PATH)

    def not_found(self, scope: Scope) -> Answer:
        """The answer to a path or a method that the vendor does not have."""
        method, raw_path, query_string = scope["method"], scope["raw_path"], scope["query_string"]
        if self.dialect.unknown_path_without_key == "401":
            try:
                authenticate(scope["headers"], self.organisations.keys)
            except Refusal:
                refusal = wording.unauthorized(self.dialect, _fault_of_key(scope["headers"]))
                return self._told(refusal, method, raw_path, query_string, None)
        return self._nowhere(method, raw_path, query_string)

    def _other_path(self, method: str, raw_path: bytes, query_string: bytes, started: float) -> Made | None:
        """The answer to another form of the path, unless it is answered as the path is."""
        forms = self.dialect.path_forms
        small = raw_path == raw_path.lower()
        if small or forms.capitals == "same":
            if forms.slash == "same" or not raw_path.endswith(b"/"):
                return None
            opened = self.organisations.unattributed.open(method, target_of(raw_path, query_string), started)
            if forms.slash == "404":
                return opened, self._nowhere(method, raw_path, query_string)
            to = raw_path.removesuffix(b"/") + (b"?" + query_string if query_string else b"")
            notes = Notes(self.organisations.first.clock.now(), "redirected, as the dialect has it")
            answer = Answer(int(forms.slash), [(b"location", to)], b"", notes)
            return opened, self.more.added(answer, Asked(method, raw_path, query_string, notes.at), None)
        opened = self.organisations.unattributed.open(method, target_of(raw_path, query_string), started)
        return opened, self._nowhere(method, raw_path, query_string)

    def _nowhere(self, method: str, raw_path: bytes, query_string: bytes) -> Answer:
        refusal = wording.not_found(self.dialect, method, target_of(raw_path, query_string))
        answer = self._told(refusal, method, raw_path, query_string, None)
        answer.notes = Notes(answer.notes.at)  # the log says by itself that a path is unknown
        return answer

    def _refused_key(self, headers: Sent, query_string: bytes) -> Refusal:
        """The refusal of a key, or of the query where that is judged first."""
        if self.dialect.first_judged != "key":
            try:
                self.grammar.judge(query_string, rules=self.dialect.first_judged == "query")
            except Refusal as refusal:
                return refusal
        return wording.unauthorized(self.dialect, _fault_of_key(headers))

    def _answer(self, organisation: Organisation, query_string: bytes, method: str, raw_path: bytes) -> Answer:
        now = 0
        try:
            now = organisation.clock.now()
            answer = self._found(organisation, query_string, now)
        except Refusal as refusal:
            return self._told(refusal, method, raw_path, query_string, organisation)
        except Exception as defect:  # noqa: BLE001 - whatever it is, the client gets the vendor's failure
            print_exc()
            return defective(defect, now)
        return self.more.added(answer, Asked(method, raw_path, query_string, now), organisation)

    def _found(self, organisation: Organisation, query_string: bytes, now: int) -> Answer:
        query = self._read(organisation, query_string)
        store = organisation.store
        speaker = self.speaker
        expands = self.dialect.expand_current_stage and query.pipeline_id is not None
        speaks = speaker.changes and not expands
        found = store.find(query, now, rows_alone=speaks)
        contacts = spoken_of(store, speaker.contacts).page(found) if speaks else found.contacts
        if expands:
            contacts = speaker.contacts([with_stage(bytes(contact), organisation) for contact in contacts])
        matched = [(b"x-mock-matched", b"%d" % found.matched)] if self.mock_headers else []
        notes = Notes(now, "", query.ignored, found.steps, query)
        headers = matched + self._ignored_header(query.ignored)
        return Answer(200, headers, contacts, notes, rows=found.rows)

    def _read(self, organisation: Organisation, query_string: bytes) -> ContactsQuery:
        dialect = organisation.dialect
        known = self.known.get(query_string)
        if known is not None and known[0] is dialect:
            return known[2]
        stages = organisation.store.context.stages
        if self.dialect.asks_otherwise:
            query, stays = self.grammar.read_and_told(query_string, organisation.definitions, stages)
        else:
            query = parse(query_string, organisation.definitions, dialect)
            stays = query.custom_field is None
        if stays:
            self.known.keep(query_string, (dialect, None, query))
        return query

    def _told(
        self, refusal: Refusal, method: str, raw_path: bytes, query_string: bytes, organisation: Organisation | None
    ) -> Answer:
        """The answer that tells of *refusal*."""
        now = (organisation or self.organisations.first).clock.now()
        asked = Asked(method, raw_path, query_string, now)
        ignored = unknown(query_string) if refusal.status not in (401, 404) else ()
        notes = Notes(now, str(refusal), ignored)
        answer = Answer(refusal.status, self._ignored_header(ignored), b"", notes)
        own_type = isinstance(refusal, Worded) and refusal.content_type is not None
        if isinstance(refusal, Worded):
            answer.body = refusal.body_for(asked.words())
            answer.content_type = refusal.content_type or answer.content_type
        else:
            answer.body = refusal.body
        return self.more.added(answer, asked, organisation, own_type=own_type)


def _fault_of_key(headers: Sent) -> KeyFault:
    """What is wrong with the key in *headers*."""
    sent = [value.strip(b" \t") for name, value in headers if name == HEADER]
    if sent in ([], [b""]):
        return "no-key"
    return "wrong-key" if len(sent) == 1 else "repeated-key"


@dataclass(slots=True)
class _Window:
    """The requests of one key in the current window of ``rate-limit-numbers``."""

    ends: int = 0
    used: int = 0
    at: int = -1
    told: dict[str, bytes] = field(default_factory=dict)
    """When the window ends, as it was told at the instant ``at``."""


@dataclass(slots=True)
class Prepared:
    """The headers of one status: those that stay the same, and which of them are filled in for each answer."""

    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    templates: list[tuple[int, bytes, str, Template]] = field(default_factory=list)
    """Each with its place in ``headers``, its name, and its placeholder if it is nothing else."""
    content_type: Template | None = None
    counts: bool = False


@dataclass(slots=True)
class MoreHeaders:
    """The headers that a dialect adds to answers."""

    dialect: FullDialect
    _windows: dict[int, _Window] = field(default_factory=dict)
    _prepared: dict[int, "Prepared"] = field(default_factory=dict)

    def added(
        self, answer: Answer, asked: "Asked", organisation: Organisation | None, *, own_type: bool = False
    ) -> Answer:
        """*answer* with the headers of its status; a content type of its own stays."""
        prepared = self._prepared.get(answer.status)
        if prepared is None:
            prepared = self._prepared[answer.status] = self._of(answer.status)
        if prepared.content_type is not None and not own_type:
            answer.content_type = self._filled(prepared.content_type, {}, answer, asked)
        counted = self._counted(asked.at, organisation) if prepared.counts else {}
        if not prepared.templates:
            answer.headers += prepared.headers
            return answer
        headers = prepared.headers.copy()
        for place, name, alone, template in prepared.templates:
            headers[place] = name, counted.get(alone) or self._filled(template, counted, answer, asked)
        answer.headers += headers
        return answer

    def _filled(self, template: "Template", counted: dict[str, bytes], answer: Answer, asked: "Asked") -> bytes:
        texts, placeholders = template
        values = [counted.get(one) or self._value(one, answer, asked) for one in placeholders]
        return texts[0] + b"".join(map(add, values, texts[1:]))

    def _of(self, status: int) -> "Prepared":
        """The headers for *status*, its own before those of all answers."""
        common, own = dict[str, str](), dict[str, str]()
        for name, one in self.dialect.response_headers.items():
            if isinstance(one, str):
                common[name.lower()] = one
            elif name == str(status):
                own |= {inner.lower(): text for inner, text in one.items()}
        found = Prepared()
        for name, text in {**common, **own}.items():
            texts, placeholders = parts_of(text)
            template: Template = [one.encode() for one in texts], placeholders
            found.counts = found.counts or not _COUNTED.isdisjoint(placeholders)
            if name == "content-type":
                found.content_type = template
                continue
            if placeholders:
                alone = placeholders[0] if template[0] == [b"", b""] else ""
                found.templates.append((len(found.headers), name.encode(), alone, template))
            found.headers.append((name.encode(), template[0][0]))
        return found

    @staticmethod
    def _value(placeholder: str, answer: Answer, asked: "Asked") -> bytes:
        """What is put in for *placeholder*."""
        match placeholder:
            case "etag":
                return etag(answer.whole_body()).encode()
            case "uuid":
                return str(uuid4()).encode()
            case "milliseconds":
                return b"1"
        return asked.words().get(placeholder, "").encode("latin-1", "replace")

    def _counted(self, now: int, organisation: Organisation | None) -> dict[str, bytes]:
        """Count a request of *organisation*: how many are left to it, and when the window ends."""
        numbers = self.dialect.rate_limit_numbers
        if numbers is None:
            return {}
        window = self._windows.get(id(organisation))
        if window is None:
            window = self._windows[id(organisation)] = _Window()
        if now != window.at:
            length = numbers.seconds * instants.SECOND
            if not window.ends - length <= now < window.ends:
                window.ends, window.used = now + length, 0
            window.at = now
            window.told["reset"] = b"%d" % -(-(window.ends - now) // instants.SECOND)
            window.told["reset-at"] = b"%d" % -(-window.ends // instants.SECOND)
        window.used += 1
        window.told["remaining"] = b"%d" % max(numbers.limit - window.used, 0)
        return window.told


class Asked(NamedTuple):
    """What a template may say of a request; ``at`` is the clock's instant."""

    method: str
    raw_path: bytes
    query_string: bytes
    at: int

    def words(self) -> dict[str, str]:
        """The values of the placeholders."""
        return {
            "method": self.method,
            "path": self.raw_path.decode("latin-1"),
            "target": target_of(self.raw_path, self.query_string),
            "now": instants.write(self.at),
        }


def etag(body: bytes) -> str:
    """The weak ETag that Express makes of *body*: its length and a digest."""
    digest = b64encode(sha1(body).digest()).decode()[:27]  # noqa: S324 - what Express uses; it protects nothing
    return f'W/"{len(body):x}-{digest}"'
