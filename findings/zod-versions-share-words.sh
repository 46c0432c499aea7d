#!/usr/bin/env bash
# zod 4.4.3 and 4.6.7 in one process
# One would guess: two versions of a library under two names (as nested dependencies are) do not see each other.
# What happens: they share their configuration, the words of the messages included, through one global object; the
#     version that is imported first sets the words of both. So the messages of an API can change with the order
#     of imports, or with a dependency of a dependency.
# Seen 2026-11-28: 4.6.7 says "expected number, received Infinity" alone, "… received number" after 4.4.3.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts zod44@npm:zod@4.4.3 zod46@npm:zod@4.6.7

cat > look.mjs <<'NODE'
const versions = process.argv.slice(2);
const libraries = [];
for (const name of versions) libraries.push(await import(name));
const { z } = libraries[versions.indexOf('zod46')];
console.log(z.number().safeParse(Infinity).error.issues[0].message);
NODE
alone=$(node look.mjs zod46)
second=$(node look.mjs zod44 zod46)
echo "4.6.7 alone: $alone"
echo "4.6.7 after 4.4.3: $second"
[ "$alone" = "Invalid input: expected number, received Infinity" ]
[ "$second" = "Invalid input: expected number, received number" ]
