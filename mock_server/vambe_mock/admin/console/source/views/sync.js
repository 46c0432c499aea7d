// What the client has: as the mock has delivered it, live, and as a report of a sync check tells it.
import "../sync.css";
import { useEffect, useState } from "preact/hooks";
import { get, put, remove } from "../client.js";
import { Button, Chip, Code, Empty, Field, Page, Panel, Problem } from "../components.js";
import { instant, number, plural, short } from "../format.js";
import { html } from "../html.js";
import { say, useAction, useLoaded } from "../hooks.js";
import { bad, counts, read, TimeLine, Words } from "./sync-report.js";

const EVERYTHING = "created_after=1970-01-01T00:00:00Z";

function Delivered() {
  const [scope, setScope] = useState(EVERYTHING);
  const [typed, setTyped] = useState(EVERYTHING);
  const { data, problem, reload } = useLoaded((aborted) => get("/delivered/summary", { scope }, aborted), [scope],
    { on: ["changes", "arrivals"], every: 1000 });
  const [turn, busy, failed] = useAction(async (on) => {
    await (on ? put("/delivered", {}) : remove("/delivered"));
    if (!on) {
      setScope(EVERYTHING);
      setTyped(EVERYTHING);
    }
    await reload();
    say(on ? "From now on it is noted what is delivered." : "What is delivered is no longer noted.");
  });
  const ask = html`<form class="scope" onSubmit=${(event) => {
    event.preventDefault();
    setScope(typed.trim() || EVERYTHING);
  }}>
    <${Field} label="Contacts that the client means to have, as a query" value=${typed} on=${setTyped} spellcheck="false" placeholder="days=30" />
    <button type="submit" class="button">Use it</button>
  </form>`;
  if (data && !data.on) {
    return html`<${Panel} title="What the client has">
      <${Problem} problem=${problem ?? failed} />
      <p>Once this is on, the mock notes which version of each contact was in an answer that arrived whole, and you see here which
        contacts the client cannot have, and why.</p>
      <div class="actions"><${Button} kind="primary" disabled=${busy} onClick=${() => turn(true)}>Switch it on<//></div>
    <//>`;
  }
  return html`<${Panel} title="What the client has" actions=${html`
      <${Button} disabled=${busy} onClick=${() => turn(true)}>Begin anew<//>
      <${Button} disabled=${busy} onClick=${() => turn(false)}>Switch it off<//>`}>
    <${Problem} problem=${problem ?? failed} />
    ${ask}
    ${data && html`
      <div class="share">
        <p><strong>${number(data.present)}</strong> of ${plural(data.contacts, "contact")} delivered in the present version</p>
        <progress max=${Math.max(1, data.contacts)} value=${data.contacts ? data.present : 1} aria-label="Delivered in the present version"></progress>
      </div>
      <dl class="figures">
        ${[["never delivered", data.lost], ["only an older version", data.stale], ["whole answers", data.whole], ["spoilt answers", data.spoilt]]
          .map(([name, count]) => html`<div key=${name}><dt>${name}</dt><dd>${number(count)}</dd></div>`)}
      </dl>
      ${data.missing.length === 0
        ? html`<${Empty}>The client has had every contact as it is now.<//>`
        : html`<div class="scroll" tabindex="0" role="group" aria-label="Contacts that the client has not got">
          <table class="plain-table missing"><thead><tr><th>contact</th><th>has</th><th class="wide-only">changed at</th><th>why not</th></tr></thead>
          <tbody>${data.missing.map((one) => html`<tr key=${one.id}>
            <td class="who">${short(one.name || one.id, 40)}</td>
            <td><${Chip} kind=${one.delivered ? "warn" : "bad"}>${one.delivered ? "an older one" : "nothing"}<//></td>
            <td class="mono wide-only">${instant(one.updated_at)}</td>
            <td class="why">${one.why}${one.query !== null && html` <code class="dim">${one.query}</code>`}</td>
          </tr>`)}</tbody></table></div>
        ${data.contacts - data.present > data.missing.length && html`<p class="dim">These are the ${data.missing.length} that changed last.</p>`}`}`}
  <//>`;
}

const KINDS = { survived: "good", lost: "bad", failed: "bad" };

function Hazard({ hazard, first }) {
  const [open, setOpen] = useState(first);
  const { timeline } = hazard;
  return html`<details class="hazard" open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary><span class="slug">${hazard.slug}</span><${Chip} kind=${KINDS[hazard.verdict] ?? ""}>${hazard.verdict}<//>
      <span class="dim">${[counts(hazard), hazard.requests && plural(hazard.requests, "request")].filter(Boolean).join(" · ")}</span></summary>
    ${open && html`<div class="hazard-body">
      ${hazard.why && html`<p class="dim">${hazard.why}</p>`}
      ${hazard.happened && html`<p>What happened: ${hazard.happened}.</p>`}
      ${timeline?.requests?.length
        ? html`<${TimeLine} told=${timeline} label=${hazard.slug} />
          <details><summary>In words</summary><${Words} told=${timeline} /></details>`
        : html`<p class="dim">${timeline ? "The client sent no request." : "No time line: the report was written by an earlier version."}</p>`}
      ${bad(hazard) && hazard.survive && html`<p>To survive it: ${hazard.survive}</p>`}
      ${[...(hazard.blind ?? []), ...(hazard.manners ?? [])].map((one) => html`<p class="note" key=${one}>${one}</p>`)}
    </div>`}
  </details>`;
}

function History({ history }) {
  return html`<section class="hazard" aria-label=${`History ${history.number}`}>
    <div class="hazard-body"><h3>History ${history.number} loses: ${counts(history)}</h3>
      <p>What happened: ${history.happened}.</p>
      ${history.steps && html`<ol class="happenings">${history.steps.map((one, index) => html`<li key=${index}>${one}</li>`)}</ol>`}
      ${history.timeline?.requests?.length > 0 && html`<${TimeLine} told=${history.timeline} label=${`history ${history.number}`} />`}
    </div></section>`;
}

function Report() {
  const [report, setReport] = useState(null);
  const [over, setOver] = useState(false);
  const [take, , problem] = useAction(async (file) => {
    if (!file) return;
    setReport(null);
    const told = await read(file);
    setReport(told);
    say(`${told.name}: ${plural(told.hazards.length, "hazard")}, ${number(told.hazards.filter(bad).length)} not survived.`);
  });
  useEffect(() => {
    // Anywhere on the page: a file that is dropped beside the box must not replace the page.
    const hover = (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(event.type === "dragover");
    };
    const drop = (event) => {
      hover(event);
      take(event.dataTransfer?.files[0]);
    };
    const all = { dragover: hover, dragleave: hover, drop };
    for (const [name, does] of Object.entries(all)) addEventListener(name, does);
    return () => {
      for (const [name, does] of Object.entries(all)) removeEventListener(name, does);
    };
  }, []);
  const hazards = report?.hazards ?? [];
  const met = hazards.filter((one) => one.verdict !== "not met");
  const order = [...hazards.filter(bad), ...hazards.filter((one) => !bad(one))];
  return html`<${Panel} title="A report of sync-check">
    <div class=${over ? "drop is-over" : "drop"}>
      <${Field} label="Drop the JSON report anywhere on this page, or choose it" type="file" accept=".json,application/json"
        onChange=${(event) => take(event.target.files[0])} />
    </div>
    <${Problem} problem=${problem} />
    ${!report && html`<${Code} label="The command that writes a report" text="vambe-mock sync-check --json report.json -- python my_sync.py" />`}
    ${report && html`<div>
      <p><strong>${number(met.filter((one) => !bad(one)).length)}</strong> of ${plural(met.length, "hazard")} survived, ${number(hazards.length - met.length)} not met.
        <span class="dim"> ${report.name}</span></p>
      <div class="key"><span><i class="in"></i>a whole answer</span><span><i class="spoilt"></i>a spoilt one</span><span><i class="next"></i>a change</span><span><i class="has"></i>the contact was listed</span></div>
      ${report.history && html`<${History} history=${report.history} />`}
      ${order.map((one, index) => html`<${Hazard} key=${one.slug} hazard=${one} first=${index < 3 && bad(one)} />`)}
    </div>`}
  <//>`;
}

export function Sync() {
  return html`<${Page} title="Sync" about="Whether a client that copies the contacts has all of them as they are now.">
    <${Delivered} />
    <${Report} />
  <//>`;
}
