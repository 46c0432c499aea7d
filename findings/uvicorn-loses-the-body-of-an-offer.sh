#!/usr/bin/env bash
# uvicorn 0.54.0 with httptools 0.9.0
# One would guess: a POST that offers an upgrade to HTTP/2 (Upgrade: h2c), which the server does not take, is
#     answered as one without the offer. Java's HttpClient makes this offer with its first request to each plain
#     http address.
# What happens: with httptools, which is used wherever it is installed, the application gets an empty body and
#     answers as if none had been sent. With h11 it gets the body.
# Seen 2026-11-28: b'' with httptools and the offer; b'hello' without the offer, and with h11.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check uvicorn==0.54.0 httptools==0.9.0 h11==0.16.0

venv/bin/python - <<'PYTHON'
import socket
import threading
import time

import uvicorn

OFFER = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\n"


async def echo(scope, receive, send):
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    answer = repr(body).encode()
    headers = [(b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def post(implementation, offer):
    server = uvicorn.Server(uvicorn.Config(echo, http=implementation, lifespan="off", log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        with socket.create_connection(listener.getsockname(), timeout=30) as connection:
            connection.sendall(f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n{offer}\r\nhello".encode())
            answer = b""
            while not answer.endswith(b"'"):
                answer += connection.recv(65_536)
        server.should_exit = True
        thread.join(30)
    return answer.partition(b"\r\n\r\n")[2].decode()


seen = {}
for implementation in ("httptools", "h11"):
    for offer in ("", OFFER):
        key = implementation, "with the offer" if offer else "without it"
        seen[key] = post(implementation, offer)
        print(*key, "the application's body is", seen[key])
assert list(seen.values()) == ["b'hello'", "b''", "b'hello'", "b'hello'"]
PYTHON
