#!/usr/bin/env bash
# @mswjs/data 0.16.2 (npm)
# One would guess: a contact that was made with phone: null is found by phone: {equals: null}, and by phone:
#     {notEquals: '+56'}; and take: 0 gives nothing.
# What happens: no comparison is true for a null, so such a contact is found by no query about its phone, neither the
#     one for null nor any "is not", and there is no other operator to ask with. take: 0 gives all contacts. So a mocked
#     "contacts without a phone" is always an empty list, and a test that expects it empty passes.
# Seen 2026-11-29: 0, 1 and 2 of two contacts, where 1, 2 and 0 are meant.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @mswjs/data@0.16.2

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { factory, nullable, primaryKey } from '@mswjs/data';

const { contact } = factory({ contact: { id: primaryKey(Number), phone: nullable(String) } });
contact.create({ id: 1, phone: null });
contact.create({ id: 2, phone: '+12025550123' });
assert.strictEqual(contact.findFirst({ where: { id: { equals: 1 } } }).phone, null);

const queries = {
  'phone equals null': [{ where: { phone: { equals: null } } }, []],
  'phone is not +56': [{ where: { phone: { notEquals: '+56' } } }, [2]],
  'phone is in [null]': [{ where: { phone: { in: [null] } } }, []],
  'phone is not in [+56]': [{ where: { phone: { notIn: ['+56'] } } }, [2]],
  'take 0': [{ take: 0 }, [1, 2]],
  'take 1': [{ take: 1 }, [1]],
};
for (const [name, [query, wanted]] of Object.entries(queries)) {
  const ids = contact.findMany(query).map((one) => one.id);
  console.log(`${name}:`, ids);
  assert.deepStrictEqual(ids, wanted);
}
NODE
node look.mjs
