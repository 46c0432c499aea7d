#!/usr/bin/env bash
# quicktype 26.0.0 (npm), language python
# One would guess: a field that is a text in the sample is a text in the generated class.
# What happens: a text of digits makes the field an int, and "true" makes it a bool. The class reads the texts as
#     numbers and writes texts again, so a code 00501 that comes later is written back as "501", without an error.
#     A text with a zero or a plus in front in the sample would have kept it a text: which contact one took for the
#     sample decides. --no-integer-strings and --no-boolean-strings cure it; so does a JSON Schema.
# Seen 2026-11-29, sample "12": "00501" becomes 501 and "501".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts quicktype@26.0.0

echo '{"code": "12", "note": "true"}' > contact.json
node_modules/.bin/quicktype --lang python contact.json -o contact.py
python3 - <<'PYTHON'
import sys

sys.path.insert(0, "")
import contact

sent = {"code": "00501", "note": "false"}
read = contact.contact_from_dict(sent)
written = contact.contact_to_dict(read)
print(f"sent {sent}, read as {read}, written as {written}")
assert (read.code, read.note) == (501, False)
assert written == {"code": "501", "note": "false"}
PYTHON
