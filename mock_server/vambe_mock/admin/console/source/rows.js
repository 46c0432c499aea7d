// Contacts by the thousand, of which the page has only those in sight: loaded a chunk at a time, and looked at again
// when something changed. What differs then flashes.
import { signal } from "@preact/signals";
import { get } from "./client.js";

const CHUNK = 100;
const KEPT = 60;
const FLASH = 2500;

const NOTHING = { loading: true, status: 200, message: "", hint: "", steps: [], total: 0, count: 0, problem: null };

export class Rows {
  constructor() {
    this.told = signal(NOTHING);
    this.version = signal(0);
    this.flashing = new Map();
    this.range = [0, 30];
    this.forget();
  }

  forget() {
    this.chunks = new Map();
    this.pending = new Set();
    this.known = new Map();
    this.generation = (this.generation ?? 0) + 1;
  }

  // Show the answer to `query`, a query string, or all contacts for null.
  async open(query) {
    this.query = query;
    this.forget();
    this.told.value = { ...this.told.value, loading: true };
    await this.load([0]);
  }

  // The row at `index`, or undefined while it is loading.
  at(index) {
    return this.chunks.get(Math.floor(index / CHUNK))?.[index % CHUNK];
  }

  // Rows from `first` up to `last` are in sight.
  show(first, last) {
    this.range = [first, last];
    this.load(this.inSight().filter((one) => !this.chunks.has(one) && !this.pending.has(one)));
  }

  // Something changed: load what is in sight again, and forget the rest.
  async refresh() {
    this.generation += 1;
    this.pending.clear();
    const seen = this.inSight();
    await this.load(seen.includes(0) ? seen : [0, ...seen], true);
  }

  inSight() {
    const [first, last] = this.range;
    const chunks = [];
    for (let one = Math.floor(first / CHUNK); one * CHUNK < Math.max(last, 1); one += 1) chunks.push(one);
    return chunks;
  }

  async load(chunks, again = false) {
    if (!chunks.length) return;
    const generation = this.generation;
    for (const one of chunks) this.pending.add(one);
    try {
      const loaded = await Promise.all(chunks.map((one) => this.ask(one)));
      if (generation !== this.generation) return;
      const before = again ? new Map(this.known) : null;
      if (again || this.chunks.size > KEPT) this.chunks = new Map();
      chunks.forEach((one, index) => this.chunks.set(one, loaded[index]));
      this.note(loaded.flat(), before);
    } catch (problem) {
      if (generation === this.generation) this.told.value = { ...NOTHING, loading: false, problem };
    } finally {
      if (generation === this.generation) for (const one of chunks) this.pending.delete(one);
      this.version.value += 1;
    }
  }

  note(contacts, before) {
    const until = performance.now() + FLASH;
    if (this.known.size > 20_000) this.known.clear();
    for (const one of contacts) {
      const text = JSON.stringify(one);
      if (before?.size && before.get(one.id) !== text) this.flashing.set(one.id, until);
      this.known.set(one.id, text);
    }
    if (before && this.flashing.size) {
      setTimeout(() => {
        for (const [id, end] of this.flashing) if (end <= performance.now()) this.flashing.delete(id);
        this.version.value += 1;
      }, FLASH + 50);
    }
  }

  async ask(chunk) {
    if (this.query === null) {
      const { total, contacts } = await get("/contacts", { limit: CHUNK, offset: chunk * CHUNK });
      if (chunk === 0) this.tell({ total, count: total });
      return contacts;
    }
    if (chunk === 0) {
      const answer = await get("/preview", { query: this.query, most: CHUNK });
      const { status, message, hint, steps, total, ignored, now } = answer;
      const count = status === 200 ? (steps.at(-1)?.left ?? total) : 0;
      this.tell({ status, message, hint, steps, total, count, ignored, now });
      return answer.contacts;
    }
    const pairs = new URLSearchParams(this.query);
    const offset = Number(pairs.get("offset") ?? 0) + chunk * CHUNK;
    const left = pairs.has("limit") ? Number(pairs.get("limit")) - chunk * CHUNK : CHUNK;
    if (left <= 0) return [];
    pairs.set("offset", offset);
    pairs.set("limit", Math.min(left, CHUNK));
    return (await get("/preview", { query: pairs.toString(), most: CHUNK })).contacts;
  }

  tell(told) {
    this.told.value = { ...NOTHING, ...told, loading: false };
  }
}
