#!/usr/bin/env bash
# json-server 1.0.0-beta.15
# One would guess: a page after the last is empty, so a client that reads until an empty page comes to an end; and a
#     filter for a text, ?phone=%2B56912345678 or ?zip=00501, finds the contact that has it.
# What happens: every page after the last is the last page again, so such a client never ends, and collects the last
#     contacts without end. A value that looks like a number is made one before it is compared, so no phone and no
#     code that is stored as a text is ever found; and a parameter that is no field (limit=1) finds nobody.
# Seen 2026-11-29: page 9 of 2 is page 2; nobody has the phone that contact 1 has; days:gt=9 finds two.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill "$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts json-server@1.0.0-beta.15

cat > contacts.json <<'JSON'
{"contacts": [
  {"id": "1", "days": 5, "phone": "+56912345678", "zip": "00501"},
  {"id": "2", "days": 30, "phone": null, "zip": "A1"},
  {"id": "3", "days": 10, "phone": null, "zip": "B2"}
]}
JSON
port=$(node -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); });')
node_modules/.bin/json-server contacts.json --port "$port" > server.log 2>&1 &
server=$!
cat > look.mjs <<'NODE'
import assert from 'node:assert';

const url = `http://localhost:${process.argv[2]}/contacts?`;
const ask = async (query) => {
  const answer = await (await fetch(url + query)).json();
  return (answer.data ?? answer).map((contact) => contact.id).join(' ');
};
for (let patience = 300; ; patience -= 1) {
  try {
    await ask('');
    break;
  } catch (error) {
    if (patience === 0) throw error;
    await new Promise((done) => setTimeout(done, 100));
  }
}
const wanted = {
  '_page=2&_per_page=2': '3',
  '_page=9&_per_page=2': '3',
  'days:gt=9': '2 3',
  'zip=A1': '2',
  'zip=00501': '',
  'phone=%2B56912345678': '',
  'limit=1': '',
};
const seen = {};
for (const query of Object.keys(wanted)) seen[query] = await ask(query);
console.log(seen);
assert.deepStrictEqual(seen, wanted);
NODE
node look.mjs "$port"
