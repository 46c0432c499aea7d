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

export const url = (target) => `${location.origin}${base}${target}`;
export const endpointUrl = (query) => `${location.origin}${endpoint}${query ? `?${query}` : ""}`;

export const curl = (method, address, key = "YOUR_KEY") =>
  `curl ${method === "GET" ? "" : method === "HEAD" ? "--head " : `-X ${method} `}-H ${quoted(`x-api-key: ${key}`)} \\\n  ${quoted(address)}`;
