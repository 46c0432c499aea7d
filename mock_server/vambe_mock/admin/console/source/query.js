// A request's target, taken apart, and the command that sends it again.
import { base, endpoint } from "./client.js";
import { quoted } from "./format.js";

// {path, query, pairs: [[name, value]]} of a target as it was sent.
export function parsed(target) {
  const at = target.indexOf("?");
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? "" : target.slice(at + 1);
  return { path, query, pairs: [...new URLSearchParams(query)] };
}

// Whether the path is the contacts endpoint, however it was written.
export const isEndpoint = (path) => path.toLowerCase().replace(/\/+$/, "") === "/api/public/contacts";

// Where the endpoint is; unknown to a page on a port of the admin API's own.
const here = document.documentElement.dataset.endpoint === "here";
const from = (path) => (here ? `${location.origin}${path}` : `$VAMBE_BASE_URL${path}`);

export const url = (target) => from(`${here ? base : ""}${target}`);
export const endpointUrl = (query) => from(`${here ? endpoint : "/api/public/contacts"}${query ? `?${query}` : ""}`);

const asWord = (address) => (here ? quoted(address) : `"$VAMBE_BASE_URL"${quoted(address.slice("$VAMBE_BASE_URL".length))}`);

export const curl = (method, address, key = "YOUR_KEY") =>
  `curl ${method === "GET" ? "" : method === "HEAD" ? "--head " : `-X ${method} `}-H ${quoted(`x-api-key: ${key}`)} \\\n  ${asWord(address)}`;
