// One request: how each parameter was read, the answer asked for again, why a contact is in it or not, a fault like it.
import { useState } from "preact/hooks";
import { get, key, post } from "../client.js";
import { Button, Chip, Code, Dialog, Empty, Field, Problem, Status, Steps, Submit, Switch } from "../components.js";
import { instant, milliseconds, number, plural } from "../format.js";
import { say, useAction, useLoaded } from "../hooks.js";
import { html } from "../html.js";
import { curl, isEndpoint, parsed, url } from "../query.js";
import { Explanation } from "./explanation.js";

// What the record says of a parameter: how it was read, or that it was ignored.
function readings(request, pairs) {
  const read = request.query ?? {};
  const left = Object.fromEntries(request.steps.map((one) => [one.name, one.left]));
  const sent = pairs.map(([name, value]) => {
    const ignored = request.ignored.includes(name);
    const custom = name === "custom_field_value" && read.custom_field_readings;
    const reading = custom ? Object.entries(custom).map(([entity, one]) => `${entity}: ${JSON.stringify(one)}`).join(", ") : read[name];
    const step = name.startsWith("custom_field") ? (custom ? left.custom_field : undefined) : left[name];
    return { name, value, ignored, reading: reading === undefined ? "" : String(reading), left: step };
  });
  const names = new Set(pairs.map(([name]) => name));
  const usual = Object.entries(read)
    .filter(([name]) => !names.has(name) && !name.startsWith("custom_field"))
    .map(([name, value]) => ({ name, value: null, ignored: false, reading: String(value), left: left[name] }));
  return [...sent, ...usual];
}

function Readings({ request, pairs }) {
  const rows = readings(request, pairs);
  if (!rows.length) return html`<p class="dim">It has no parameters.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="How each parameter was read"><table class="plain">
    <thead><tr><th>Parameter</th><th>Sent</th><th>Read as</th><th>Left</th></tr></thead>
    <tbody>${rows.map((one, index) => html`<tr key=${index} class=${one.ignored ? "bad" : ""}>
      <th scope="row" class="mono">${one.name}</th>
      <td class="mono">${one.value ?? html`<span class="dim">not sent</span>`}</td>
      <td class="mono">${one.ignored ? "ignored: no parameter has this name" : one.reading || html`<span class="dim">—</span>`}</td>
      <td class="mono">${one.left === undefined ? "" : number(one.left)}</td>
    </tr>`)}</tbody>
  </table></div>`;
}

function Answer({ query, onWhy }) {
  const { data, problem, reload } = useLoaded((aborted) => get("/preview", { query, most: 100 }, aborted), [query]);
  if (problem) return html`<${Problem} problem=${problem} />`;
  if (!data) return html`<p class="dim">Asking …</p>`;
  return html`<div class="stack">
    <div class="row"><p><${Status} status=${data.status} /> at ${instant(data.now)}:
      ${data.status === 200 ? html` ${plural(data.matched, "contact")} match${data.matched === 1 ? "es" : ""}.` : ` ${data.message}${data.hint && `. Hint: ${data.hint}`}`}</p>
      <${Button} onClick=${reload}>Ask again<//></div>
    <${Steps} steps=${data.steps} all=${data.total} wide />
    ${data.contacts.length > 0 && html`<ul class="list" aria-label="Contacts of the answer">
      ${data.contacts.map((one) => html`<li key=${one.id}>
        <span class="name">${one.name}</span> <span class="mono dim">${one.id}</span>
        <${Button} kind="ghost" onClick=${() => onWhy(one.id)} aria-label=${`Why is ${one.name} here?`}>Why?<//>
      </li>`)}</ul>`}
    ${data.status === 200 && !data.contacts.length && html`<${Empty}>It lists no contact.<//>`}
    <p class="dim">This is the answer now; it was not recorded, and no fault had a say.</p>
  </div>`;
}

const FAILURES = {
  500: { kind: "status", status: 500 },
  502: { kind: "status", status: 502 },
  503: { kind: "status", status: 503 },
  "429, Retry-After 1 s": { kind: "status", status: 429, retry_after: 1 },
  "401": { kind: "status", status: 401 },
  "Connection reset": { kind: "connection_reset" },
  "Body cut in half": { kind: "truncated_body" },
  "2 s late": { kind: "delay", seconds: 2 },
};

function FailNext({ path, pairs }) {
  const [effect, setEffect] = useState("503");
  const [times, setTimes] = useState("1");
  const [exact, setExact] = useState(false);
  const [add, busy, problem] = useAction(async () => {
    const query = Object.fromEntries(pairs.map(([name, value]) => [name, exact ? value : null]));
    const match = { query, first: Number(times), ...(!isEndpoint(path) && { path }) };
    const fault = await post("/faults", { match, effect: FAILURES[effect] });
    say(`Fault ${fault.id} waits for ${plural(Number(times), "request")} like this.`);
  });
  return html`<form class="stack" onSubmit=${(event) => {
    event.preventDefault();
    add();
  }}>
    <div class="row">
      <${Field} label="Fails with" as="select" value=${effect} on=${setEffect}>
        ${Object.keys(FAILURES).map((one) => html`<option key=${one}>${one}</option>`)}<//>
      <${Field} label="Times" type="number" min="1" max="1000" required value=${times} on=${setTimes} />
      <${Switch} label="Only with the same values" checked=${exact} on=${setExact} />
      <${Submit} kind="danger" disabled=${busy}>Fail the next one like this<//>
    </div>
    <${Problem} problem=${problem} />
  </form>`;
}

function Why({ query, contact, setContact }) {
  const { data } = useLoaded((aborted) => get("/contacts", { limit: 200 }, aborted), []);
  const id = contact.trim();
  return html`<div class="stack">
    <${Field} label="Contact" value=${contact} on=${setContact} list="known-contacts" placeholder="its id" autocomplete="off"
      hint="The id of any contact, of this answer or not." />
    <datalist id="known-contacts">${data?.contacts.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</datalist>
    ${/^[0-9a-f-]{36}$/i.test(id) && html`<${Explanation} contact=${id} query=${query} />`}
  </div>`;
}

export function RequestDetails({ request, onClose }) {
  const { path, query, pairs } = parsed(request.target);
  const [contact, setContact] = useState("");
  const asked = isEndpoint(path) && !request.stranger;
  return html`<${Dialog} title=${`Request ${request.number}`} onClose=${onClose}>
    <p class="mono wrap">${request.method} ${request.target}</p>
    <p class="row"><${Status} status=${request.status} /> <span>${instant(request.at)}</span> <span>${milliseconds(request.milliseconds)}</span>
      ${request.faults.map((one) => html`<${Chip} kind="warn" key=${one}>fault ${one}<//>`)}</p>
    ${request.message && html`<p class="note">${request.message}</p>`}
    ${request.hint && html`<p class="note">Hint: ${request.hint}</p>`}
    <${Steps} steps=${request.steps} all=${request.all} wide />
    ${isEndpoint(path) && html`<section><h3>How it was read</h3><${Readings} request=${request} pairs=${pairs} /></section>`}
    <section><h3>As a command</h3><${Code} label="curl" text=${curl(request.method, url(request.target), key.value || "YOUR_KEY")} /></section>
    ${!request.stranger && html`<section><h3>Fail the next one like this</h3><${FailNext} path=${path} pairs=${pairs} /></section>`}
    ${asked && html`<section><h3>Why is a contact in the answer, or not?</h3>
      <${Why} query=${query} contact=${contact} setContact=${setContact} /></section>
    <section><h3>The answer now</h3><${Answer} query=${query} onWhy=${(id) => {
      setContact(id);
      document.querySelector("[list=known-contacts]")?.focus();
    }} /></section>`}
  <//>`;
}
