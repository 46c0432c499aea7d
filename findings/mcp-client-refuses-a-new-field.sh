#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2 with zod 4.6.7
# One would guess: server and client judge a tool's result by the same outputSchema, and a field more is no fault:
#     z.object() lets it pass.
# What happens: it passes on the server, which asks zod and sends the result on as it is. The client reads the
#     published schema, where zod has written "additionalProperties": false, and throws. So the day on which the API
#     behind the tool has a new field, every call fails, on the client alone. For arguments it is the other way
#     round: a misspelt one is dropped without a word, and the tool runs without that filter.
# Seen 2026-11-29: "data must NOT have additional properties" with the field more; {"Name": "Ana"} arrives as {}.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts @modelcontextprotocol/sdk@1.32.2 zod@4.6.7

cat > look.mjs <<'NODE'
import assert from 'node:assert';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

const server = new McpServer({ name: 'contacts', version: '1' });
let contact = { id: 1 };
const got = [];
server.registerTool(
  'find',
  { inputSchema: { name: z.string().optional() }, outputSchema: { id: z.number() } },
  async (args) => {
    got.push(args);
    return { content: [], structuredContent: contact };
  },
);
const [one, other] = InMemoryTransport.createLinkedPair();
await server.connect(one);
const client = new Client({ name: 'client', version: '1' });
await client.connect(other);
await client.listTools();

const call = (args) =>
  client.callTool({ name: 'find', arguments: args }).then(
    (result) => JSON.stringify(result.structuredContent),
    (error) => error.message,
  );
const before = await call({ name: 'Ana' });
contact = { id: 1, created_by: 'import' };
const after = await call({ Name: 'Ana' });
console.log({ before, after, got });
await client.close();
assert.deepStrictEqual(got, [{ name: 'Ana' }, {}]);
assert.strictEqual(before, '{"id":1}');
assert.match(after, /additional properties/);
NODE
node look.mjs
