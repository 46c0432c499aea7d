#!/usr/bin/env bash
# backoff 2.2.1, aiohttp-retry 2.9.1, httpx-retries 0.6.0
# One would guess: who waits for Retry-After waits at least so long: backoff.runtime, which is there to take the
#     delay from the answer, and a retrying client that is told to retry 429.
# What happens: backoff.runtime hands the delay to its default jitter, which makes it anything between 0 and that;
#     the example in its README has jitter=None, without saying why. aiohttp-retry does not look at the header: its
#     first wait is 0.2 s. httpx-retries waits.
# Seen 2026-11-29, Retry-After: 1: waits of backoff below 1 s; aiohttp-retry asks again after 0.2 s; httpx-retries
#     after 1 s.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check backoff==2.2.1 aiohttp-retry==2.9.1 aiohttp==3.14.5 httpx-retries==0.6.0 httpx==0.28.1

venv/bin/python - <<'PYTHON'
import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

import aiohttp_retry
import backoff
import httpx
import httpx_retries

asked = []


class Answers(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        asked.append(self.path)
        self.send_response(429 if len(asked) % 4 else 200)
        self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()


server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/contacts"


def with_backoff(**jitter):
    @backoff.on_predicate(
        backoff.runtime,
        predicate=lambda answer: answer.status_code == 429,
        value=lambda answer: int(answer.headers["Retry-After"]),
        **jitter,
    )
    def ask():
        return httpx.get(url, trust_env=False)

    ask()


async def ask():
    options = aiohttp_retry.ExponentialRetry(attempts=4, statuses={429})
    async with aiohttp_retry.RetryClient(retry_options=options) as client:
        await client.get(url)


def with_httpx_retries():
    with httpx.Client(transport=httpx_retries.RetryTransport(), trust_env=False) as client:
        client.get(url)


CLIENTS = {
    "backoff.runtime": with_backoff,
    "backoff.runtime, jitter=None": lambda: with_backoff(jitter=None),
    "aiohttp-retry": lambda: asyncio.run(ask()),
    "httpx-retries": with_httpx_retries,
}
for name, run in CLIENTS.items():
    asked.clear()
    waits = []
    with mock.patch("time.sleep", waits.append), mock.patch("asyncio.sleep", mock.AsyncMock(side_effect=waits.append)):
        run()
    waits = [wait for wait in waits if wait]
    print(f"{name}: waits of", ", ".join(f"{wait:.2f} s" for wait in waits))
    assert (len(asked), len(waits)) == (4, 3)
    assert (min(waits) >= 0.99) == (name in ("backoff.runtime, jitter=None", "httpx-retries"))
PYTHON
