"""Cutting a connection, which ASGI has no word for: through the HTTP server's own transport."""

import asyncio
import socket
import struct
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
    await _until_gone(cycle, transport)


async def _until_gone(cycle: Any, transport: asyncio.Transport) -> None:
    """Until the HTTP server knows of it, so that it does not take the missing answer for a defect."""
    until = asyncio.get_running_loop().time() + PATIENCE
    while not cycle.disconnected:
        if asyncio.get_running_loop().time() > until:
            transport.abort()
        await asyncio.sleep(0.001)
