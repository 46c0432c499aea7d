"""Where a server listens: its socket, its base URL, and the file that tells others the URL."""

import errno
import socket
from pathlib import Path
from typing import Final

from vambe_mock.server.options import SettingsError

BACKLOG: Final = 2_048


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on *host* and *port*. Raises SettingsError where that is impossible."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except (OSError, UnicodeError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        port_is_the_matter = getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES)
        wanted = "a free port, e.g. --port 0" if port_is_the_matter else "an address of this machine, e.g. 127.0.0.1"
        raise SettingsError(f"cannot listen on {host} port {port}: {reason}; wanted {wanted}") from error
    listener.set_inheritable(True)
    return listener


def base_url(host: str, port: int) -> str:
    """The base URL for a client on this machine of a server that listens on *host*."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{port}"


def write_url(path: Path, url: str) -> None:
    """Write *url* into the file; empty as long as the server is not ready. Raises SettingsError."""
    try:
        path.write_text(f"{url}\n" if url else "", encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"--url-file {path}: {reason}; wanted a file that can be written") from error
