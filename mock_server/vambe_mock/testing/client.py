"""``AdminClient``: the admin API as a function, for tests and for the command line."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from vambe_mock.admin.paths import PREFIX
from vambe_mock.contract import instants

if TYPE_CHECKING:
    from os import PathLike
    from ssl import SSLContext

Json = Any

LOOPBACKS: Final = ("127.0.0.1", "::1")

LONGEST: Final = 330.0
"""Seconds that an answer may take; waiting for requests takes up to 300."""


class MockError(Exception):
    """The mock refused a call; ``status`` is the answer's (0: there was none), the message says why."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the *status* beside the message."""
        super().__init__(message)
        self.status = status


class AdminClient:
    """Calls the admin API of a server for one organisation, from any thread, over connections that it keeps and owns.

    In bodies and queries a datetime is sent as an instant, a timedelta as seconds; a naive datetime is a ValueError.
    """

    def __init__(
        self, url: str, key: str | None, token: str | None = None, *, ca_file: str | PathLike[str] | None = None
    ) -> None:
        """Call the server at *url* for the organisation of *key*, or for the first one if None.

        Over HTTPS, *ca_file* has the authority to trust; by default, those of the system.
        """
        parts = urlsplit(url)
        self._url, self._root = url, parts.path.rstrip("/")
        self._host, self._port = parts.hostname or "", parts.port
        self._context = trusting(self._host, ca_file) if parts.scheme == "https" else None
        self._headers = {"Content-Type": "application/json", **({"X-Api-Key": key} if key else {})}
        self._headers |= {"X-Admin-Token": token} if token else {}
        self._idle = list[HTTPConnection]()
        self._closed = False

    def __repr__(self) -> str:
        """Which server it calls, without the key and the token."""
        return f"<AdminClient of {self._url}>"

    def __call__(self, method: str, path: str, /, body: Json = None, **query: Any) -> Json:
        """The JSON answer of ``/__admin`` + *path*. Raises MockError for a status of 400 or above."""
        if not path.startswith("/"):
            raise ValueError(
                f'"{path}" is no path of the admin API; wanted one like "/clock", which {PREFIX} comes before'
            )
        sent = urlencode({name: _plain(one) for name, one in query.items() if one is not None}, doseq=True)
        target = f"{self._root}{PREFIX}{path}" + (f"?{sent}" if sent else "")
        status, raw = self._ask(method, target, b"" if body is None else _encoded(body))
        answer = json.loads(raw)
        if status >= 400:
            raise MockError(status, str(answer.get("detail", answer) if isinstance(answer, dict) else answer))
        return answer

    def _ask(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        """One request; repeated over a new connection if a kept one turns out to be closed."""
        while True:
            kept = self._taken()
            connection = kept or self._connection()
            try:
                connection.request(method, target, body or None, self._headers)
                with connection.getresponse() as response:
                    answer = response.status, response.read()
            except (HTTPException, ConnectionError):
                connection.close()
                if kept is None:
                    raise
            except BaseException:
                connection.close()
                raise
            else:
                self._idle.append(connection)
                if self._closed:  # while it was in use
                    self._drop_idle()
                return answer

    def _connection(self) -> HTTPConnection:
        if self._context is None:
            return HTTPConnection(self._host, self._port, timeout=LONGEST)
        from http.client import HTTPSConnection

        return HTTPSConnection(self._host, self._port, timeout=LONGEST, context=self._context)

    def _taken(self) -> HTTPConnection | None:
        """An idle connection, which nobody else has then; None if there is none."""
        try:
            return self._idle.pop()  # one step to other threads, as append is
        except IndexError:
            return None

    def close(self) -> None:
        """Close every connection (`own-connections`); one that another thread is using, when it has its answer."""
        self._closed = True
        self._drop_idle()

    def _drop_idle(self) -> None:
        while (connection := self._taken()) is not None:
            connection.close()


def trusting(host: str, ca_file: str | PathLike[str] | None) -> SSLContext:
    """What to trust. A file may have the server's own certificate; on loopback, that may be for another name."""
    from ssl import VERIFY_X509_PARTIAL_CHAIN, create_default_context

    context = create_default_context(cafile=ca_file)
    if ca_file is not None:
        context.verify_flags |= VERIFY_X509_PARTIAL_CHAIN
        context.check_hostname = host not in LOOPBACKS
    return context


def _plain(value: Any) -> Any:
    """*value* of a query as text or number."""
    return _as_json(value) if isinstance(value, date | timedelta) else value


def _encoded(body: Json) -> bytes:
    try:
        return json.dumps(body, default=_as_json, allow_nan=False).encode()
    except (TypeError, ValueError) as error:  # from Python 3.14 on, json adds lines of its own to the error
        told = "NaN or infinity cannot be sent as JSON; wanted a finite number" if "JSON compl" in str(error) else error
        raise type(error)(str(told)) from None


def _as_json(value: Any) -> Any:
    """What stands in JSON for a datetime, a date, a timedelta or a UUID. Raises ValueError for a naive datetime."""
    from uuid import UUID

    if isinstance(value, datetime):
        return instants.write(instants.of_datetime(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(
        f"{value!r} cannot be sent as JSON; wanted text, a number, a datetime, a timedelta, a UUID, a list or a dict"
    )
