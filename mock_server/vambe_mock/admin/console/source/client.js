// The admin API: one function that asks it, with the token and the key, which are kept in memory alone.
import { effect, signal } from "@preact/signals";

const page = document.documentElement.dataset;

export const base = page.base;
export const version = page.version;
export const admin = `${base}/__admin`;
export const endpoint = `${base}/api/public/contacts`;

export const token = signal("");
export const tokenWanted = signal(page.token === "needed");
export const tokenRefused = signal(false);
// The x-api-key of the organisation shown; empty: the first one.
export const key = signal("");

// A refusal of the server, or of the way to it (status 0). `errors` has the fields that were wrong.
export class Problem extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

// Adds `query` to a path: null, undefined and "" are left out, an array repeats its name.
export function withQuery(path, query) {
  const pairs = Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value].flat().filter((one) => one !== null && one !== undefined && one !== "").map((one) => [name, one]));
  const text = new URLSearchParams(pairs).toString();
  return text ? `${path}?${text}` : path;
}

export function headers() {
  return {
    ...(token.value && { authorization: `Bearer ${token.value}` }),
    ...(key.value && { "x-api-key": key.value }),
  };
}

// The server did not take `used`; unless another one was given since, ask for one.
export function wantToken(used) {
  if (token.value !== used) return;
  tokenRefused.value = used !== "";
  token.value = "";
  tokenWanted.value = true;
}

function tokenGiven() {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (!tokenWanted.value) {
        resolve();
        queueMicrotask(() => stop());
      }
    });
  });
}

// The response to a request; throws Problem unless it is a 2xx. Waits for the token where one is needed.
export async function ask(method, path, { query, body, raw, signal: aborted } = {}) {
  await tokenGiven();
  const used = token.value;
  const sent = {
    method,
    headers: { ...headers(), ...((body !== undefined || raw) && { "content-type": "application/json" }) },
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    signal: aborted,
    cache: "no-store",
  };
  let response;
  try {
    response = await fetch(admin + withQuery(path, query), sent);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "the server does not answer; is it still running?");
  }
  if (response.status === 401) {
    wantToken(used);
    return ask(method, path, { query, body, raw, signal: aborted });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

// The JSON of the answer.
export const call = async (method, path, options) => (await ask(method, path, options)).json();
export const get = (path, query, aborted) => call("GET", path, { query, signal: aborted });
export const post = (path, body = {}, query) => call("POST", path, { body, query });
export const put = (path, body = {}, query) => call("PUT", path, { body, query });
export const patch = (path, body = {}) => call("PATCH", path, { body });
export const remove = (path, query) => call("DELETE", path, { query });

async function problemOf(response) {
  try {
    const told = await response.json();
    const errors = told.errors ?? [];
    const fields = errors.map((one) => `${one.where}: ${one.message}`);
    return new Problem(response.status, [told.detail ?? told.title, ...fields].join("; "), errors);
  } catch {
    return new Problem(response.status, `the server answered with ${response.status}`);
  }
}
