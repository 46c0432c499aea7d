#!/usr/bin/env bash
# jsf 0.11.2 (Python)
# One would guess: a text for {"format": "date-time", "pattern": "…Z$"} satisfies both, or an error says that it
#     cannot.
# What happens: the pattern is not looked at where a format stands beside it, so every value that is made is
#     refused by the schema that it was made from. Documents of NestJS with zod have both on each instant and each
#     id.
# Seen 2026-11-28: 20 of 20 values end in +00:00 and break the pattern.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check jsf==0.11.2

venv/bin/python - <<'PYTHON'
import re

from jsf import JSF

schema = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"}
values = [JSF(schema).generate() for _ in range(20)]
broken = [value for value in values if not re.search(schema["pattern"], value)]
print(f"{len(broken)} of {len(values)} break the pattern, for example {broken[0]}")
assert len(broken) == len(values)
PYTHON
