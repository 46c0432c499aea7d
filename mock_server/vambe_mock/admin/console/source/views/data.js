// Organisations, snapshots, the initial data, and data sets in and out.
import { useRef, useState } from "preact/hooks";
import { ask, call, get, key, post, put, remove } from "../client.js";
import { Button, Chip, Copy, Empty, Field, Page, Panel, Problem, Submit, Sure, Switch } from "../components.js";
import { instant, number, plural } from "../format.js";
import { say, useAction, useLoaded } from "../hooks.js";
import { html } from "../html.js";
import { organisation } from "../live.js";
import { keys } from "../organisations.js";

function Organisations() {
  const { data = [], problem, reload } = useLoaded((aborted) => get("/organisations", {}, aborted), [], { on: ["changes", "arrivals"], every: 1000 });
  const [typed, setTyped] = useState("");
  const [made, setMade] = useState(null);
  const [act, busy, refused] = useAction((work) => work());
  const create = () => act(async () => {
    const one = await post("/organisations", {});
    keys.value = { ...keys.value, [one.name]: one.key };
    setMade(one);
    say(`${one.name} was made.`);
    reload();
  });
  const show = (value) => act(async () => {
    const before = key.value;
    key.value = value;
    try {
      await get("/clock");
    } catch (error) {
      key.value = before;
      throw error;
    }
    setTyped("");
    say("The page shows the organisation of this key.");
  });
  return html`<${Panel} title="Organisations" actions=${html`<${Button} onClick=${create} disabled=${busy}>Make one<//>`}>
    <p class="dim">Each API key has data, a clock, faults and a record of its own. The page shows one of them: its whole key is asked for once, and kept in this page alone.</p>
    <ul class="list tall">${data.map((one, index) => {
      const known = index === 0 ? "" : keys.value[one.name];
      const here = organisation.value === one.name;
      return html`<li key=${one.name}>
        <span class="name">${one.name} ${here && html`<${Chip} kind="good">shown<//>`}</span>
        <span class="mono dim">${one.keys.join(", ")}</span>
        <span class="dim">${plural(one.contacts, "contact")}, ${plural(one.requests, "request")}, ${plural(one.faults, "fault")}</span>
        ${!here && known !== undefined && html`<${Button} onClick=${() => show(known)}>Show<span class="sr"> ${one.name}</span><//>`}
        ${index > 0 && html`<${Sure} yes="delete it" what=${` ${one.name}`} busy=${busy} on=${() => act(async () => {
          if (here) key.value = "";
          await remove(`/organisations/${encodeURIComponent(one.name)}`);
          say(`${one.name} was deleted.`);
          await reload();
        })}>Delete<span class="sr"> ${one.name}</span><//>`}
      </li>`;
    })}</ul>
    ${made && html`<div class="note row">The key of ${made.name}, which no other answer shows: <code>${made.key}</code> <${Copy} text=${made.key} label="Copy the key" /></div>`}
    <form class="row" onSubmit=${(event) => {
      event.preventDefault();
      show(typed.trim());
    }}>
      <${Field} label="Show the organisation of this key" type="password" autocomplete="off" required value=${typed} on=${setTyped} />
      <${Submit} disabled=${busy}>Show it<//>
    </form>
    <${Problem} problem=${refused ?? problem} />
  <//>`;
}

function Snapshots() {
  const { data = [], problem, reload } = useLoaded((aborted) => get("/snapshots", {}, aborted));
  const [name, setName] = useState("");
  const [act, busy, refused] = useAction(async (done, work) => {
    await work();
    say(done);
    await reload();
    return true;
  });
  const path = (one) => `/snapshots/${one.split("/").map(encodeURIComponent).join("/")}`;
  return html`<${Panel} title="Snapshots">
    <form class="row" onSubmit=${(event) => {
      event.preventDefault();
      act(`The snapshot ${name} was taken.`, () => put(path(name), undefined)).then((good) => good && setName(""));
    }}>
      <${Field} label="Name" required maxlength="100" value=${name} on=${setName} />
      <${Submit} kind="primary" disabled=${busy}>Take a snapshot<//>
    </form>
    ${data.length
      ? html`<ul class="list tall">${data.map((one) => html`<li key=${one.name}>
          <span class="name">${one.name}</span><span class="dim">${plural(one.contacts, "contact")} at ${instant(one.now)}</span>
          <${Button} onClick=${() => act(`The snapshot ${one.name} was restored.`, () => post(`${path(one.name)}/restore`, undefined))}>Restore<span class="sr"> ${one.name}</span><//>
          <${Sure} yes="delete it" what=${` ${one.name}`} busy=${busy} on=${() => act(`The snapshot ${one.name} was deleted.`, () => remove(path(one.name)))}>Delete<span class="sr"> ${one.name}</span><//>
        </li>`)}</ul>`
      : html`<${Empty}>No snapshot yet: one keeps data and clock under a name.<//>`}
    <${Problem} problem=${refused ?? problem} />
  <//>`;
}

function Reset() {
  const [reset, busy, problem] = useAction(async () => {
    const { contacts } = await post("/reset", undefined);
    say(`Everything is as at the start: ${plural(contacts, "contact")}.`);
  });
  return html`<${Panel} title="Reset">
    <p class="dim">Back to the initial data and clock, without faults, triggers and recorded requests. Snapshots stay.</p>
    <div class="actions"><${Sure} yes="reset" busy=${busy} on=${reset}>Reset<//></div>
    <${Problem} problem=${problem} />
  <//>`;
}

function DataSet() {
  const [keep, setKeep] = useState(false);
  const [over, setOver] = useState(false);
  const input = useRef(null);
  const [load, , problem] = useAction(async (file) => {
    const { contacts } = await call("PUT", "/dataset", { raw: file, query: { keep_timestamps: keep ? "true" : null } });
    say(`${file.name} was loaded: ${plural(contacts, "contact")}.`);
  });
  const [save, saving, failed] = useAction(async () => {
    const blob = await (await ask("GET", "/dataset")).blob();
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = "vambe-mock.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    say(`The data set has ${number(blob.size)} bytes.`);
  });
  return html`<${Panel} title="Data set">
    <p class="dim">A data set document, as <code>vambe-mock generate</code> and the option <code>--data</code> have it. Loading one replaces all contacts, pipelines and custom fields.</p>
    <div class="actions"><${Button} onClick=${save} disabled=${saving}>Download the data<//></div>
    <div class=${over ? "drop over" : "drop"} onDragOver=${(event) => {
      event.preventDefault();
      setOver(true);
    }} onDragLeave=${() => setOver(false)} onDrop=${(event) => {
      event.preventDefault();
      setOver(false);
      if (event.dataTransfer.files[0]) load(event.dataTransfer.files[0]);
    }}>
      <label>Load a file, or drop it here <input type="file" accept=".json,application/json" ref=${input} onChange=${(event) => {
        const [file] = event.target.files;
        if (file) load(file).finally(() => {
          if (input.current) input.current.value = "";
        });
      }} /></label>
    </div>
    <${Switch} label="Keep its timestamps; else they move to the clock's now" checked=${keep} on=${setKeep} />
    <${Problem} problem=${problem ?? failed} />
  <//>`;
}

export function Data() {
  return html`<${Page} title="Organisations & data">
    <${Organisations} />
    <div class="panels"><${Snapshots} /><${DataSet} /><${Reset} /></div>
  <//>`;
}
