#!/usr/bin/env bash
# tenacity 9.2.1, backoff 2.2.1, stamina 26.1.0
# One would guess: a generator of pages under @retry is retried when a page fails, in all three libraries alike, and
#     a page that was handed out is not handed out again.
# What happens: tenacity and backoff never retry it: to call a generator function raises nothing, and what is raised
#     later, while the pages are read, is outside of them. The decorator does nothing, without a word. stamina does
#     retry, from the first page, so the pages before the failure come twice. All three are the same for async.
# Seen 2026-11-29, the second page fails once: ConnectionError from tenacity and backoff after one try; pages 1, 1, 2
#     from stamina. (stamina's documentation says so; the other two say nothing of generators.)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check tenacity==9.2.1 backoff==2.2.1 stamina==26.1.0

venv/bin/python - <<'PYTHON'
import asyncio

import backoff
import stamina
import tenacity

RETRIES = {
    "tenacity": tenacity.retry(stop=tenacity.stop_after_attempt(3)),
    "backoff": backoff.on_exception(backoff.constant, ConnectionError, max_tries=3, interval=0.01),
    "stamina": stamina.retry(on=ConnectionError, attempts=3, wait_initial=0.01),
}


def read(retry, asynchronous):
    tries = []

    @retry
    def pages():
        tries.append(1)
        yield 1
        if len(tries) == 1:
            raise ConnectionError
        yield 2

    @retry
    async def async_pages():
        tries.append(1)
        yield 1
        if len(tries) == 1:
            raise ConnectionError
        yield 2

    async def collect():
        return [page async for page in async_pages()]

    try:
        read = asyncio.run(collect()) if asynchronous else list(pages())
    except ConnectionError:
        read = "ConnectionError"
    return read, len(tries)


for name, retry in RETRIES.items():
    for asynchronous in (False, True):
        found, tries = read(retry, asynchronous)
        print(f"{name}, {'async ' if asynchronous else ''}generator: {found} after {tries} tries")
        assert (found, tries) == (([1, 1, 2], 2) if name == "stamina" else ("ConnectionError", 1))
PYTHON
