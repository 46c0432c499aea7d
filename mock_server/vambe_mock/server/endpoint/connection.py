"""Holding and cutting a connection, which ASGI cannot express: done on the HTTP server's own transport."""

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any, Final

from starlette.types import Send

PATIENCE: Final = 1.0
"""Seconds that a cut connection may take to send what is buffered and to close."""

_AT_ONCE: Final = struct.pack("ii", 1, 0)

_held: Final[set[Any]] = set()
"""The HTTP server's side of each request that is held at present."""


async def cut(send: Send, *, reset: bool) -> None:
    """Close the connection that *send* belongs to: with a TCP reset, or once everything sent so far is out.

    Raises ConnectionResetError where there is no connection, as when an application is called in process.
    """
    cycle = _cycle(send)
    if cycle is None:
        raise ConnectionResetError("a fault cut the connection")
    if reset:
        connection = cycle.transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        cycle.transport.abort()
    else:
        cycle.transport.close()
    # Wait until the HTTP server has noticed, or it would report the missing answer as an error.
    while await hold(send, PATIENCE):
        cycle.transport.abort()


async def hold(send: Send, seconds: float) -> bool:
    """Wait *seconds*, or until the client disconnects; whether it is still connected.

    A shutdown of the server counts as a disconnect: a held request must not delay it.
    """
    cycle = _cycle(send)
    if cycle is None:
        await asyncio.sleep(seconds)
        return True
    _held.add(cycle)
    try:
        async with asyncio.timeout(seconds):
            await _gone(cycle)
    except TimeoutError:
        pass
    finally:
        _held.discard(cycle)
    return not cycle.disconnected


def abort_if_held(cycle: Any) -> None:
    """Abort the connection of a request if it is held: the server shuts down."""
    if cycle in _held:
        cycle.transport.abort()


async def give_up(send: Send) -> bool:
    """Abort the connection of a request that the server cancels at its shutdown; whether there is a connection.

    Returns once the HTTP server has noticed, or it would report the missing answer as an error.
    """
    cycle = _cycle(send)
    if cycle is None:
        return False
    cycle.transport.abort()
    while not cycle.disconnected:
        with suppress(asyncio.CancelledError):  # the server cancels twice
            await _gone(cycle)
    return True


def has_left(send: Send) -> bool:
    """Whether the client disconnected before its answer was complete."""
    return bool(getattr(_cycle(send), "disconnected", False))


def _cycle(send: Send) -> Any:
    """The HTTP server's side of the request that *send* answers; None where the application was called in process."""
    owner = getattr(send, "__self__", None)
    cycle = getattr(owner, "connection", owner)
    return cycle if hasattr(cycle, "message_event") else None


async def _gone(cycle: Any) -> None:
    """Wait until the HTTP server has lost the connection; the event also announces other things."""
    while not cycle.disconnected:
        cycle.message_event.clear()
        await cycle.message_event.wait()
