// The frame: the navigation, the organisation, the clock, the token, and the view that the address names.
import { useEffect, useState } from "preact/hooks";
import { get, key, token, tokenRefused, tokenWanted, version } from "./client.js";
import { Dialog, Field, Said } from "./components.js";
import { instant } from "./format.js";
import { html } from "./html.js";
import { useLoaded } from "./hooks.js";
import * as live from "./live.js";
import { route, to } from "./router.js";
import { Clock } from "./views/clock.js";
import { Contacts } from "./views/contacts.js";
import { Data } from "./views/data.js";
import { Faults } from "./views/faults.js";
import { Requests } from "./views/requests.js";
import { Rules } from "./views/rules.js";
import { Sync } from "./views/sync.js";
import { Links } from "./views/links.js";

const VIEWS = {
  requests: ["Requests", Requests],
  contacts: ["Contacts", Contacts],
  clock: ["Clock", Clock],
  faults: ["Faults & triggers", Faults],
  sync: ["Sync", Sync],
  data: ["Organisations & data", Data],
  rules: ["Rules", Rules],
  links: ["API", Links],
};

function Token() {
  const [typed, setTyped] = useState("");
  return html`<${Dialog} title="Token" kind="small">
    <form onSubmit=${(event) => {
      event.preventDefault();
      token.value = typed.trim();
      tokenWanted.value = false;
    }}>
      <p>The admin API needs the token that the server printed at its start. It is kept in this page alone.</p>
      ${tokenRefused.value && html`<p class="problem" role="alert">That is not the token of this server.</p>`}
      <${Field} label="Token" type="password" autocomplete="off" autofocus required value=${typed} on=${setTyped} />
      <div class="actions"><button class="button primary" type="submit">Use it</button></div>
    </form>
  <//>`;
}

// The time that the mock's clock shows, going on by itself.
function Now() {
  const { data } = useLoaded(() => get("/clock"));
  const [read, setRead] = useState(0);
  const [, tick] = useState(0);
  useEffect(() => setRead(performance.now()), [data]);
  useEffect(() => {
    const timer = setInterval(() => data && !data.frozen && tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [data]);
  if (!data) return null;
  const passed = data.frozen || !read ? 0 : performance.now() - read;
  const now = new Date(Date.parse(data.now) + passed).toISOString();
  return html`<a class="now" href=${to("clock")}><span class="dim">${data.frozen ? "frozen at" : "now"}</span> ${instant(now)}</a>`;
}

const LIVE = { live: "live", connecting: "connecting", lost: "no connection" };

export function App() {
  useEffect(() => live.start(), []);
  const { view } = route.value;
  const [name, View] = VIEWS[view] ?? VIEWS.requests;
  useEffect(() => {
    document.title = `${name} · vambe-mock`;
    // On a phone the views are a strip that scrolls.
    document.querySelector(".side [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [name]);
  return html`
    <a class="skip" href="#main" onClick=${(event) => {
      event.preventDefault();
      document.getElementById("main").focus();
    }}>Skip to the content</a>
    <header class="top">
      <a class="brand" href=${to("requests")}>vambe-mock <span class="dim">${version}</span></a>
      <span class="space"></span>
      ${key.value && html`<a class="chip warn" href=${to("data")}>${live.organisation.value}</a>`}
      ${!tokenWanted.value && html`<${Now} />`}
      <span class=${`live is-${live.state.value}`} role="status">${LIVE[live.state.value]}</span>
    </header>
    <nav class="side" aria-label="Views">
      ${Object.entries(VIEWS).map(([id, [title]]) => html`<a key=${id} href=${to(id)}
        aria-current=${VIEWS[view] && id === view ? "page" : undefined}>${title}</a>`)}
    </nav>
    <main id="main" tabindex="-1">${!tokenWanted.value && html`<${View} key=${view} />`}</main>
    <${Said} />
    ${tokenWanted.value && html`<${Token} />`}
  `;
}
