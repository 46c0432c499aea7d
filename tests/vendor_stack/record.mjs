// Asks the application every case and writes answers.ndjson: one line about the run, then one line a case.
// With --check nothing is written: the answers of today are compared with the file, exit code 1 when one differs.
// With --beside FILE only the cases that FILE's stack answered otherwise are kept.
import { readFileSync, writeFileSync } from 'node:fs';
import { ask } from './ask.mjs';
import { cases } from './cases.mjs';
import { chance } from './random.mjs';
import { KEY, start } from './server.mjs';

const FILE = new URL('answers.ndjson', import.meta.url);
const beside = process.argv.indexOf('--beside');
const BESIDE = beside < 0 ? [] : readFileSync(process.argv[beside + 1], 'utf8').trimEnd().split('\n').slice(1);
const SEED = 20240115;
const BY_CHANCE = 1250;
// The key alone is what most rows send, so it is not written down.
const USUAL = JSON.stringify([['x-api-key', KEY]]);

const version = (name) => JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

async function row(port, { case: name, method, target, headers }) {
  const answer = await ask(port, { method, target, headers });
  const sent = JSON.stringify(headers) === USUAL ? {} : { headers };
  const seen = { case: name, method, target, ...sent, status: answer.status, content_type: answer.headers['content-type'] ?? null };
  const length = answer.headers['content-length'];
  if (method === 'HEAD') return { ...seen, content_length: length === undefined ? null : Number(length), body: answer.body };
  return answer.status === 200 ? { ...seen, query: JSON.parse(answer.body) } : { ...seen, body: answer.body };
}

async function record() {
  const app = await start(0);
  const { port } = app.getHttpServer().address();
  const about = {
    node: process.version.split('.')[0],
    ...Object.fromEntries(['@nestjs/core', 'express', 'nestjs-zod', 'zod'].map((name) => [name, version(name)])),
    seed: SEED, by_hand: cases.length, by_chance: BY_CHANCE,
  };
  const rows = [];
  for (const asked of [...cases, ...chance(SEED, BY_CHANCE)]) rows.push(JSON.stringify(await row(port, asked)));
  await app.close();
  const kept = BESIDE.length ? rows.filter((line, index) => line !== BESIDE[index]) : rows;
  return [JSON.stringify({ ...about, ...(BESIDE.length && { differ: kept.length }) }), ...kept];
}

function differing(now, then) {
  const differ = now.filter((line, index) => index > 0 && line !== then[index]);
  for (const line of differ.slice(0, 20)) console.error(`differs: ${line.slice(0, 300)}`);
  console.log(`${now.length - 1} cases, ${differ.length + Math.abs(now.length - then.length)} differ`);
  return differ.length > 0 || now.length !== then.length;
}

const lines = await record();
if (process.argv.includes('--check')) {
  process.exitCode = differing(lines, readFileSync(FILE, 'utf8').trimEnd().split('\n')) ? 1 : 0;
} else {
  writeFileSync(FILE, `${lines.join('\n')}\n`);
  console.log(`${lines.length - 1} cases written`);
}
