#!/usr/bin/env bash
# toml 0.10.2 (PyPI); tomllib of Python 3.11 and rtoml 0.14.0 beside it
# One would guess: what toml.dumps() writes, toml.loads() and any other reader give back as it was; and a null, which
#     TOML does not have, is an error in a list.
# What happens: a backslash with an x behind it, as in the regular expression \x2b56, is taken for an escape of Python's
#     and written as \u002b, so the pattern comes back as +56, which is another one. The path C:\xml is written as
#     "C:\xml", which no reader takes. A None in a list becomes the text "None" (rtoml: "null"), so a list of phones has
#     a phone of that name; as a value of its own it is left out.
# Seen 2026-11-29: as said, no error from dumps().
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check toml==0.10.2 rtoml==0.14.0

venv/bin/python - <<'PYTHON'
import tomllib

import rtoml
import toml

for value, expected in ((r"\x2b56", "+56"), (["+56911111111", None], ["+56911111111", "None"])):
    text = toml.dumps({"value": value})
    found = tomllib.loads(text)["value"]
    print(f"{value!r} is written as {text.strip()}, and read as {found!r}")
    assert found == toml.loads(text)["value"] == expected != value
assert tomllib.loads(rtoml.dumps({"value": r"\x2b56"})) == {"value": r"\x2b56"}
assert tomllib.loads(rtoml.dumps({"value": ["1", None]})) == {"value": ["1", "null"]}
assert toml.dumps({"value": None}) == ""

text = toml.dumps({"folder": r"C:\xml"})
for name, read in (("tomllib", tomllib.loads), ("toml", toml.loads)):
    try:
        raise AssertionError(read(text))
    except ValueError as error:
        print(f"{text.strip()}, read by {name}: {error}")
PYTHON
