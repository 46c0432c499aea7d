"""Correct versions that only look different. None of them may raise anything."""

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np
from starlette.types import Receive, Scope, Send

from mutants.breaks import Mutant
from mutants.seams import Asgi, Contact, Seams, answered
from vambe_mock.contract import instants
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.server.endpoint import answers
from vambe_mock.store.store import Found, Store

ACCENTS: Final[list[Mutant]] = []


def accent(what: str) -> Callable[[Callable[[Seams], None]], Callable[[Seams], None]]:
    """Register a correct version under its function's name."""

    def register(apply: Callable[[Seams], None]) -> Callable[[Seams], None]:
        ACCENTS.append(Mutant(apply.__name__.replace("_", "-"), "correct", what, apply))
        return apply

    return register


@accent("the mock as it is")
def plain(_seams: Seams) -> None:
    """Nothing is changed."""


@accent("contacts and tickets have a field that no document names")
def extra_fields(seams: Seams) -> None:
    def more(contact: Contact) -> Contact:
        ticket = contact["active_ticket_v2"]
        return {**contact, "tags": ["a"], "active_ticket_v2": ticket and {**ticket, "current_stage": {"id": "x"}}}

    seams.contact(more)


@accent("refusals have other texts and other keys beside")
def other_texts(seams: Seams) -> None:
    seams.refusal(lambda body: {"message": "Nein.", "timestamp": 1, "statusCode": body["statusCode"]})


@accent("refusals give several messages")
def several_messages(seams: Seams) -> None:
    seams.refusal(lambda body: {**body, "message": ["days must be a number", "days must not be less than 1"]})


@accent("contacts with equal instants stand by descending id")
def ties_descending(seams: Seams) -> None:
    seams.ties(
        lambda found: found.ids[np.arange(len(found), dtype=np.int32)].argsort(kind="stable")[::-1].astype("int32")
    )


@accent("contacts with equal instants stand as they were made")
def ties_by_creation(seams: Seams) -> None:
    seams.ties(lambda found: found.created_at.argsort(kind="stable").astype("int32"))


@accent("fields stand in another order")
def fields_turned(seams: Seams) -> None:
    seams.contact(lambda contact: dict(reversed(contact.items())))


@accent("the media type has no charset")
def no_charset(seams: Seams) -> None:
    seams.headers(lambda headers: {**headers, b"content-type": b"application/json"})


@accent("headers have other letters, another order, and company")
def other_headers(seams: Seams) -> None:
    seams.headers(
        lambda headers: {
            b"X-RateLimit-Remaining": b"99",
            **{name.title(): value for name, value in reversed(headers.items())},
            b"Vary": b"Origin",
        }
    )


@accent("answers are compressed where Accept-Encoding allows it")
def compressed(seams: Seams) -> None:
    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await answered(inner, scope, receive)
            headers, body = {**answer.headers, b"vary": b"Accept-Encoding"}, answer.body
            if b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b"gzip"):
                headers, body = {**headers, b"content-encoding": b"gzip"}, gzip.compress(body)
            headers[b"content-length"] = b"%d" % len(body)
            await send({"type": "http.response.start", "status": answer.status, "headers": list(headers.items())})
            await send({"type": "http.response.body", "body": body})

        return outer

    seams.layer(wrap)


@accent("lists go out contact by contact")
def in_pieces(seams: Seams) -> None:
    seams.patch.setattr(answers, "PIECE", 1)


@accent("the path in capitals is another path")
def capitals_matter(seams: Seams) -> None:
    def elsewhere(scope: dict[str, Any]) -> dict[str, Any]:
        other = {"path": "/nowhere", "raw_path": b"/nowhere"} if scope["path"] != scope["path"].lower() else {}
        return {**scope, **other}

    seams.scope(elsewhere)


@accent("a slash after the path is redirected to the path without it")
def slash_redirected(seams: Seams) -> None:
    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            if not scope["path"].endswith("/"):
                await inner(scope, receive, send)
                return
            place = (b"location", scope["path"].rstrip("/").encode())
            await send({"type": "http.response.start", "status": 307, "headers": [place]})
            await send({"type": "http.response.body", "body": b""})

        return outer

    seams.layer(wrap)


@accent("connections are closed after each answer")
def no_keep_alive(seams: Seams) -> None:
    seams.headers(lambda headers: {**headers, b"connection": b"close"})


@accent("the target is slow")
def slow(seams: Seams) -> None:
    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            time.sleep(0.005)  # noqa: ASYNC251 - nobody else waits
            await inner(scope, receive, send)

        return outer

    seams.layer(wrap)


@accent("every second request is one too many (429)")
def too_many_requests(seams: Seams) -> None:
    count = 0

    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal count
            count += 1
            if count % 2:
                await inner(scope, receive, send)
                return
            headers = [(b"retry-after", b"0"), (b"content-type", b"text/plain")]
            await send({"type": "http.response.start", "status": 429, "headers": headers})
            await send({"type": "http.response.body", "body": b"slow down"})

        return outer

    seams.layer(wrap)


@accent("now and then an answer is 503, and not the next time")
def hiccups(seams: Seams) -> None:
    count = 0

    def wrap(inner: Asgi) -> Asgi:
        async def outer(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal count
            count += 1
            if count % 7:
                await inner(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        return outer

    seams.layer(wrap)


@accent("contacts change while they are read")
def moving_data(seams: Seams) -> None:
    """Before every eleventh answer, one contact gets a message, and its updated_at with it."""
    count = 0

    def moved(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        nonlocal count
        count += 1
        if count % 11 == 0 and len(self):
            _message(self, (count * 7) % len(self), now)
        found: Found = find(self, query, now)
        return found

    seams.find(moved)


def _message(kept: Store, row: int, now: int) -> None:
    """Contact number *row* gets a message at the instant *now*."""
    contact: dict[str, Any] = json.loads(kept.columns.wire[row])
    contact["updated_at"] = contact["last_message_at"] = instants.write(now)
    wire = kept.columns.wire.copy(0)
    wire[row] = json.dumps(contact, separators=(",", ":"), ensure_ascii=False).encode()
    updated, sent = kept.columns.updated_at.copy(), kept.columns.last_message_at.copy()
    updated[row] = sent[row] = now
    changed = replace(kept.columns, wire=wire, updated_at=updated, last_message_at=sent)
    Store.__init__(kept, changed, kept.context)


@accent("an unusual custom field value is refused as incompatible")
def unreadable_value_refused(seams: Seams) -> None:
    seams.raw(lambda raw: b"days=0" if b"no-such-value" in raw else raw)


@accent("a refusal tells the first fault only")
def one_fault_at_a_time(seams: Seams) -> None:
    seams.refusal(lambda body: {**body, "errors": body["errors"][:1]} if "errors" in body else body)


@accent("a refusal has its faults as FastAPI writes them")
def faults_in_detail(seams: Seams) -> None:
    def detailed(body: Contact) -> Contact:
        faults = [{"loc": ["query", *one["path"]], "msg": "no", "type": "value"} for one in body.get("errors", [])]
        return {"statusCode": body["statusCode"], "message": "no", "detail": faults}

    seams.refusal(detailed)


@accent("a refusal has its faults by parameter, as Laravel and Rails do")
def faults_by_parameter(seams: Seams) -> None:
    def keyed(body: Contact) -> Contact:
        faults = {one["path"][0]: ["is wrong"] for one in body.get("errors", [])}
        return {"statusCode": body["statusCode"], "message": "no", "errors": faults}

    seams.refusal(keyed)


@accent("a refusal has a sentence for each fault, as class-validator does")
def faults_in_sentences(seams: Seams) -> None:
    def said(body: Contact) -> Contact:
        faults = [f"{one['path'][0]} is not what it must be" for one in body.get("errors", [])]
        return {"statusCode": body["statusCode"], "message": faults or [body["message"]], "error": "Bad Request"}

    seams.refusal(said)


@accent("a refusal names all parameters that there are")
def refusal_explains_all(seams: Seams) -> None:
    names = ["days", "created_after", "updated_after", "limit", "offset", "stage_id", "pipeline_id", "entity_type"]
    seams.refusal(lambda body: {"statusCode": body["statusCode"], "message": "no", "allowed": names})


@accent("ids are in capitals, everywhere")
def ids_in_capitals(seams: Seams) -> None:
    ids = ("id", "client_id", "ai_customer_id", "default_stage_id", "current_stage_id")

    def raised(thing: Contact) -> Contact:
        return {name: value and value.upper() if name in ids else value for name, value in thing.items()}

    def whole(contact: Contact) -> Contact:
        ticket = contact["active_ticket_v2"]
        return raised({**contact, "active_ticket_v2": ticket and raised(ticket)})

    seams.contact(whole)


@accent("chat_status has words that nobody documented")
def new_statuses(seams: Seams) -> None:
    seams.contact(lambda one: {**one, "chat_status": "on_hold" if one["id"] < "5" else one["chat_status"]})


@accent("JSON is written with blanks, line ends and escapes")
def pretty(seams: Seams) -> None:
    seams.answer(lambda answer: replace(answer, body=json.dumps(json.loads(answer.body), indent=2).encode()))


@accent("contacts are deleted while they are read")
def vanishing(seams: Seams) -> None:
    """Every fortieth list has lost one contact more, for ever."""
    count = 0
    gone: set[bytes] = set()

    def lessened(self: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
        nonlocal count
        count += 1
        if count % 40 == 0:
            gone.add(self.columns.wire[count // 40 % len(self)])
        whole: Found = find(self, query._replace(limit=None, offset=0), now)
        rows = [one for one in whole.contacts if one not in gone]
        return whole._replace(contacts=rows[query.offset : None if query.limit is None else query.offset + query.limit])

    seams.find(lessened)
