"""``VambeMock``: a server for tests in Python, on a port of its own, driven from the test.

    with VambeMock() as mock:
        mock.contacts.add(name="Ana")
        my_client = Client(mock.url, mock.api_key)

It runs in a thread of the test's process and is driven through the admin API, as every other client drives it. The
pytest fixture ``vambe_mock`` (``vambe_mock.testing.plugin``) is one of these, new for each test.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final, Literal, Self
from urllib.parse import quote, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    import uvicorn

    from vambe_mock.server.settings import Settings

Json = Any
Contact = dict[str, Any]

MOST_SHOWN: Final = 20
"""How many requests a failed assertion shows, the last ones."""

PATIENCE: Final = 30.0
"""Seconds that a server may take to start, or to answer the test."""


class MockError(Exception):
    """The mock refused what the test asked of it; ``status`` is its answer's, the message says why."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the *status* beside the message."""
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """A request that the endpoint got: what was asked, how it was read (None: refused), how it ended."""

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

    def __str__(self) -> str:
        """One line, as the server's log has it."""
        return f"{self.status} {self.method} {self.target}" + (f"  {self.message}" if self.message else "")


class Control:
    """The admin API of a server for one key; every problem that it answers with is a ``MockError``."""

    def __init__(self, url: str, key: str | None, token: str | None = None) -> None:
        """Drive the server at *url* for the organisation of *key*."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._headers = {"Content-Type": "application/json", **({"X-Api-Key": key} if key else {})}
        self._headers |= {"X-Admin-Token": token} if token else {}
        self._own = threading.local()

    def __call__(self, method: str, path: str, body: Json = None, **query: Any) -> Json:
        """The JSON that the admin API answers with. Raises MockError for a refusal."""
        asked = urlencode({name: one for name, one in query.items() if one is not None}, doseq=True)
        target = f"/__admin{path}" + (f"?{asked}" if asked else "")
        status, raw = self._ask(method, target, b"" if body is None else json.dumps(body).encode())
        answer = json.loads(raw)
        if status >= 400:
            raise MockError(status, str(answer.get("detail", answer) if isinstance(answer, dict) else answer))
        return answer

    def _ask(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """One request; once more where the kept connection had ended in between."""
        for fresh in (False, True):
            connection = self._connection(fresh=fresh)
            try:
                connection.request(method, target, body or None, self._headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (HTTPException, ConnectionError):
                connection.close()
                if fresh:
                    raise
        raise AssertionError("unreachable")  # pragma: no cover

    def _connection(self, *, fresh: bool) -> HTTPConnection:
        """This thread's connection."""
        kept: HTTPConnection | None = getattr(self._own, "connection", None)
        if kept is None or fresh:
            kept = self._own.connection = HTTPConnection(self._host, self._port, timeout=330)
        return kept

    def close(self) -> None:
        """Close this thread's connection."""
        kept: HTTPConnection | None = getattr(self._own, "connection", None)
        if kept is not None:
            kept.close()


class Contacts:
    """The contacts of the mock."""

    def __init__(self, control: Control) -> None:
        """Change them through *control*."""
        self._control = control

    def __len__(self) -> int:
        """How many there are."""
        total: int = self._control("GET", "/contacts", limit=1)["total"]
        return total

    def add(self, **fields: Any) -> Contact:
        """Add a contact; what is left out has a default, and its instants are now. As it is then."""
        return self._one("POST", "/contacts", fields)

    def add_many(self, drafts: Sequence[Mapping[str, Any]]) -> list[Contact]:
        """Add a contact for each of *drafts*, all of them or none."""
        made: list[Contact] = self._control("POST", "/contacts", [dict(one) for one in drafts])
        return made

    def get(self, contact_id: str) -> Contact:
        """One contact, custom-field values included."""
        return self._one("GET", f"/contacts/{quote(contact_id)}")

    def list(self, limit: int = 100, offset: int = 0) -> list[Contact]:
        """Contacts in the order of ``created_at``."""
        listed: list[Contact] = self._control("GET", "/contacts", limit=limit, offset=offset)["contacts"]
        return listed

    def change(self, contact_id: str, **fields: Any) -> Contact:
        """Change some fields; ``updated_at`` becomes now unless it is among them."""
        return self._one("PATCH", f"/contacts/{quote(contact_id)}", fields)

    def delete(self, contact_id: str) -> None:
        """Delete a contact."""
        self._control("DELETE", f"/contacts/{quote(contact_id)}")

    def clear(self) -> None:
        """Delete all contacts."""
        self._control("DELETE", "/contacts", all="true")

    def message(self, contact_id: str, direction: Literal["inbound", "outbound"] = "inbound", **fields: Any) -> Contact:
        """A message from the contact, or to it; ``at`` says when."""
        return self._one("POST", f"/contacts/{quote(contact_id)}/messages", {"direction": direction, **fields})

    def open_ticket(self, contact_id: str, stage_id: str | None = None) -> Contact:
        """Open the contact's ticket."""
        return self._one("POST", f"/contacts/{quote(contact_id)}/ticket", {"stage_id": stage_id})

    def move_ticket(self, contact_id: str, stage_id: str | None) -> Contact:
        """Move the contact's ticket to another stage."""
        return self._one("PATCH", f"/contacts/{quote(contact_id)}/ticket", {"stage_id": stage_id})

    def close_ticket(self, contact_id: str) -> Contact:
        """Close the contact's ticket."""
        return self._one("DELETE", f"/contacts/{quote(contact_id)}/ticket")

    def _one(self, method: str, path: str, body: Json = None) -> Contact:
        contact: Contact = self._control(method, path, body)
        return contact


class ClockControl:
    """The clock of the mock. Instants are texts like ``2026-01-31T09:30:00Z``."""

    def __init__(self, control: Control) -> None:
        """Move it through *control*."""
        self._control = control

    @property
    def now(self) -> str:
        """What it shows."""
        now: str = self._control("GET", "/clock")["now"]
        return now

    def freeze(self, at: str | None = None) -> str:
        """Let it stand, here or at an instant; what it shows."""
        return self._move("freeze", {"at": at})

    def set(self, at: str) -> str:
        """Make *at* now; what it shows."""
        return self._move("set", {"at": at})

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0, milliseconds: float = 0
    ) -> str:
        """Move it; what it shows."""
        by = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds, "milliseconds": milliseconds}
        return self._move("advance", by)

    def run(self) -> str:
        """Let it run again; what it shows."""
        return self._move("run", None)

    def _move(self, how: str, body: Json) -> str:
        now: str = self._control("POST", f"/clock/{how}", body)["now"]
        return now


class Faults:
    """What goes wrong on purpose."""

    def __init__(self, control: Control) -> None:
        """Make faults through *control*."""
        self._control = control

    def add(
        self, kind: str, *, match: Mapping[str, Any] | None = None, expires_in: float | None = None, **effect: Any
    ) -> int:
        """A fault like ``add("delay", seconds=0.5)``; docs/control.md has all kinds. Its number."""
        rule = {"match": dict(match or {}), "effect": {"kind": kind, **effect}, "expires_in": expires_in}
        number: int = self._control("POST", "/faults", rule)["id"]
        return number

    def list(self) -> list[dict[str, Any]]:
        """All of them, with how often each was met."""
        listed: list[dict[str, Any]] = self._control("GET", "/faults")
        return listed

    def remove(self, number: int) -> None:
        """Remove one."""
        self._control("DELETE", f"/faults/{number}")

    def clear(self) -> None:
        """Remove all."""
        self._control("DELETE", "/faults")


class Mock:
    """A running mock as a test sees it: where it is, whose key to send, and everything that drives it."""

    def __init__(self, url: str, api_key: str, token: str | None = None) -> None:
        """The server at *url*, and in it the organisation of *api_key*."""
        self.name = "default"
        self.url = url
        self.api_key = api_key
        self.admin_token = token
        self.control = Control(url, api_key, token)
        self.contacts = Contacts(self.control)
        self.clock = ClockControl(self.control)
        self.faults = Faults(self.control)

    @property
    def headers(self) -> dict[str, str]:
        """What a client must send: the key."""
        return {"x-api-key": self.api_key}

    @property
    def requests(self) -> list[Request]:
        """The requests to the endpoint with this key, in the order in which they came."""
        return self._requests()[0]

    def fail_next(self, status: int = 500, *, times: int = 1, message: str | None = None) -> int:
        """Answer the next request, or so many, with *status*. The fault's number."""
        return self.faults.add("status", status=status, message=message, match={"first": times})

    def assert_requested(self, times: int | None = None, **query: Any) -> list[Request]:
        """That there were *times* requests (left out: at least one) with these parameters, as they were sent.

        A value None means any. The requests. Raises AssertionError that says what came instead.
        """
        found, forgotten = self._requests(query)
        if (times is None and found) or (len(found) == times and not forgotten):
            return found
        raise self._disappointment("at least once" if times is None else f"exactly {_times(times)}", query, len(found))

    def assert_not_requested(self, **query: Any) -> None:
        """That there was no request with these parameters."""
        self.assert_requested(0, **query)

    def wait_for_requests(self, count: int = 1, *, timeout: float = 5.0, **query: Any) -> list[Request]:
        """Wait until there were *count* requests with these parameters. Raises AssertionError if it takes too long."""
        parameters = _parameters(query)
        self.control("GET", "/requests/count", parameter=parameters, at_least=count, timeout=timeout)
        found, _ = self._requests(query)
        if len(found) < count:
            raise self._disappointment(f"at least {_times(count)} within {timeout:g} seconds", query, len(found))
        return found

    def clear_requests(self) -> None:
        """Forget what was asked so far."""
        self.control("DELETE", "/requests")

    def reset(self) -> None:
        """Back to the start: data, clock, faults, record."""
        self.control("POST", "/reset")

    def load(self, document: Mapping[str, Any], *, keep_timestamps: bool = False) -> None:
        """Have the data of a document (docs/data-sets.md)."""
        self.control("PUT", "/dataset", dict(document), keep_timestamps=json.dumps(keep_timestamps))

    def export(self) -> dict[str, Any]:
        """All data as a document."""
        document: dict[str, Any] = self.control("GET", "/dataset")
        return document

    def explain(self, contact_id: str, query: str) -> dict[str, Any]:
        """Why the contact is or is not in the answer to *query*, a query string."""
        told: dict[str, Any] = self.control("GET", "/explain", contact=contact_id, query=query)
        return told

    def _requests(self, query: Mapping[str, Any] | None = None) -> tuple[list[Request], int]:
        """The requests with those parameters, and how many requests of any kind the record has forgotten."""
        listed = self.control("GET", "/requests", limit=1_000_000, parameter=_parameters(query or {}))
        return [Request(**one) for one in reversed(listed["requests"])], listed["forgotten"]

    def _disappointment(self, wanted: str, query: Mapping[str, Any], came: int) -> AssertionError:
        """What to raise where requests were *wanted* and did not come so."""
        requests, forgotten = self._requests()
        lines = [f"wanted a request {wanted} with {_shown(query)}; it came {_times(came)}. What came:"]
        if forgotten:
            lines.append(f"  ({forgotten} more, forgotten; clear_requests() in between, or keep more: record=10_000)")
        if len(requests) > MOST_SHOWN:
            lines.append(f"  ({len(requests) - MOST_SHOWN} more)")
        lines += [f"  {one}" for one in requests[-MOST_SHOWN:]]
        return AssertionError("\n".join(lines if len(lines) > 1 else [*lines, "  (nothing was asked)"]))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _parameters(query: Mapping[str, Any]) -> list[str]:
    return [name if value is None else f"{name}={value}" for name, value in query.items()]


def _shown(query: Mapping[str, Any]) -> str:
    return " and ".join(_parameters(query)) or "any parameters"


class VambeMock(Mock):
    """A server of its own, from ``start`` (or ``with``, or ``async with``) to ``stop``.

    *settings* are the fields of ``vambe_mock.server.settings.Settings``, e.g. ``fixture="tiny"``, ``contacts=500`` or
    ``data=Path("mine.json")``; unless they say so, it listens on a free port of loopback, prints nothing, and begins
    without contacts.
    """

    def __init__(self, **settings: Any) -> None:
        """Keep the *settings*; nothing is started yet."""
        self._settings = settings
        self._thread: threading.Thread | None = None
        self._server: uvicorn.Server | None = None

    def start(self) -> Self:
        """Start the server, and return when it answers.

        Raises SettingsError or DatasetError, each with one line.
        """
        from vambe_mock.server.process import background  # noqa: PLC0415 - a test run that never starts one does not pay for it

        if self._server is not None:
            raise MockError(0, "the server is started already; wanted one VambeMock() for each")
        settings = _settings(self._settings)
        self._server, self._thread, url = background(settings)
        until = time.monotonic() + PATIENCE
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > until:
                raise MockError(0, "the server did not start")
            time.sleep(0.001)
        super().__init__(url, settings.api_key[0], settings.admin_token)
        return self

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """What is there only after the start."""
            if name in ("url", "api_key", "admin_token", "control", "contacts", "clock", "faults", "name"):
                raise MockError(0, "the server is not started; wanted: with VambeMock() as mock")
            raise AttributeError(name)

    def stop(self) -> None:
        """Stop the server, and return when it is gone."""
        if self._server is None or self._thread is None:
            return
        self.control.close()
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(PATIENCE)
        self._server = self._thread = None

    def organisation(self) -> Mock:
        """Another organisation on the same server, as this one was at its start. ``forget`` it when it is done with."""
        made = self.control("POST", "/organisations", {})
        mock = Mock(self.url, made["key"], self.admin_token)
        mock.name = made["name"]
        return mock

    def forget(self, mock: Mock) -> None:
        """Take away an organisation that ``organisation`` made."""
        self.control("DELETE", f"/organisations/{mock.name}")
        mock.control.close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    async def __aenter__(self) -> Self:
        """Start, without holding up the event loop."""
        import asyncio  # noqa: PLC0415 - only here

        return await asyncio.to_thread(self.start)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, without holding up the event loop."""
        import asyncio  # noqa: PLC0415 - only here

        await asyncio.to_thread(self.stop)


_STANDALONE: Final = ("admin_port", "url_file", "watch")


def _settings(given: Mapping[str, Any]) -> Settings:
    """The settings of a server in this process. Raises SettingsError with one line."""
    from vambe_mock.server.options import SettingsError  # noqa: PLC0415 - only a test that starts a server pays for it
    from vambe_mock.server.settings import SOURCES, Settings, options  # noqa: PLC0415 - as above

    known = {one.name: one for one in options() if one.name not in _STANDALONE}
    for name in given:
        if name not in known:
            raise SettingsError(f"{name} is not a setting of VambeMock; wanted one of {', '.join(known)}")
    values: dict[str, Any] = {"port": 0, "quiet": True}
    values |= {name: known[name].accept(value) for name, value in given.items()}
    if all(values.get(name) is None for name in SOURCES):
        values["fixture"] = "empty"
    settings = Settings(**values).checked()
    if not settings.has_admin:
        raise SettingsError(
            "read_only, or workers above 1: a VambeMock is driven through the admin API; leave them out"
        )
    return settings
