// The stream of requests: Server-Sent Events, read with fetch, since EventSource sends no headers.
import { effect, signal } from "@preact/signals";
import { admin, headers, key, token, tokenWanted, wantToken } from "./client.js";

const MOST = 1000;

// "connecting", "live" or "lost".
export const state = signal("connecting");
// The last requests, newest first: as in GET /requests, with `number`, `id` (unique) and `stranger`.
export const requests = signal([]);
// How many requests were not shown because they came too fast.
export const leftOut = signal(0);
export const total = signal(0);
// The name of the organisation whose requests these are.
export const organisation = signal("");
// Counts batches of requests, and changes of anything else; for views to look again.
export const arrivals = signal(0);
export const changes = signal(0);

export function forget() {
  requests.value = [];
  leftOut.value = 0;
}

// Two lists as one, by their instants; each keeps its own order, which a clock that was set back does not follow.
function merged(some, others) {
  const all = [];
  for (const one of some) {
    while (others.length && others[0].at < one.at) all.push(others.shift());
    all.push(one);
  }
  return [...all, ...others];
}

function take(event, data) {
  if (event === "requests") {
    const told = JSON.parse(data);
    const fresh = merged(
      told.requests.map((one) => ({ ...one, id: `r${one.number}`, stranger: false })),
      told.strangers.map((one) => ({ ...one, id: `s${one.number}`, stranger: true })),
    ).reverse();
    if (fresh.length) requests.value = [...fresh, ...requests.value].slice(0, MOST);
    leftOut.value += told.left_out;
    total.value = told.total;
    organisation.value = told.organisation;
    arrivals.value += 1;
  } else if (event === "changed") {
    changes.value += 1;
  }
}

async function read(aborted) {
  const used = token.value;
  const response = await fetch(`${admin}/requests/stream`, { headers: headers(), signal: aborted, cache: "no-store" });
  if (response.status === 401) wantToken(used);
  if (!response.ok) throw new Error(`status ${response.status}`);
  forget();
  state.value = "live";
  changes.value += 1;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const one of events) {
      const fields = Object.fromEntries(one.split("\n").map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 2)]));
      if (fields.event) take(fields.event, fields.data);
    }
  }
}

let waiting;

function sleep(milliseconds) {
  return new Promise((resolve) => {
    waiting = setTimeout(resolve, milliseconds);
  });
}

async function listen(aborted) {
  let pause = 500;
  while (!aborted.aborted) {
    state.value = "connecting";
    try {
      await read(aborted);
      pause = 500;
    } catch {
      // told below
    }
    if (aborted.aborted) return;
    state.value = "lost";
    await sleep(pause);
    pause = Math.min(pause * 2, 10_000);
  }
}

// Listens as long as the page is there; anew when the organisation or the token changes.
export function start() {
  return effect(() => {
    void key.value;
    void token.value;
    if (tokenWanted.value) return undefined;
    const control = new AbortController();
    queueMicrotask(() => listen(control.signal));
    return () => {
      control.abort();
      clearTimeout(waiting);
    };
  });
}
