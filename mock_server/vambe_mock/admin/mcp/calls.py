"""How a tool asks the mock: the admin API and the vendor's endpoint, as two functions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlencode

from anyio import move_on_after, sleep_forever
from starlette.types import ASGIApp, Message

from vambe_mock.admin.paths import PREFIX
from vambe_mock.contract.operation import PATH

Json = Any
PATIENCE: Final = 20.0
"""Seconds until a tool goes on without an answer."""
NO_ANSWER: Final = (
    'no whole answer came: a fault may stall, cut or reset it; manage_faults {"action": "list"} tells, '
    '{"action": "remove_all"} ends them'
)


class Refused(Exception):  # noqa: N818 - an answer, which the agent is told
    """What the mock did not do, and why, in one line."""


class Unanswered(Refused):
    """There was no answer, so another call will hardly have one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the endpoint answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Mock(Protocol):
    """A mock, seen from the tools."""

    async def admin(self, method: str, path: str, body: Json = None, /, **query: Any) -> Json:
        """The JSON that the admin API answers at ``/__admin`` + *path*. Raises Refused."""

    async def contacts(self, query: str) -> Answer:
        """What the vendor's endpoint answers to the query string, as a client of the organisation's key gets it.

        Raises Unanswered where no whole answer comes.
        """


def target(path: str, query: Mapping[str, Any]) -> str:
    """*path* below the prefix with *query*, without what is None; a list is sent as several values."""
    sent = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
    return f"{PREFIX}{path}" + (f"?{sent}" if sent else "")


def read(status: int, body: bytes) -> Json:
    """The JSON of an answer of the admin API. Raises Refused for a status of 400 or above."""
    answer = json.loads(body or b"null")
    if status >= 400:
        raise Refused(str(answer.get("detail", answer) if isinstance(answer, dict) else answer))
    return answer


@dataclass(frozen=True, slots=True)
class InProcess:
    """The mock in this process: *app* answers both. *key* is the organisation's, *token* the admin API's."""

    app: ASGIApp
    key: str
    token: str | None = None

    async def admin(self, method: str, path: str, body: Json = None, /, **query: Any) -> Json:
        """See Mock."""
        headers = {"content-type": "application/json", **({"x-admin-token": self.token} if self.token else {})}
        answer = await self._ask(
            method, target(path, query), headers, b"" if body is None else json.dumps(body).encode()
        )
        return read(answer.status, answer.body)

    async def contacts(self, query: str) -> Answer:
        """See Mock."""
        return await self._ask("GET", f"{PATH.decode()}?{query}", {}, b"")

    async def _ask(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        path, _, query = target.partition("?")
        sent = {"host": "127.0.0.1", "x-api-key": self.key, "content-length": str(len(body)), **headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 0),
            "state": {},
        }
        heard = _Heard(body)
        with move_on_after(PATIENCE) as limited:
            await self.app(scope, heard.receive, heard.send)
        if limited.cancelled_caught or not heard.status:
            raise Unanswered(NO_ANSWER)
        return Answer(heard.status, heard.headers, b"".join(heard.parts))


class _Heard:
    """The two ends of one request in the same process."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status = 0
        self.headers: dict[str, str] = {}
        self.parts: list[bytes] = []

    async def receive(self) -> Message:
        if self._body is None:
            await sleep_forever()  # it stays until it has its answer
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            self.parts.append(bytes(message.get("body", b"")))
