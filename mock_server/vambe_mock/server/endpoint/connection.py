"""Cutting a connection, which ASGI has no word for: through the HTTP server's own transport."""

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Any, Final

from starlette.types import Send

PATIENCE: Final = 1.0
"""Seconds that a cut connection may take to send what it has and to end."""

_AT_ONCE: Final = struct.pack("ii", 1, 0)

_held: Final[set[Any]] = set()
"""The HTTP server's side of each request that is held now."""


async def cut(send: Send, *, reset: bool) -> None:
    """End the connection that *send* belongs to: with a reset, or after what has been sent.

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
    # Until the HTTP server knows of it, so that it does not take the missing answer for a defect.
    while await hold(send, PATIENCE):
        cycle.transport.abort()


async def hold(send: Send, seconds: float) -> bool:
    """Wait so many seconds; whether the client of *send* is still there then. It ends at once when the client goes.

    The server's end counts as the client's: a request that is held must not hold it up.
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


def let_go(cycle: Any) -> None:
    """End the connection of a request if it is held: the server ends."""
    if cycle in _held:
        cycle.transport.abort()


async def give_up(send: Send) -> bool:
    """End the connection that *send* belongs to, in a request that the ending server cancels; whether there is one.

    It returns when the HTTP server knows of it, so that it does not take the missing answer for a defect.
    """
    cycle = _cycle(send)
    if cycle is None:
        return False
    cycle.transport.abort()
    while not cycle.disconnected:
        with suppress(asyncio.CancelledError):  # it asks twice
            await _gone(cycle)
    return True


def _cycle(send: Send) -> Any:
    """The HTTP server's side of the request that *send* answers; None where the application was called in process."""
    owner = getattr(send, "__self__", None)
    cycle = getattr(owner, "connection", owner)
    return cycle if hasattr(cycle, "message_event") else None


async def _gone(cycle: Any) -> None:
    """Until the HTTP server has lost the connection, which it tells by this event, among other news."""
    while not cycle.disconnected:
        cycle.message_event.clear()
        await cycle.message_event.wait()
