// The requests as they come, and all that there is to know of one of them.
import { useMemo, useState } from "preact/hooks";
import { remove } from "../client.js";
import { Button, Chip, Empty, Field, Page, Status, Steps, Switch, VirtualTable } from "../components.js";
import { milliseconds, plural, timeOfDay } from "../format.js";
import { say, useAction, useNarrow } from "../hooks.js";
import { html } from "../html.js";
import * as live from "../live.js";
import { isEndpoint, parsed } from "../query.js";
import { RequestDetails } from "./request-details.js";

const KINDS = {
  all: ["All", () => true],
  errors: ["Refused or failed", (one) => one.status === 0 || one.status >= 400],
  faults: ["Met by a fault", (one) => one.faults.length > 0],
  ignored: ["With ignored parameters", (one) => one.ignored.length > 0],
  strangers: ["Without a key, or to unknown paths", (one) => one.stranger],
};

export function QueryChips({ request }) {
  const { path, pairs } = parsed(request.target);
  return html`<span class="chips line">
    ${!isEndpoint(path) && html`<span class="mono">${path}</span>`}
    ${pairs.map(([name, value], index) => html`<${Chip} key=${index} kind=${request.ignored.includes(name) ? "bad" : ""}
      title=${request.ignored.includes(name) ? `${name} is ignored` : `${name}=${value}`}>
      ${request.ignored.includes(name) && html`<span class="sr">ignored: </span>`}${name}=${value}<//>`)}
    ${!pairs.length && isEndpoint(path) && html`<span class="dim">no parameters</span>`}
  </span>`;
}

const Faults = ({ request }) =>
  request.faults.map((one) => html`<${Chip} kind="warn" key=${one}>fault ${one}<//>`);

// What each filter left; or else why there is none, or what was meant perhaps, as the log says it.
const Outcome = ({ request, otherwise = "" }) => {
  if (request.steps.length) return html`<${Steps} steps=${request.steps} all=${request.all} />`;
  const told = request.hint ? `hint: ${request.hint}` : request.message || otherwise;
  return html`<span class="dim told" title=${told}>${told}</span>`;
};

const COLUMNS = [
  { name: "at", title: "Time", width: "7rem", cell: (one) => html`<span class="mono">${timeOfDay(one.at)}</span>` },
  { name: "status", title: "Status", width: "3.5rem", cell: (one) => html`<${Status} status=${one.status} />` },
  { name: "method", title: "Method", width: "4rem", cell: (one) => html`<span class="mono dim">${one.method}</span>` },
  { name: "query", title: "Query", width: "minmax(14rem, 3fr)", cell: (one) => html`<${QueryChips} request=${one} />` },
  {
    name: "steps", title: "What each filter left", width: "minmax(15rem, 2fr)",
    cell: (one) => html`<${Outcome} request=${one} />`,
  },
  { name: "faults", title: "Faults", width: "5.5rem", cell: (one) => html`<${Faults} request=${one} />` },
  { name: "took", title: "Took", width: "5rem", cell: (one) => html`<span class="mono">${milliseconds(one.milliseconds)}</span>` },
];
const NARROW = [
  COLUMNS[1],
  {
    name: "what", title: "Query, and what each filter left", width: "minmax(0, 1fr)",
    cell: (one) => html`<span class="two"><${QueryChips} request=${one} />
      <${Outcome} request=${one} otherwise=${timeOfDay(one.at)} /></span>`,
  },
];

export function Requests() {
  const [kind, setKind] = useState("all");
  const [text, setText] = useState("");
  const [held, setHeld] = useState(null);
  const [open, setOpen] = useState(null);
  const narrow = useNarrow();
  const [clear, clearing] = useAction(async () => {
    await remove("/requests");
    await remove("/requests/strangers");
    live.forget();
    if (held) setHeld([]);
    say("The record is empty.");
  });

  const all = held ?? live.requests.value;
  const shown = useMemo(
    () => all.filter((one) => KINDS[kind][1](one) && (!text || one.target.includes(text))),
    [all, kind, text],
  );
  const left = live.leftOut.value;
  return html`<${Page} title="Requests" about=${`${plural(live.total.value, "request")} with this key since the record was cleared.`}
    actions=${html`<${Switch} label="Hold" checked=${held !== null} on=${(on) => setHeld(on ? live.requests.value : null)} />
      <${Button} onClick=${clear} disabled=${clearing}>Clear the record<//>`}>
    <div class="row">
      <${Field} label="Show" as="select" value=${kind} on=${setKind}>
        ${Object.entries(KINDS).map(([id, [title]]) => html`<option key=${id} value=${id}>${title}</option>`)}
      <//>
      <${Field} label="Path and query contain" type="search" value=${text} on=${setText} placeholder="updated_after" />
    </div>
    ${left > 0 && html`<p class="note">${plural(left, "request")} came too fast to be shown. The record has the last ones.</p>`}
    ${shown.length
      ? html`<${VirtualTable} label="Requests, newest first" columns=${narrow ? NARROW : COLUMNS} count=${shown.length} height=${narrow ? 64 : 40}
          row=${(index) => shown[index]} rowKey=${(one) => one.id} onOpen=${setOpen}
          rowClass=${(one) => (one.stranger ? "stranger" : "")} />`
      : html`<${Empty}>${all.length ? "No request is of this kind." : "No request yet. As soon as your client asks, it shows here."}<//>`}
    ${open && html`<${RequestDetails} request=${open} onClose=${() => setOpen(null)} />`}
  <//>`;
}
