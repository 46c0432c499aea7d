#!/usr/bin/env bash
# aiohttp-client-cache 0.15.0 with aiohttp 3.14.5; requests-cache 1.3.3 with requests 2.34.2 beside it
# One would guess: it is based on requests-cache, an answer with Vary: Accept is given only to requests with the same
#     Accept, as there.
# What happens: headers do not count, so who asked for JSON and then asks the same URL for CSV gets the JSON, with its
#     Content-Type, from the cache; with Vary: Accept-Language the language of whoever came first. cache_control=True
#     does not change it; include_headers=True does, and then every other header counts as well. requests-cache does
#     look at Vary.
# Seen 2026-11-29: JSON for text/csv from the one, CSV from the other.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check \
  aiohttp-client-cache==0.15.0 aiohttp==3.14.5 requests-cache==1.3.3 requests==2.34.2

venv/bin/python - <<'PYTHON'
import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests_cache
from aiohttp_client_cache import CacheBackend, CachedSession

BODIES = {"application/json": '[{"id": 1}]', "text/csv": "id\n1\n"}


class Api(BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        kind = self.headers["Accept"]
        body = BODIES[kind].encode()
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Vary": "Accept", "Cache-Control": "max-age=60"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/contacts"


async def by_aiohttp(**options):
    found = []
    async with CachedSession(cache=CacheBackend(**options)) as session:
        for kind in BODIES:
            async with session.get(url, headers={"Accept": kind}) as answer:
                found.append(await answer.text())
    return found


def by_requests():
    session = requests_cache.CachedSession(backend="memory")
    session.trust_env = False
    return [session.get(url, headers={"Accept": kind}).text for kind in BODIES]


both = list(BODIES.values())
json_twice = both[:1] * 2
for options, expected in (({}, json_twice), ({"cache_control": True}, json_twice), ({"include_headers": True}, both)):
    found = asyncio.run(by_aiohttp(**options))
    print(f"aiohttp-client-cache with {options}, asked for JSON and CSV: {found}")
    assert found == expected
print("requests-cache:", by_requests())
assert by_requests() == both
PYTHON
