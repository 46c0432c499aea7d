#!/usr/bin/env bash
# zod 4.6.7 with openapi-spec-validator 0.9.0 and openapi-schema-validator 0.9.0
# One would guess: z.toJSONSchema(rule, {target: "openapi-3.0"}) is a schema of OpenAPI 3.0, which knows no type
#     "null".
# What happens: z.literal(null) becomes {"type": "null", "enum": [null]}, with which no document of OpenAPI 3.0 is
#     valid; z.enum(["a"]).nullable() becomes {"type": "string", "enum": ["a"], "nullable": true}, where null is
#     not among the values, so validators that follow the standard's clarification (3.0.3) refuse the null that
#     zod takes.
# Seen 2026-11-28: "'null' is not one of […]" for the document; None refused for the enumeration.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check openapi-spec-validator==0.9.0 openapi-schema-validator==0.9.0
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts zod@4.6.7

cat > write.mjs <<'NODE'
import { writeFileSync } from 'node:fs';
import { z } from 'zod';

const rules = { nothing: z.literal(null), kind: z.enum(['a']).nullable() };
for (const [name, rule] of Object.entries(rules)) {
  const schema = z.toJSONSchema(rule, { target: 'openapi-3.0' });
  console.log(name, JSON.stringify(schema), 'takes null:', rule.safeParse(null).success);
  writeFileSync(`${name}.json`, JSON.stringify(schema));
}
NODE
node write.mjs
venv/bin/python - <<'PYTHON'
import json

from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import OpenAPIV30SpecValidator

seen = {}
for name in ("nothing", "kind"):
    schema = json.load(open(f"{name}.json"))
    answer = {"description": "it", "content": {"application/json": {"schema": schema}}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "contacts", "version": "1"},
        "paths": {"/contacts": {"get": {"responses": {"200": answer}}}},
    }
    valid = not list(OpenAPIV30SpecValidator(document).iter_errors())
    takes_null = valid and not list(OAS30Validator(schema).iter_errors(None))
    seen[name] = valid, takes_null
    print(f"{name}: document valid {valid}, null valid {takes_null}")
assert seen == {"nothing": (False, False), "kind": (True, False)}
PYTHON
