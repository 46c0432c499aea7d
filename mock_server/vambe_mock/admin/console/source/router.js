// Hash routes: #/view/part?name=value
import { computed, signal } from "@preact/signals";

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

export const route = computed(() => {
  const [path, query = ""] = hash.value.replace(/^#\/?/, "").split("?", 2);
  const [view, ...parts] = path.split("/").map(decodeURIComponent);
  return { view: view || "requests", parts, query: new URLSearchParams(query) };
});

export const to = (view, ...parts) => `#/${[view, ...parts].map(encodeURIComponent).join("/")}`;

export function go(view, ...parts) {
  location.hash = to(view, ...parts);
}
