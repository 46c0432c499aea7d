"""Where a break is put in: the app's own functions, wrapped or replaced for as long as a mutant lives."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest
from starlette.types import Receive, Scope, Send

from vambe_mock.contract import query as parameters
from vambe_mock.contract.query import ContactsQuery
from vambe_mock.contract.vocabulary import INSTANT_FIELDS
from vambe_mock.store import columns, filters, store
from vambe_mock.store.orders import Order
from vambe_mock.store.state import State
from vambe_mock.store.store import Found, Store

KEY = "Test-Key-1"
Contact = dict[str, Any]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Answer:
    """A whole answer, as ASGI has it."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def answered(app: Asgi, scope: Scope, receive: Receive) -> Answer:
    """What *app* answers."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    await app(scope, receive, send)
    headers = {name: value for name, value in messages[0]["headers"] if name.lower() != b"content-length"}
    return Answer(messages[0]["status"], headers, b"".join(one.get("body", b"") for one in messages[1:]))


@dataclass
class Seams:
    """The seams of the app; ``patch`` takes everything back when the mutant's life ends."""

    patch: pytest.MonkeyPatch
    layers: list[Callable[[Asgi], Asgi]] = field(default_factory=list)
    times: tuple[filters.TimeFilter, ...] = ()

    def query(self, change: Callable[[ContactsQuery], ContactsQuery]) -> None:
        """Between reading the query and answering it."""
        self.find(lambda store, query, now, find: find(store, change(query), now))

    def reader(self, name: str, read: Callable[[str, list[str]], Any]) -> None:
        """How one parameter's text is read."""
        self.patch.setitem(parameters._READERS, name, read)

    def lenient(self, name: str, otherwise: Callable[[str], Any]) -> None:
        """One parameter's text where the app would refuse it; None from *otherwise* refuses it all the same."""
        read = parameters._READERS[name]

        def lenient(parameter: str, texts: list[str]) -> Any:
            try:
                return read(parameter, texts)
            except parameters._InvalidValue:
                instead = otherwise(texts[-1])
                if instead is None:
                    raise
                return instead

        self.reader(name, lenient)

    def range(self, name: str, least: int, most: float, *, whole: bool) -> None:
        """Another range for a number."""
        self.reader(name, parameters._number(least, most, whole=whole))

    def harsh(self, name: str, takes: Callable[[str], bool]) -> None:
        """Refuse one parameter's text unless it *takes* it."""
        read = parameters._READERS[name]

        def harsh(parameter: str, texts: list[str]) -> Any:
            return read(parameter, texts if takes(texts[0]) else ["?"])

        self.reader(name, harsh)

    def time_filter(self, parameter: str, **changes: Any) -> None:
        """One line of the table of time filters."""
        now = self.times or filters.TIME_FILTERS
        table = self.times = tuple(one._replace(**changes) if one.parameter == parameter else one for one in now)
        self.patch.setattr(store, "TIME_FILTERS", table)
        self.patch.setattr(store, "FILTER_BY_FIELD", {one.field: one for one in table})

    def row_filter(self, parameter: str, matches: Callable[..., Any]) -> None:
        """One line of the table of the other filters; *matches* gets the original as its last argument."""

        def wrapped(one: filters.RowFilter) -> filters.RowFilter:
            return one._replace(matches=lambda *arguments: matches(*arguments, one.matches), wants=None)

        table = tuple(wrapped(one) if one.parameter == parameter else one for one in filters.ROW_FILTERS)
        self.patch.setattr(store, "ROW_FILTERS", table)

    def find(self, change: Callable[[Store, ContactsQuery, int, Callable[..., Found]], Found]) -> None:
        """The search as a whole; *change* gets the original as its last argument."""
        find = Store.find
        self.patch.setattr(Store, "find", lambda self, query, now: change(self, query, now, find))

    def overlook(self, name: str, fits: str) -> None:
        """One parameter is as good as not sent where its text fits the pattern *fits*."""
        pattern = re.compile(rb"(?:^|&)%s=(?:%s)(?=&|$)" % (name.encode(), fits.encode()))
        self.raw(lambda raw: pattern.sub(b"", raw))

    def found(self, change: Callable[[list[bytes], ContactsQuery], list[bytes]]) -> None:
        """The contacts that were found."""

        def changed(kept: Store, query: ContactsQuery, now: int, find: Callable[..., Found]) -> Found:
            found: Found = find(kept, query, now)
            return found._replace(contacts=change([*found.contacts], query))

        self.find(changed)

    def contact(self, change: Callable[[Contact], Any]) -> None:
        """Each contact on its way out."""

        def changed(found: list[bytes], _: ContactsQuery) -> list[bytes]:
            return [json.dumps(change(json.loads(one))).encode() for one in found]

        self.found(changed)

    def layer(self, wrap: Callable[[Asgi], Asgi]) -> None:
        """Around everything: what comes in and what goes out, as ASGI has it."""
        self.layers.append(wrap)

    def scope(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Each request before the app sees it; ``headers`` of a scope is a list of pairs."""

        def wrap(inner: Asgi) -> Asgi:
            async def outer(scope: Scope, receive: Receive, send: Send) -> None:
                await inner(change(dict(scope)), receive, send)

            return outer

        self.layer(wrap)

    def raw(self, change: Callable[[bytes], bytes]) -> None:
        """The query string before it is read."""
        self.scope(lambda scope: {**scope, "query_string": change(scope["query_string"])})

    def answer(self, change: Callable[[Answer], Answer]) -> None:
        """Each answer, a refusal or a list, before it is sent."""

        def wrap(inner: Asgi) -> Asgi:
            async def outer(scope: Scope, receive: Receive, send: Send) -> None:
                changed = change(await answered(inner, scope, receive))
                headers = {b"content-length": b"%d" % len(changed.body), **changed.headers}
                await send({"type": "http.response.start", "status": changed.status, "headers": list(headers.items())})
                await send({"type": "http.response.body", "body": changed.body})

            return outer

        self.layer(wrap)

    def refusal(self, change: Callable[[Contact], Any]) -> None:
        """The JSON of every refusal."""

        def changed(answer: Answer) -> Answer:
            if answer.status == 200:
                return answer
            return replace(answer, body=json.dumps(change(json.loads(answer.body))).encode())

        self.answer(changed)

    def headers(self, change: Callable[[dict[bytes, bytes]], dict[bytes, bytes]]) -> None:
        """The headers of every answer."""
        self.answer(lambda answer: replace(answer, headers=change(answer.headers)))

    def status(self, statuses: dict[int, int]) -> None:
        """Other statuses for some."""
        self.answer(lambda answer: replace(answer, status=statuses.get(answer.status, answer.status)))

    def ties(self, key: Callable[[columns.Columns], Any]) -> None:
        """Which contact goes first among equal instants: *key* sorts the rows before the stable sort."""

        def sorted_otherwise(found: columns.Columns) -> State:
            rows = key(found).astype(np.int32)
            return State(found, {one: Order.by(one, found, rows) for one in INSTANT_FIELDS}, len(found))

        self.patch.setattr(State, "of", sorted_otherwise)
