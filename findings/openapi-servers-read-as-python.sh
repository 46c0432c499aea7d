#!/usr/bin/env bash
# connexion 3.3.0 (with starlette 1.10.0) and openapi-core 0.23.1 (PyPI)
# One would guess: a query parameter is valid if its text is a number of JSON between the document's minimum and
#     maximum; and "type": "string", "nullable": true gives every text as it was sent.
# What happens: the text goes through Python's int() and float() first. limit=1_0 is 10, limit=٥ (an Arabic digit) and
#     limit=%205%20 are 5, and price=nan is valid for 0 to 100, as no comparison with it is true; the handler then
#     compares with it and finds nobody, and in JSON it is no number. And connexion makes None of the texts "null" and
#     "none" in any case where the parameter is nullable: a search for the contact None is one without a name.
# Seen 2026-11-29: as said; 1e1 and 5.0 for an integer, and 101, are refused by both.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check \
  connexion==3.3.0 openapi-core==0.23.1 starlette==1.10.0 httpx==0.28.1

cat > handlers.py <<'PYTHON'
def contacts(**query):
    return repr(query)
PYTHON
cat > look.py <<'PYTHON'
import json
from pathlib import Path
from urllib.parse import parse_qsl

import connexion
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest

SCHEMAS = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 100},
    "price": {"type": "number", "minimum": 0, "maximum": 100},
    "name": {"type": "string", "nullable": True},
}
DOCUMENT = {
    "openapi": "3.0.3",
    "info": {"title": "contacts", "version": "1"},
    "paths": {
        "/contacts": {
            "get": {
                "operationId": "handlers.contacts",
                "parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in SCHEMAS.items()],
                "responses": {"200": {"description": "it"}},
            }
        }
    },
}
Path("document.json").write_text(json.dumps(DOCUMENT))
app = connexion.AsyncApp(__name__, specification_dir=".")
app.add_api("document.json")
client = app.test_client()
core = OpenAPI.from_dict(DOCUMENT)
REFUSED = "refused"


def by_connexion(query):
    answer = client.get(f"/contacts?{query}")
    return answer.json() if answer.status_code == 200 else REFUSED


def by_openapi_core(query):
    found = core.unmarshal_request(MockRequest("http://localhost", "get", "/contacts", args=dict(parse_qsl(query))))
    return REFUSED if found.errors else repr(dict(found.parameters.query))


for query, expected in (
    ("limit=1_0", "{'limit': 10}"),
    ("limit=%D9%A5", "{'limit': 5}"),
    ("limit=%205%20", "{'limit': 5}"),
    ("price=nan", "{'price': nan}"),
    ("limit=1e1", REFUSED),
    ("limit=5.0", REFUSED),
    ("price=101", REFUSED),
    ("name=null", ("{'name': None}", "{'name': 'null'}")),
    ("name=None", ("{'name': None}", "{'name': 'None'}")),
):
    seen = (by_connexion(query), by_openapi_core(query))
    print(f"?{query}: connexion {seen[0]}, openapi-core {seen[1]}")
    assert seen == (expected if isinstance(expected, tuple) else (expected, expected)), seen
PYTHON
venv/bin/python look.py 2> errors.txt || { cat errors.txt; exit 1; }
