"""Targets for the judge that are no contacts API at all, or a difficult one: a thread and a free port each."""

import json
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY = "Key-7f3a-Zq"

Reply = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, dict[str, str], dict[str, str]], Reply]
"""Path, query and headers (names in lower case) to status, headers and body."""


@contextmanager
def listening(handler: Handler, *, wait: float = 0.0, certificate: Path | None = None) -> Iterator[str]:
    """A server that answers every request with what *handler* says, after *wait* seconds; its base URL."""

    class Answering(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or the body waits 40 ms for the client to have heard of the headers

        def do_GET(self) -> None:
            time.sleep(wait)
            path, query = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
            status, headers, body = handler(path, query, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is one of the things tested."""

    server = Quiet(("127.0.0.1", 0), Answering)
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def answer(status: int, body: Any, **headers: str) -> Reply:
    """A JSON answer."""
    return status, {"content-type": "application/json; charset=utf-8", **headers}, json.dumps(body).encode()


def self_signed(folder: Path) -> Path:
    """A certificate and its key in one file, which nobody trusts."""
    path = folder / "server.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run([*command, "-keyout", str(path), "-out", str(folder / "c.pem")], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "c.pem").read_bytes())
    return path
