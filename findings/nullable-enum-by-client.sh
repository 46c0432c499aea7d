#!/usr/bin/env bash
# openapi-python-client 0.29.1, openapi-typescript 7.13.0
# One would guess: two generators agree whether {"type": "string", "nullable": true, "enum": ["ticket",
#     "customer"]} may be null; that is what most frameworks write for it.
# What happens: openapi-typescript writes a type with null; the Python client raises ValueError at the first null,
#     and the whole answer with it. (The standard's clarification of 3.0.3 wants null among the values; few write
#     it.)
# Seen 2026-11-28: "ticket" | "customer" | null; "None is not a valid …".
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check openapi-python-client==0.29.1
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts openapi-typescript@7.13.0 typescript@5.9.3

cat > api.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": {"title": "contacts", "version": "1"},
  "paths": {"/contacts": {"get": {"operationId": "listContacts", "responses": {"200": {"description": "it", "content": {
    "application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}
  }}}}}},
  "components": {"schemas": {"Contact": {"type": "object", "properties": {
    "entity": {"type": "string", "nullable": true, "enum": ["ticket", "customer"]}
  }}}}
}
JSON
node_modules/.bin/openapi-typescript api.json --output api.ts > typescript.log 2>&1
line=$(grep "entity?:" api.ts | xargs)
echo "TypeScript: $line"
[ "$line" = "entity?: ticket | customer | null;" ]
venv/bin/openapi-python-client generate --path api.json --meta none --output-path contacts_client > python.log 2>&1 || true
venv/bin/python - <<'PYTHON'
from contacts_client.models import Contact

print(f"Python: {Contact.from_dict({'entity': 'ticket'})}")
try:
    Contact.from_dict({"entity": None})
    raise SystemExit("null is taken")
except ValueError as error:
    print(f"Python: {error}")
PYTHON
