"""An answer of the endpoint, and how it is sent."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.types import Message, Send

from vambe_mock.contract.operation import JSON
from vambe_mock.organisations.journal import Notes
from vambe_mock.store.columns import Rows

if TYPE_CHECKING:
    from vambe_mock.organisations.delivered import Expected

PIECE: Final = 400
"""A large answer goes out this many contacts at a time (about 250 KB), so that others are served in between."""

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
    body: bytes | list[bytes]
    notes: Notes
    content_type: bytes = JSON
    rows: Rows | None = None
    sent: "Expected | None" = None

    def whole_body(self) -> bytes:
        """The body in one piece."""
        return self.body if isinstance(self.body, bytes) else b"[" + b",".join(self.body) + b"]"


async def send_answer(answer: Answer, send: Send, *, head: bool) -> None:
    """Send *answer*; to HEAD its status and headers alone, Content-Length included (`bare-array`)."""
    body = answer.body if isinstance(answer.body, bytes) else _in_brackets(answer.body)
    length = len(body) if isinstance(body, bytes) else sum(map(len, body)) + len(body) - 1
    await send(start_of(answer, length))
    if isinstance(body, bytes) or head:
        await send({"type": "http.response.body", "body": b"" if head else body})
    else:
        await _send_in_pieces(body, send)


def head_and_body(answer: Answer, before: bytes, end: bytes) -> tuple[bytes, bytes] | None:
    """*answer* as it goes over the wire; None if ``send_answer`` would send it in pieces.

    *before* is what stands in the head before the value of Content-Length, *end* what stands at its end.
    """
    body = answer.body
    if not isinstance(body, bytes):
        if len(body) > PIECE:
            return None
        body = _whole(body)
    lines = [before, b"%d\r\n" % len(body)]
    for name, value in answer.headers:
        lines += (name, b": ", value, b"\r\n")
    lines.append(end)
    return b"".join(lines), body


def start_of(answer: Answer, length: int) -> Message:
    """The message that starts *answer*: its status and headers, which promise a body of *length* bytes."""
    body = [(b"content-type", answer.content_type), (b"content-length", b"%d" % length)]
    headers = [*(() if answer.status in BODILESS else body), *answer.headers]
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


def _in_brackets(contacts: list[bytes]) -> bytes | list[bytes]:
    """The JSON list of *contacts* as one text, or, where it is large, still as its parts."""
    if len(contacts) <= PIECE:
        return _whole(contacts)
    contacts[0] = b"[" + contacts[0]
    contacts[-1] = b"".join((contacts[-1], b"]"))
    return contacts


def _whole(contacts: list[bytes]) -> bytes:
    """The JSON list of *contacts* as one text.

    The brackets go on the first and the last contact, because around the whole they would copy it twice more.
    """
    if not contacts:
        return b"[]"
    contacts[0] = b"[" + contacts[0]
    contacts[-1] = b"".join((contacts[-1], b"]"))
    return b",".join(contacts)


async def _send_in_pieces(parts: list[bytes], send: Send) -> None:
    for start in range(0, len(parts), PIECE):
        piece = b",".join(parts[start : start + PIECE])
        more = start + PIECE < len(parts)
        await send({"type": "http.response.body", "body": piece + b"," if more else piece, "more_body": more})
        await asyncio.sleep(0)
