#!/usr/bin/env bash
# requests 2.34.2 with urllib3 2.8.0, and the standard library of Python 3.11
# One would guess: interim answers (103 Early Hints) are passed over and the final one is returned, as RFC 9110
#     wants.
# What happens: only 100 is passed over. A server that sends 103 before its 200 is seen as having answered 103
#     with an empty body, and requests calls that ok. httpx 0.28.1 returns the 200.
# Seen 2026-11-28: 103, ok, no body; urllib3 the same; httpx 200.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check requests==2.34.2 urllib3==2.8.0 httpx==0.28.1

venv/bin/python - <<'PYTHON'
import socket
import threading

import httpx
import requests
import urllib3

ANSWERS = (
    b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]"
)
listener = socket.create_server(("127.0.0.1", 0))


def serve():
    while True:
        connection, _ = listener.accept()
        connection.recv(65_536)
        connection.sendall(ANSWERS)
        connection.close()


threading.Thread(target=serve, daemon=True).start()
url = f"http://127.0.0.1:{listener.getsockname()[1]}/contacts"
by_requests = requests.get(url, timeout=10)
by_urllib3 = urllib3.request("GET", url, timeout=10)
by_httpx = httpx.get(url, timeout=10)
print(f"requests: {by_requests.status_code}, ok {by_requests.ok}, body {by_requests.content}")
print(f"urllib3: {by_urllib3.status}, body {by_urllib3.data}")
print(f"httpx: {by_httpx.status_code}, body {by_httpx.content}")
assert (by_requests.status_code, by_requests.ok, by_requests.content) == (103, True, b"")
assert (by_urllib3.status, by_urllib3.data) == (103, b"")
assert (by_httpx.status_code, by_httpx.content) == (200, b"[]")
PYTHON
