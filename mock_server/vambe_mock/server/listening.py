"""Where a server listens: its sockets, its base URL, and the file that tells others the URL."""

import errno
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NamedTuple

from vambe_mock.server.options import SettingsError

BACKLOG: Final = 2_048
LOCALHOST: Final = "localhost"
LOOPBACKS: Final = ("127.0.0.1", "::1")
"""What ``localhost`` means here, whatever the machine's resolver makes of it; clients try one or the other first."""

TRIES: Final = 50
"""How many free ports of one address are tried until one is free on the other addresses too."""

_NOT_HERE: Final = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT)
"""The machine has no such address, or no IPv6 at all."""


@dataclass(frozen=True, slots=True)
class Listeners:
    """The sockets of one port, one for each address, and the base URL for a client on this machine."""

    sockets: list[socket.socket]
    url: str


class _Place(NamedTuple):
    family: socket.AddressFamily
    address: tuple[Any, ...]

    @property
    def host(self) -> str:
        return str(self.address[0])


def listen(hosts: Sequence[str], port: int) -> Listeners:
    """Listen on *port* of every one of *hosts* (`both-loopbacks`); port 0 is a free one, the same on all of them.

    A name, ``localhost`` included, stands for those of its addresses that this machine has. Raises SettingsError where
    an address cannot be had; then none is.
    """
    for last in [False] * (TRIES - 1) + [True]:
        try:
            sockets = _listen(hosts, port)
        except _TakenElsewhereError as taken:
            if port == 0 and not last:
                continue
            raise SettingsError(str(taken)) from None
        return Listeners(sockets, _url(hosts[0], sockets[0]))
    raise AssertionError("unreachable")  # pragma: no cover


class _TakenElsewhereError(Exception):
    """The port was had on one address, and another address's is taken."""


def _listen(hosts: Sequence[str], port: int) -> list[socket.socket]:
    named = [(host, places) for host in dict.fromkeys(hosts) for places in [_places(host)]]
    several = sum(len(places) for _, places in named) > 1
    found = dict[_Place, socket.socket]()
    try:
        for host, places in named:
            here = False
            for number, place in enumerate(places, 1):
                chosen = next(iter(found.values())).getsockname()[1] if found else port
                try:
                    if place not in found:
                        found[place] = _socket(place, chosen, alone=not several)
                    here = True
                except OSError as error:
                    if error.errno in _NOT_HERE and (here or number < len(places)):
                        continue
                    raise _refused(place.host if len(places) > 1 else host, port, error, found) from error
        return list(found.values())
    except BaseException:
        for one in found.values():
            one.close()
        raise


def _places(host: str) -> list[_Place]:
    """The addresses that *host* stands for. Raises SettingsError for a name that nobody knows."""
    if not host.strip():
        raise SettingsError('cannot listen on ""; wanted an address of this machine, e.g. 127.0.0.1')
    names = LOOPBACKS if host.lower() == LOCALHOST else (host,)
    try:
        found = [one for name in names for one in socket.getaddrinfo(name, 0, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise _refused(host, None, error, {}) from error
    return list(dict.fromkeys(_Place(one[0], one[4]) for one in found))


def _socket(place: _Place, port: int, *, alone: bool) -> socket.socket:
    listener = socket.socket(place.family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # there, SO_REUSEADDR would let two servers have one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if place.family == socket.AF_INET6 and not alone:  # or "::" would take the port of 0.0.0.0 too
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((place.host, port, *place.address[2:]))
        listener.listen(BACKLOG)
        listener.set_inheritable(True)
    except BaseException:
        listener.close()
        raise
    return listener


def _refused(host: str, port: int | None, error: Exception, found: dict[_Place, socket.socket]) -> Exception:
    """The error for *host*, after the sockets in *found* were had."""
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    if isinstance(error, UnicodeError):
        reason = "no name of a machine is so"
    taken = getattr(error, "errno", None) in (errno.EADDRINUSE, errno.EACCES)
    wanted = "a free port, e.g. --port 0" if taken else "an address of this machine, e.g. 127.0.0.1"
    if taken and found:
        wanted = f"the addresses that are free alone, e.g. --host {next(iter(found)).host}, or {wanted}"
    where = f"{host} port {port}" if port is not None else host
    message = f"cannot listen on {where}: {reason}; wanted {wanted}"
    return _TakenElsewhereError(message) if taken and found else SettingsError(message)


def is_of_this_machine(host: str) -> bool:
    """Whether *host* is ``localhost`` or an address that this machine has; no other name is."""
    if host.lower() == LOCALHOST:
        return True
    try:
        family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.bind((host, 0))
    except (OSError, ValueError):
        return False
    return True


def _url(host: str, listener: socket.socket) -> str:
    """The base URL of a server that was told to listen on *host* and got *listener*."""
    address, port = listener.getsockname()[:2]
    return base_url(address if host.lower() == LOCALHOST else host, port)


def base_url(host: str, port: int) -> str:
    """The base URL for a client on this machine of a server that listens on *host*."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reachable}:{port}"


def check_url_file(path: Path) -> None:
    """Raise SettingsError if *path* cannot be written, as far as that shows without touching it."""
    place = path if path.exists() else path.parent
    if not place.exists():
        raise _not_written(path, os.strerror(errno.ENOENT))
    if path.is_dir():
        raise _not_written(path, os.strerror(errno.EISDIR))
    if not os.access(place, os.W_OK):
        raise _not_written(path, os.strerror(errno.EACCES))


def write_url(path: Path, url: str) -> None:
    """Write *url* into the file; empty as long as the server is not ready. Raises SettingsError."""
    try:
        path.write_text(f"{url}\n" if url else "", encoding="utf-8")
    except OSError as error:
        raise _not_written(path, error.strerror or str(error)) from error


def remove_url(path: Path, url: str) -> None:
    """Take the file away, unless another server has written its own URL since; empty it where it must stay."""
    with suppress(OSError, ValueError):
        if path.is_file() and path.read_text(encoding="utf-8").strip() in ("", url):
            try:
                path.unlink()
            except OSError:
                write_url(path, "")


def _not_written(path: Path, reason: str) -> SettingsError:
    return SettingsError(f"--url-file {path}: {reason.lower()}; wanted a file that can be written")
