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


async def cut(send: Send, *, reset: bool) -> None:
    """End the connection that *send* belongs to: with a reset, or after what has been sent.

    Raises ConnectionResetError where there is no connection, as when an application is called in process.
    """
    cycle = getattr(send, "__self__", None)
    transport: asyncio.Transport | None = getattr(cycle, "transport", None)
    if transport is None:
        raise ConnectionResetError("a fault cut the connection")
    if reset:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.abort()
    else:
        transport.close()
    # Until the HTTP server knows of it, so that it does not take the missing answer for a defect.
    while await hold(send, PATIENCE):
        transport.abort()


async def hold(send: Send, seconds: float) -> bool:
    """Wait so many seconds; whether the client of *send* is still there then. It ends at once when the client goes.

    The server's end counts as the client's: a request that is held must not hold it up.
    """
    cycle: Any = getattr(send, "__self__", None)
    if getattr(cycle, "message_event", None) is None:  # called in process: there is no connection
        await asyncio.sleep(seconds)
        return True
    try:
        async with asyncio.timeout(seconds):
            await _gone(cycle)
    except TimeoutError:
        pass
    except asyncio.CancelledError:  # the server ends, and its connections with it
        cycle.transport.abort()
        while not cycle.disconnected:
            with suppress(asyncio.CancelledError):  # it asks twice
                await _gone(cycle)
    return not cycle.disconnected


async def _gone(cycle: Any) -> None:
    """Until the HTTP server has lost the connection, which it tells by this event, among other news."""
    while not cycle.disconnected:
        cycle.message_event.clear()
        await cycle.message_event.wait()
