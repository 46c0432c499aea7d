#!/usr/bin/env bash
# ndjson 0.3.1 (PyPI), httpx 0.28.1, jsonlines 4.0.0
# One would guess: lines of NDJSON end at line feeds alone, so a JSON text that holds a line separator (U+2028), as
#     JSON allows and copied web text brings along, is one line to every reader.
# What happens: ndjson.loads splits with Python's splitlines and joins the pieces with commas, so that inside a text
#     each such separator becomes a comma, without an error; NEL (U+0085) the same. httpx's iter_lines cuts the line
#     in two, and neither half is JSON. jsonlines reads it rightly. Writers in JavaScript, and Python's with
#     ensure_ascii=False, do not escape it.
# Seen 2026-11-29: the note "first<U+2028>second" comes as "first,second" from ndjson; two lines from httpx.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check ndjson==0.3.1 httpx==0.28.1 jsonlines==4.0.0

venv/bin/python - <<'PYTHON'
import io
import json

import httpx
import jsonlines
import ndjson

NOTE = "first\u2028second"
text = json.dumps({"note": NOTE}, ensure_ascii=False) + "\n"
answer = httpx.Response(200, content=text.encode())

found = {
    "ndjson": ndjson.loads(text),
    "httpx": list(answer.iter_lines()),
    "jsonlines": list(jsonlines.Reader(io.StringIO(text))),
}
for reader, lines in found.items():
    print(f"{reader}: {ascii(lines)}")
assert found == {
    "ndjson": [{"note": "first,second"}],
    "httpx": ['{"note": "first', 'second"}'],
    "jsonlines": [{"note": NOTE}],
}
PYTHON
