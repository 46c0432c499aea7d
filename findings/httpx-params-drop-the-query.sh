#!/usr/bin/env bash
# httpx 0.28.1
# One would guess: params are added to the query that the URL has, as requests does; params={} changes nothing;
#     None leaves a parameter out.
# What happens: params replace the whole query, and params={} empties it. So a "next" link that is followed with
#     the usual params (a key, a limit) loses its cursor, and the first page comes again and again. And None is
#     sent as an empty value.
# Seen 2026-11-28: as said, beside requests 2.34.2.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check httpx==0.28.1 requests==2.34.2

venv/bin/python - <<'PYTHON'
import httpx
import requests

NEXT = "http://api.example/contacts?cursor=abc"
seen = {}
for params in ({"limit": 5}, {}, {"limit": None}):
    ours = str(httpx.Request("GET", NEXT, params=params).url)
    theirs = requests.Request("GET", NEXT, params=params).prepare().url
    seen[str(params)] = ours.partition("contacts")[2], theirs.partition("contacts")[2]
    print(f"{NEXT} with params={params}: httpx {ours}, requests {theirs}")
assert seen == {
    "{'limit': 5}": ("?limit=5", "?cursor=abc&limit=5"),
    "{}": ("", "?cursor=abc"),
    "{'limit': None}": ("?limit=", "?cursor=abc"),
}
PYTHON
