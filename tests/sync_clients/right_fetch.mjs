// Keep a copy of the contacts that loses nothing: one poll, with fetch. The copy is FOLDER/contacts.json.
//
// Usage: node right_fetch.mjs FOLDER. VAMBE_BASE_URL and VAMBE_API_KEY say where the contacts come from.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const LIMIT = 100;
const OVERLAP = 10 * 60 * 1000;
const TRIES = 4;
const BEGINNING = "1970-01-01T00:00:00.000Z";

const earlier = (instant, milliseconds) => new Date(Date.parse(instant) - milliseconds).toISOString();

// How long to wait before the next try: what Retry-After says, in seconds or as a date.
function pause(after, attempt) {
  if (!after) return 100 * 2 ** attempt;
  return /^\d+$/.test(after) ? Number(after) * 1000 : Math.max(0, Date.parse(after) - Date.now());
}

// A list of contacts. Only a whole JSON list is an answer; anything else is asked for again, and then thrown.
async function page(query) {
  const url = `${process.env.VAMBE_BASE_URL}/api/public/contacts?${new URLSearchParams(query)}`;
  const headers = { "x-api-key": process.env.VAMBE_API_KEY };
  for (let attempt = 0; ; attempt++) {
    let failure, after;
    try {
      const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
      after = response.headers.get("retry-after");
      if (response.ok) {
        const contacts = await response.json();
        if (Array.isArray(contacts)) return contacts;
      }
      failure = new Error(`no list, status ${response.status}`);
      if ([400, 401, 404].includes(response.status)) attempt = TRIES; // asking again would not help
    } catch (error) {
      failure = error; // the connection, the length, the JSON, the time-out
    }
    if (attempt >= TRIES - 1) throw failure;
    await new Promise((resolve) => setTimeout(resolve, pause(after, attempt)));
  }
}

// Every contact that changed after the cursor; one that changes meanwhile may come twice.
async function* changedSince(cursor) {
  for (let offset = 0; ; ) {
    const contacts = await page({ updated_after: cursor, limit: LIMIT, offset });
    yield* contacts;
    if (contacts.length < LIMIT) return;
    const following = earlier(contacts.at(-1).updated_at, 1);
    if (following > cursor) {
      cursor = following;
      offset = 0;
    } else {
      offset += LIMIT; // a whole page of one instant: on within it
    }
  }
}

const file = join(process.argv[2], "contacts.json");
const copy = existsSync(file) ? JSON.parse(readFileSync(file, "utf-8")) : {};
// The newest row is the cursor, so that rows and cursor are saved in one step.
const newest = Object.values(copy).map((contact) => contact.updated_at).sort().at(-1);
for await (const contact of changedSince(newest === undefined ? BEGINNING : earlier(newest, OVERLAP))) {
  copy[contact.id] = contact;
}
writeFileSync(`${file}.${process.pid}`, JSON.stringify(copy));
renameSync(`${file}.${process.pid}`, file); // all of it or nothing, whoever is killed
