#!/usr/bin/env bash
# jsonschema 1.5.0 and is-my-json-valid 2.20.6 (npm), fastjsonschema 2.22.3 (PyPI); @cfworker/json-schema 4.1.6
#     (npm) beside them
# One would guess: a validator that does not know the draft that "$schema" names refuses the schema; at the least what
#     the drafts have in common, such as "$ref" with a rule beside it, is looked at.
# What happens: the schema is taken, and what came with 2019-09 and 2020-12 is passed over without a word:
#     prefixItems, which pydantic and zod write for every tuple, dependentRequired, unevaluatedProperties, minContains.
#     Beside a "$ref", jsonschema and fastjsonschema look at nothing, and is-my-json-valid knows no const. So what the
#     one side publishes, the other does not check. @cfworker/json-schema, told the draft, does.
# Seen 2026-11-29: of six values that a schema forbids each of the three refuses one, and the last all six.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check fastjsonschema==2.22.3
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts \
  jsonschema@1.5.0 is-my-json-valid@2.20.6 @cfworker/json-schema@4.1.6

cat > cases.json <<'JSON'
[
  [{"prefixItems": [{"type": "number"}, {"type": "number"}]}, ["north", "west"], [1, 2]],
  [{"dependentRequired": {"phone": ["country"]}}, {"phone": "912345678"}, {"phone": "912345678", "country": "CL"}],
  [{"properties": {"name": {}}, "unevaluatedProperties": false}, {"Name": "Ana"}, {"name": "Ana"}],
  [{"contains": {"const": "owner"}, "minContains": 2}, ["owner"], ["owner", "owner"]],
  [{"$ref": "#/$defs/name", "minLength": 2, "$defs": {"name": {"type": "string"}}}, "A", "Ana"],
  [{"const": "contact"}, "ticket", "contact"]
]
JSON
cat > look.py <<'PYTHON'
import json
from pathlib import Path

import fastjsonschema

for schema, value, _ in json.loads(Path("cases.json").read_text()):
    validate = fastjsonschema.compile({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    try:
        validate(value)
        print("passes")
    except fastjsonschema.JsonSchemaValueException:
        print("refused")
PYTHON
cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import compile from 'is-my-json-valid';
import jsonschema from 'jsonschema';

const cases = JSON.parse(readFileSync('cases.json', 'utf8'));
const refused = {
  jsonschema: [],
  'is-my-json-valid': [],
  fastjsonschema: execFileSync('venv/bin/python', ['look.py'], { encoding: 'utf8' }).trim().split('\n'),
  '@cfworker/json-schema': [],
};
refused.fastjsonschema = refused.fastjsonschema.map((word) => word === 'refused');
for (const [rules, value, allowed] of cases) {
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...rules };
  refused.jsonschema.push(!jsonschema.validate(value, schema).valid);
  refused['is-my-json-valid'].push(!compile(schema)(value));
  const strict = new Validator(schema, '2020-12');
  refused['@cfworker/json-schema'].push(!strict.validate(value).valid);
  assert(strict.validate(allowed).valid);
}
for (const [name, list] of Object.entries(refused)) {
  const found = cases.filter((_, at) => list[at]).map(([rules]) => Object.keys(rules).slice(0, 2).join(' and '));
  console.log(`${name} refuses`, found);
}
assert.deepStrictEqual(refused, {
  jsonschema: [false, false, false, false, false, true],
  'is-my-json-valid': [false, false, false, false, true, false],
  fastjsonschema: [false, false, false, false, false, true],
  '@cfworker/json-schema': [true, true, true, true, true, true],
});
NODE
node look.mjs
