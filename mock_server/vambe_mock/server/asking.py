"""One bounded GET of a server that may be anything: for ``readyz`` and ``explain``.

The whole answer has one deadline, its size a bound; no redirect is followed, and no proxy is asked, since one for the
world outside knows nothing of a server on this machine.
"""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, urlsplit

from vambe_mock.contract.key_log import pass_over_bad_key_log
from vambe_mock.contract.plural import plural
from vambe_mock.server.listening import LOCALHOST, LOOPBACKS

LARGEST: Final = 1_000_000
"""Bytes of an answer."""


class NoAnswer(Exception):  # noqa: N818 - it is an outcome of asking, not an error of ours
    """No answer came; the text says why, in a few words and without anything that the server sent."""


def get(base: str, target: str, seconds: float, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body of the answer to GET *target* at the base URL *base*. Raises NoAnswer."""
    parts, until = urlsplit(base), time.monotonic() + seconds
    try:
        connection = _connection(parts, seconds)
        try:
            connection.connect()
            answer = _answer(connection, f"{parts.path.rstrip('/')}{target}", headers or {}, until)
            if time.monotonic() >= until:  # http.client takes a head that breaks off for a whole one
                raise TimeoutError
            return answer
        finally:
            connection.close()
    except (NoAnswer, OSError, HTTPException, ValueError) as error:
        late = isinstance(error, TimeoutError) or time.monotonic() >= until
        raise NoAnswer(f"no whole answer within {plural(seconds, 'second')}" if late else _reason(error)) from None


def _connection(parts: SplitResult, seconds: float) -> HTTPConnection:
    """A connection; of a server of this machine, whose certificate was made for it, none is verified."""
    host = parts.hostname or ""
    if parts.scheme != "https":
        return HTTPConnection(host, parts.port, timeout=seconds)
    pass_over_bad_key_log()
    context = ssl.create_default_context()
    if host == LOCALHOST or host in LOOPBACKS:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(host, parts.port, timeout=seconds, context=context)


def _answer(connection: HTTPConnection, target: str, headers: Mapping[str, str], until: float) -> tuple[int, bytes]:
    """One answer; its connection is shut down at the deadline, since a time-out is only for each read alone."""
    sock = connection.sock

    def shut() -> None:
        with suppress(OSError):
            # The plain socket's method: that of a TLS socket takes its state away from under the reader.
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(until - time.monotonic(), 0.0), shut)
    timer.daemon = True
    timer.start()
    try:
        connection.request("GET", target, headers=dict(headers))
        with connection.getresponse() as response:  # one that is not read to its end keeps the socket open
            return response.status, _body(response)
    finally:
        timer.cancel()
        timer.join()  # so that it shuts no socket that has this one's number next


def _body(response: HTTPResponse) -> bytes:
    body = response.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise NoAnswer(f"the answer is larger than {LARGEST // 1_000_000} MB")
    if response.length:  # a read with a size does not complain of a body that broke off
        raise NoAnswer("the answer broke off")
    return body


def _reason(error: Exception) -> str:
    """What happened in words; the error's own text may quote what was sent or received."""
    if isinstance(error, NoAnswer):
        return str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return "the TLS connection could not be made"
    if isinstance(error, socket.gaierror):
        return "the host name is not known"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return (
        "what answers there does not speak HTTP" if isinstance(error, HTTPException | OSError) else "no valid request"
    )
