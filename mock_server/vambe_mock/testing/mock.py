"""``Mock``: a running mock as a test sees it, driven through the admin API."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, Unpack
from urllib.parse import quote

from vambe_mock.contract.plural import plural
from vambe_mock.testing.amounts import amount
from vambe_mock.testing.client import AdminClient
from vambe_mock.testing.faults import Faults
from vambe_mock.testing.stubs import Stubs
from vambe_mock.testing.triggers import Trigger

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from os import PathLike
    from uuid import UUID

    from vambe_mock.testing.stubs import StubFields

Json = Any
Contact = dict[str, Any]

MOST_SHOWN: Final = 20
"""How many requests a failed assertion shows, the last ones."""
MOST_STRANGERS: Final = 5
"""How many requests of nobody's it shows besides."""


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """A request to the endpoint: ``target`` as sent, ``query`` as read (None: refused), and its outcome.

    ``hint`` is what the log says of a 400 or 404 that is nearly right.
    """

    at: str
    method: str
    target: str
    status: int
    query: dict[str, Any] | None
    ignored: list[str]
    steps: list[dict[str, Any]]
    returned: int
    faults: list[int]
    message: str
    milliseconds: float
    hint: str = ""

    def __repr__(self) -> str:
        """As the server's log has it; the fields are in ``dataclasses.asdict``."""
        return f"<Request {self}>"

    def __str__(self) -> str:
        """One line, as in the server's log."""
        hint = f"  hint: {self.hint}" if self.hint else ""
        return f"{self.status} {self.method} {self.target}" + (f"  {self.message}" if self.message else "") + hint


class Contacts:
    """The contacts of the mock."""

    def __init__(self, admin: AdminClient) -> None:
        """Change them through *admin*."""
        self._admin = admin

    def __repr__(self) -> str:
        """Whose they are."""
        return f"<Contacts through {self._admin!r}>"

    def __len__(self) -> int:
        """How many there are."""
        total: int = self._admin("GET", "/contacts", limit=1)["total"]
        return total

    def add(self, **fields: Any) -> Contact:
        """Add a contact and return it; fields left out get defaults, and instants default to now."""
        return self._one("POST", "/contacts", fields)

    def add_many(self, drafts: Sequence[Mapping[str, Any]]) -> list[Contact]:
        """Add a contact for each of *drafts*: all, or none if one is refused."""
        bodies = _dicts(drafts, "list of drafts", '[{"name": "Ana"}]')
        made: list[Contact] = self._admin("POST", "/contacts", bodies)
        return made

    def get(self, contact_id: str | UUID) -> Contact:
        """One contact, custom-field values included."""
        return self._one("GET", f"/contacts/{quote(str(contact_id))}")

    def list(self, limit: int = 100, offset: int = 0) -> list[Contact]:
        """Contacts ordered by ``created_at``."""
        listed: list[Contact] = self._admin("GET", "/contacts", limit=limit, offset=offset)["contacts"]
        return listed

    def change(self, contact_id: str | UUID, **fields: Any) -> Contact:
        """Change the given fields; ``updated_at`` becomes now unless given."""
        return self._one("PATCH", f"/contacts/{quote(str(contact_id))}", fields)

    def delete(self, contact_id: str | UUID) -> None:
        """Delete a contact."""
        self._admin("DELETE", f"/contacts/{quote(str(contact_id))}")

    def clear(self) -> None:
        """Delete all contacts."""
        self._admin("DELETE", "/contacts", all="true")

    def message(
        self, contact_id: str | UUID, direction: Literal["inbound", "outbound"] = "inbound", **fields: Any
    ) -> Contact:
        """Record a message from the contact (inbound) or to it (outbound), now or ``at`` an instant."""
        return self._one("POST", f"/contacts/{quote(str(contact_id))}/messages", {"direction": direction, **fields})

    def open_ticket(self, contact_id: str | UUID, stage_id: str | UUID | None = None) -> Contact:
        """Open a ticket for the contact."""
        return self._one("POST", f"/contacts/{quote(str(contact_id))}/ticket", {"stage_id": stage_id})

    def move_ticket(self, contact_id: str | UUID, stage_id: str | UUID | None) -> Contact:
        """Move the contact's ticket to another stage."""
        return self._one("PATCH", f"/contacts/{quote(str(contact_id))}/ticket", {"stage_id": stage_id})

    def close_ticket(self, contact_id: str | UUID) -> Contact:
        """Close the contact's ticket."""
        return self._one("DELETE", f"/contacts/{quote(str(contact_id))}/ticket")

    def _one(self, method: str, path: str, body: Json = None) -> Contact:
        contact: Contact = self._admin(method, path, body)
        return contact


class Clock:
    """The clock of the mock. An instant is an aware datetime or a text like ``2026-01-31T09:30:00Z``.

    Every method returns the time that the clock then shows, as such a text. A naive datetime is a ValueError.
    """

    def __init__(self, admin: AdminClient) -> None:
        """Move it through *admin*."""
        self._admin = admin

    def __repr__(self) -> str:
        """Whose it is."""
        return f"<Clock through {self._admin!r}>"

    @property
    def now(self) -> str:
        """The time that it shows."""
        now: str = self._admin("GET", "/clock")["now"]
        return now

    def freeze(self, at: str | datetime | None = None) -> str:
        """Freeze it, now or at the given instant."""
        return self._move("freeze", {"at": at})

    def set(self, at: str | datetime) -> str:
        """Set it to *at*; it goes on running or stays frozen."""
        return self._move("set", {"at": at})

    def advance(  # noqa: PLR0913 - one argument a unit
        self,
        by: timedelta | None = None,
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
    ) -> str:
        """Advance it by a timedelta, or by the sum of the given units; negative goes back."""
        units = amount(by, days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds)
        return self._move("advance", units)

    def run(self) -> str:
        """Resume it from the time that it shows."""
        return self._move("run", None)

    def _move(self, how: str, body: Json) -> str:
        now: str = self._admin("POST", f"/clock/{how}", body)["now"]
        return now


class Mock:
    """A running mock as a test sees it: its URL, the key to send, and the means to control it.

    ``admin(method, path, body)`` calls any other route of the admin API.
    """

    def __init__(
        self, url: str, api_key: str, token: str | None = None, *, ca_file: str | PathLike[str] | None = None
    ) -> None:
        """Control the organisation of *api_key* on the server at *url*, which may run elsewhere.

        *token* is the server's admin token, if it has one. Over HTTPS, *ca_file* has the authority to trust.
        """
        self.name = "default"
        self.url = url
        self.api_key = api_key
        self.admin_token = token
        self.ca_file = ca_file
        self.admin = AdminClient(url, api_key, token, ca_file=ca_file)
        self.contacts = Contacts(self.admin)
        self.clock = Clock(self.admin)
        self.faults = Faults(self.admin)
        self.stubs = Stubs(self.admin)

    def __repr__(self) -> str:
        """Which server and organisation it is, without the key."""
        return f"<{type(self).__name__} at {self.url}, organisation {self.name!r}>"

    @property
    def headers(self) -> dict[str, str]:
        """The headers that a client must send."""
        return {"x-api-key": self.api_key}

    @property
    def requests(self) -> list[Request]:
        """The requests to the contacts endpoint with this key, oldest first; ``requests_to`` has those to others."""
        return self._requests()[0]

    def requests_to(self, path: str) -> list[Request]:
        """The requests with this key to *path*, a pattern such as ``*/pipeline`` (``*``: any path), oldest first."""
        return self._requests(path=path)[0]

    def fail_next(
        self, status: int = 500, *, times: int = 1, message: str | None = None, path: str | None = None
    ) -> int:
        """Answer the next request, or the next *times* requests, with *status*. Returns the fault's id.

        Requests to the contacts endpoint are meant, or to *path*, a pattern.
        """
        return self.faults.add("status", status=status, message=message, match={"first": times, "path": path})

    def stub(self, path: str, body: Any = ..., **more: Unpack[StubFields]) -> int:
        """Answer requests to *path*, below ``/api/``, with *body*: a text or JSON. Returns the stub's id.

        ``stub("/api/public/ticket/{id}", {"id": "7"}, method="POST", status=201)``; docs/stubs.md has the rest.
        """
        return self.stubs.add(path, body, **more)

    def after_request(
        self, nth: int = 1, *, query: Mapping[str, str | None] | None = None, path: str | None = None
    ) -> Trigger:
        """Changes to make when the *nth* matching request from now on was answered, before anything else is answered.

        ``after_request(2).change(place=10, name="Ana")`` changes the tenth contact of the second answer. Requests to
        the contacts endpoint count, or those to *path*, a pattern.
        """
        return Trigger(self.admin, {"nth": nth, "match": {"query": dict(query or {}), "path": path}, "when": "after"})

    def before_request(
        self, nth: int = 1, *, query: Mapping[str, str | None] | None = None, path: str | None = None
    ) -> Trigger:
        """Changes to make just before the *nth* matching request from now on is read."""
        return Trigger(self.admin, {"nth": nth, "match": {"query": dict(query or {}), "path": path}, "when": "before"})

    @property
    def delivered(self) -> dict[str, Any]:
        """Contacts ``lost`` or ``stale``: not in any whole answer as they are now. The first use switches it on."""
        told: dict[str, Any] = self.admin("GET", "/delivered")
        return told

    def compare(self, copy: Sequence[Mapping[str, Any]], *, scope: str | None = None) -> dict[str, Any]:
        """Compare a client's copy with the data: ``lost``, ``stale``, ``doubled`` and ``ghosts`` are lists of ids."""
        body = {"contacts": _dicts(copy, "copy", '[{"id": "..."}]'), **({"scope": scope} if scope else {})}
        told: dict[str, Any] = self.admin("POST", "/compare", body)
        return told

    def assert_requested(self, times: int | None = None, *, path: str | None = None, **query: Any) -> list[Request]:
        """Assert that *times* requests (None: at least one) had these parameters, with the values as sent.

        A value of None matches any. Requests to the contacts endpoint are meant, or to *path*, a pattern such as
        ``*/pipeline``. Returns the requests. The AssertionError lists what came instead.
        """
        __tracebackhide__ = True
        _check_count("times", times)
        found, forgotten = self._requests(query, path)
        if (times is None and found) or (len(found) == times and not forgotten):
            return found
        wanted = "at least once" if times is None else f"exactly {_times(times)}"
        raise self._disappointment(wanted, _shown(query, path), len(found), missing=times is None or len(found) < times)

    def assert_not_requested(self, *, path: str | None = None, **query: Any) -> None:
        """Assert that no request had these parameters."""
        __tracebackhide__ = True
        self.assert_requested(0, path=path, **query)

    def wait_for_requests(
        self, count: int = 1, *, timeout: float | timedelta = 5.0, path: str | None = None, **query: Any
    ) -> list[Request]:
        """Wait until *count* requests had these parameters; AssertionError after *timeout* (seconds or a timedelta)."""
        __tracebackhide__ = True
        _check_count("count", count)
        parameters = _parameters(query)
        timeout = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        self.admin("GET", "/requests/count", parameter=parameters, path=path, at_least=count, timeout=timeout)
        found, _ = self._requests(query, path)
        if len(found) < count:
            wanted = f"at least {_times(count)} within {plural(timeout, 'second')}"
            raise self._disappointment(wanted, _shown(query, path), len(found), missing=True)
        return found

    def organisation(self, *, snapshot: str | None = None) -> Mock:
        """A new organisation on the same server, with this one's initial data or its *snapshot* of that name.

        ``forget`` it when done.
        """
        made = self.admin("POST", "/organisations", {} if snapshot is None else {"snapshot": snapshot})
        mock = Mock(self.url, made["key"], self.admin_token, ca_file=self.ca_file)
        mock.name = made["name"]
        return mock

    def forget(self, mock: Mock) -> None:
        """Remove an organisation that ``organisation`` created."""
        self.admin("DELETE", f"/organisations/{mock.name}")
        mock.close()

    @contextmanager
    def own_organisation(self) -> Iterator[Mock]:
        """``organisation`` for the length of a block: ``with Mock(url, key).own_organisation() as mine``."""
        mock = self.organisation()
        try:
            yield mock
        finally:
            self.forget(mock)

    def close(self) -> None:
        """Close the connections to the server."""
        self.admin.close()

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self.admin("DELETE", "/requests")

    def reset(self) -> None:
        """Restore the initial data, clock and stubs, and clear faults and requests."""
        self.admin("POST", "/reset")

    def load(self, document: Mapping[str, Any], *, keep_timestamps: bool = False) -> None:
        """Replace all data with a document (docs/data-sets.md), its timestamps moved to now unless kept."""
        if not isinstance(document, Mapping):
            raise TypeError(f"{document!r:.60} is no document; wanted a dict, for example mock.export()")
        self.admin("PUT", "/dataset", dict(document), keep_timestamps=json.dumps(keep_timestamps))

    def export(self) -> dict[str, Any]:
        """All data as a document."""
        document: dict[str, Any] = self.admin("GET", "/dataset")
        return document

    def explain(self, contact_id: str | UUID, query: str) -> dict[str, Any]:
        """Explain why the answer to the query string *query* does or does not list the contact."""
        told: dict[str, Any] = self.admin("GET", "/explain", contact=contact_id, query=query)
        return told

    def _requests(self, query: Mapping[str, Any] | None = None, path: str | None = None) -> tuple[list[Request], int]:
        """The requests with those parameters, and how many requests of any kind were forgotten."""
        listed = self.admin("GET", "/requests", limit=1_000_000, parameter=_parameters(query or {}), path=path)
        return [Request(**one) for one in reversed(listed["requests"])], listed["forgotten"]

    def _disappointment(self, wanted: str, having: str, came: int, *, missing: bool) -> AssertionError:
        """The error for requests that did not come as *wanted*; some may be *missing* because of their key or path."""
        requests, forgotten = self._requests(path="*")
        lines = [f"wanted a request {wanted} {having}; it came {_times(came)}. What came:"]
        if forgotten:
            lines.append(f"  ({forgotten} more, forgotten; clear_requests() in between, or keep more: record=10_000)")
        if len(requests) > MOST_SHOWN:
            lines.append(f"  ({len(requests) - MOST_SHOWN} more)")
        lines += [f"  {one}" for one in requests[-MOST_SHOWN:]]
        if len(lines) == 1:
            lines.append("  (nothing was asked with the mock's api_key)")
        return AssertionError("\n".join([*lines, *(self._strangers() if missing else [])]))

    def _strangers(self) -> list[str]:
        """The last requests without a known key, or to another path, which may well be those that are missed."""
        listed = self.admin("GET", "/requests/strangers", limit=MOST_STRANGERS)
        if not listed["count"]:
            return []
        came = [f"  {Request(**one)}" for one in reversed(listed["requests"])]
        more = listed["count"] - len(came)
        heading = "Without a known key, or to another path (by any test on this server):"
        return [heading, *([f"  ({more} more)"] if more else []), *came]


def _dicts(given: object, what: str, example: str) -> list[dict[str, Any]]:
    """*given* as a list of dicts. Raises TypeError."""
    several = isinstance(given, Iterable) and not isinstance(given, Mapping | str)
    listed: list[Any] = list(given) if several else [None]  # type: ignore[call-overload]
    if not all(isinstance(one, Mapping) for one in listed):
        raise TypeError(f"{given!r:.60} is no {what}; wanted a list of dicts, such as {example}")
    return [dict(one) for one in listed]


def _check_count(name: str, count: object) -> None:
    """Raise TypeError or ValueError unless *count* is None or a number of requests."""
    wanted = f"{name}={count!r}; wanted a whole number, 0 or more, for example {name}=2"
    if count is not None and (isinstance(count, bool) or not isinstance(count, int)):
        raise TypeError(wanted)
    if count is not None and count < 0:
        raise ValueError(wanted)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _parameters(query: Mapping[str, Any]) -> list[str]:
    for name, value in query.items():
        if isinstance(value, date | timedelta):
            raise TypeError(f'{name}={value!r}; wanted the text that the client sends, like "2026-01-31T09:30:00Z"')
    return [name if value is None else f"{name}={value}" for name, value in query.items()]


def _shown(query: Mapping[str, Any], path: str | None) -> str:
    parameters = " and ".join(_parameters(query)) or "any parameters"
    return f"with {parameters}" + (f" to {path}" if path is not None else "")
