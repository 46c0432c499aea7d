// Keeps the focus on the page: where what had it goes away, such as a row that is removed or a button that has done its
// work, it moves to what has the same name there, or else to what stands in the same place.
const REACHABLE = "a[href], button, input, select, textarea, summary, [tabindex='0']";
const DEEP = 8;

let last = null;

const reachable = (place) => [...place.querySelectorAll(REACHABLE)].filter((one) => one.getClientRects().length > 0);

const nameOf = (element) =>
  (element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.textContent || "").trim();

function remember({ target }) {
  const places = [];
  for (let place = target.parentElement; place && place.id !== "app"; place = place.parentElement) places.push(place);
  // How far in each place, since afterwards nobody knows any more.
  const indexes = places.slice(0, DEEP).map((place) => reachable(place).indexOf(target));
  last = { target, name: nameOf(target), places, indexes };
}

function restore() {
  if (!last || last.target.isConnected || document.activeElement !== document.body) return;
  const { name, places, indexes } = last;
  last = null;
  for (const [depth, place] of places.entries()) {
    if (!place.isConnected) continue;
    if (place.id === "main") break; // another view
    const there = reachable(place);
    const next = there.find((one) => nameOf(one) === name) ?? there[Math.min(indexes[depth] ?? 0, there.length - 1)];
    if (next) {
      next.focus();
      return;
    }
  }
  (document.querySelector("dialog[open] h2") ?? document.getElementById("title"))?.focus();
}

export function keepFocus(app) {
  addEventListener("focusin", remember);
  new MutationObserver(restore).observe(app, { childList: true, subtree: true });
}
