#!/usr/bin/env bash
# httpx 0.28.1
# One would guess: NO_PROXY=localhost,[::1], which curl and others understand, is honoured or passed over.
# What happens: no client can be made at all, although no proxy is set: InvalidURL, "Invalid port: ':1]'". A shell
#     profile that is right for curl stops every program on httpx. Without brackets it works.
# Seen 2026-11-28: as said; a block of IPv6 addresses (fe80::/10) is an error too.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check httpx==0.28.1

venv/bin/python - <<'PYTHON'
import os

import httpx

for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
    del os.environ[name]
seen = {}
for value in ("localhost,::1", "localhost,[::1]", "10.0.0.0/8", "fe80::/10"):
    os.environ["NO_PROXY"] = value
    try:
        httpx.Client().close()
        seen[value] = "fine"
    except httpx.InvalidURL as error:
        seen[value] = str(error)
    print(f"NO_PROXY={value}: {seen[value]}")
assert seen == {
    "localhost,::1": "fine",
    "localhost,[::1]": "Invalid port: ':1]'",
    "10.0.0.0/8": "fine",
    "fe80::/10": "Invalid port: ':'",
}
PYTHON
