"""An answer of the endpoint, and how it is sent."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.types import Message, Send

from vambe_mock.contract.operation import JSON
from vambe_mock.organisations.journal import Notes
from vambe_mock.store.columns import Rows
from vambe_mock.store.runs import Run
from vambe_mock.store.wire import PIECE, size_of

if TYPE_CHECKING:
    from vambe_mock.organisations.delivered import Expected

BODILESS: Final = (204, 304)
"""The statuses of answers that have no body and say nothing of one; only stubs have them."""

Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class Answer:
    """A status, extra headers, the body, whole or as the contacts of a list, and what the journal tells of it.

    ``rows`` are the store's rows of those contacts. ``sent`` is told, at the end, whether it was sent whole.
    """

    status: int
    headers: Headers
    body: bytes | Sequence[bytes]
    notes: Notes
    content_type: bytes = JSON
    rows: Rows | None = None
    sent: "Expected | None" = None

    def whole_body(self) -> bytes:
        """The body in one piece."""
        return self.body if isinstance(self.body, bytes) else b"[" + b",".join(self.body) + b"]"


async def send_answer(answer: Answer, send: Send, *, head: bool) -> None:
    """Send *answer*; to HEAD its status and headers alone, Content-Length included (`head-like-get`)."""
    body = answer.body
    if not isinstance(body, bytes) and len(body) <= PIECE:
        body = _whole(body)
    await send(start_of(answer, len(body) if isinstance(body, bytes) else size_of(body) + len(body) + 1))
    if isinstance(body, bytes) or head:
        await send({"type": "http.response.body", "body": b"" if head else body})
    else:
        await _send_in_pieces(body, send)


def head_and_body(answer: Answer, before: bytes, end: bytes) -> tuple[bytes | memoryview, ...] | None:
    """*answer* as it goes over the wire, in parts; None if ``send_answer`` would send its contacts in pieces.

    *before* is what stands in the head before the value of Content-Length, *end* what stands at its end.
    """
    body = answer.body
    if not isinstance(body, bytes) and len(body) > PIECE:
        return None
    bracket = b""
    rest: tuple[bytes | memoryview, ...]
    if isinstance(body, Run):
        bracket, rest = b"[", (body.json(), b"]")
    else:
        rest = (body if isinstance(body, bytes) else _whole(body),)
    lines = [before, b"%d\r\n" % (len(bracket) + sum(map(len, rest)))]
    for name, value in answer.headers:
        lines += (name, b": ", value, b"\r\n")
    lines += (end, bracket)
    return b"".join(lines), *rest


def start_of(answer: Answer, length: int) -> Message:
    """The message that starts *answer*: its status and headers, which promise a body of *length* bytes.

    None of them lets a client cache it (`nothing-cached`).
    """
    body = [(b"content-type", answer.content_type), (b"content-length", b"%d" % length)]
    headers = [*(() if answer.status in BODILESS else body), *answer.headers]
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


def _whole(contacts: Sequence[bytes]) -> bytes:
    """The JSON list of *contacts* as one text (`bare-array`).

    The brackets go on the first and the last contact, because around the whole they would copy it twice more.
    """
    if isinstance(contacts, Run):
        return b"".join((b"[", contacts.json(), b"]"))
    if not contacts:
        return b"[]"
    if not isinstance(contacts, list):
        contacts = [*contacts]
    contacts[0] = b"[" + contacts[0]
    contacts[-1] = b"".join((contacts[-1], b"]"))
    return b",".join(contacts)


async def _send_in_pieces(contacts: Sequence[bytes], send: Send) -> None:
    """Send the JSON list of *contacts*, PIECE of them at a time; others are served in between (`large-answers`)."""
    before = b"["
    for start in range(0, len(contacts), PIECE):
        more = start + PIECE < len(contacts)
        piece = b"".join((before, b",".join(contacts[start : start + PIECE]), b"" if more else b"]"))
        before = b","
        await send({"type": "http.response.body", "body": piece, "more_body": more})
        await asyncio.sleep(0)
