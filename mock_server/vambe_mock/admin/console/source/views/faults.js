// Faults as switches and triggers as a list, with what they have done so far. The kinds come from the API's own document.
import "../faults.css";
import { useState } from "preact/hooks";
import { get, post, remove } from "../client.js";
import { Button, Chip, Empty, Field, Page, Panel, Problem, Submit, Switch } from "../components.js";
import { instant, number, plural, short } from "../format.js";
import { html } from "../html.js";
import { say, useAction, useLoaded } from "../hooks.js";
import { chosen, Fields, plain, schemas, split, words } from "./faults-form.js";

const LIVE = { on: ["changes", "arrivals"], every: 400 };

const sentences = (text = "") => text.replaceAll("``", "").replaceAll("\n\n", "\n").replace(/\n(?=[a-z(])/g, " ").replaceAll("\n", " ");
const title = (kind) => words(kind)[0].toUpperCase() + words(kind).slice(1).replace("json", "JSON");

// An object in few words: `status 503, retry after 2`.
function told(value) {
  if (typeof value !== "object") return short(String(value), 40);
  return Object.entries(given(value)).map(([name, one]) => [words(name), told(one)]).filter(([, one]) => one !== "")
    .map((pair) => pair.join(" ")).join(", ");
}

// A step of the clock has a zero for each unit that was not given.
const change = ({ do: what, ...rest }) => [words(what), told(typeof rest[what] === "object" ? rest[what]
  : what === "clock" ? Object.fromEntries(Object.entries(rest).filter(([, one]) => one !== 0)) : rest)].filter(Boolean).join(" ");

// What somebody has said of a rule: the API tells of the rest as null, false or empty.
const given = (object) => Object.fromEntries(Object.entries(object).filter(([, one]) =>
  one !== null && one !== undefined && one !== false && !(typeof one === "object" && !Object.keys(one).length)));

function describe(effect) {
  const { kind: _, ...values } = effect;
  return told(values);
}

function conditions(match) {
  const { query = {}, ...rest } = match;
  const parts = Object.entries(rest).filter(([, one]) => one !== null && one !== undefined).map(([name, one]) => `${words(name)} ${told(one)}`);
  const pairs = Object.entries(query).map(([name, one]) => (one === null ? name : `${name}=${one}`));
  return [...pairs, ...parts].join(", ");
}

// The conditions that were given; null says something for a parameter, and a key is shown in part only.
function matching({ query, key: _, ...rest }) {
  return { ...given(rest), ...(Object.keys(query).length && { query }) };
}

const without = (object) => Object.fromEntries(Object.entries(object).filter(([, one]) => one !== undefined));

// A fault of the catalogue: its switch, the values that it needs, and the faults of this kind that there are.
function Kind({ kind, schema, rule, all, faults, reload }) {
  const { effect: _, ...others } = rule.properties;
  const before = faults.findLast((one) => !one.over)?.rule;
  const [effect, setEffect] = useState(() => (before ? given(before.effect) : chosen(rule.properties.effect, kind, all)));
  const [more, setMore] = useState(() => (before ? { match: matching(before.match), ...(before.expires_in && { expires_in: before.expires_in }) } : {}));
  const [open, setOpen] = useState(false);
  const at = faults.filter((one) => !one.over);
  const [needed, optional] = split(schema, ["share", "value", "message"].filter((name) => name in schema.properties && !schema.required.includes(name)).slice(0, 1));
  const [turn, busy, problem] = useAction(async (on) => {
    if (on) await post("/faults", without({ ...more, effect }));
    else for (const one of at) await remove(`/faults/${one.id}`);
    await reload();
    say(`${title(kind)} is ${on ? "on" : "off"}.`);
  });
  const [drop] = useAction(async (one) => {
    await remove(`/faults/${one.id}`);
    await reload();
  });
  const [again, working, failed] = useAction(async () => {
    await post("/faults", without({ ...more, effect }));
    for (const one of at) await remove(`/faults/${one.id}`);
    await reload();
    say(`${title(kind)} has the values shown.`);
  });
  const match = plain(others.match, all);
  const rest = Object.keys(others).filter((name) => name !== "match");
  return html`<article class=${at.length ? "card is-on" : "card"} aria-label=${title(kind)}>
    <${Switch} label=${title(kind)} checked=${at.length > 0} disabled=${busy} on=${turn} />
    <p class="about">${sentences(schema.description)}</p>
    <${Problem} problem=${problem ?? failed} />
    ${faults.length > 0 && html`<ul class="at-work" aria-label=${`${title(kind)}: at work`}>
      ${faults.map((one) => html`<li key=${one.id}>
        <span class="count"><strong>${number(one.applied)}</strong> hit${one.matched !== one.applied ? ` of ${number(one.matched)}` : ""}</span>
        ${one.over && html`<${Chip}>over<//>`}
        ${describe(one.rule.effect) && html`<span>${describe(one.rule.effect)}</span>`}
        ${conditions(one.rule.match) && html`<span class="dim">for ${conditions(one.rule.match)}</span>`}
        ${one.expires_in !== null && !one.over && html`<span class="dim">for ${Math.ceil(one.expires_in)} s more</span>`}
        ${(faults.length > 1 || one.over) && html`<${Button} kind="ghost" aria-label=${`Remove fault ${one.id}`} onClick=${() => drop(one)}>Remove<//>`}
      </li>`)}
    </ul>`}
    ${needed.length > 0 && html`<${Fields} schema=${schema} names=${needed} value=${effect} on=${setEffect} all=${all} />`}
    <${Fields} schema=${match} names=${["first"]} value=${more.match ?? {}} all=${all} on=${(value) => setMore({ ...more, match: value })} />
    <details open=${open} onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>More: ${optional.length ? "values, " : ""}which requests, how long</summary>
      ${open && html`<div class="stack">
        ${optional.length > 0 && html`<${Fields} schema=${schema} names=${optional} value=${effect} on=${setEffect} all=${all} />`}
        <${Fields} schema=${match} names=${Object.keys(match.properties).filter((name) => name !== "first")} value=${more.match ?? {}} all=${all} on=${(value) => setMore({ ...more, match: value })} />
        <${Fields} schema=${rule} names=${rest} value=${more} all=${all} on=${setMore} />
      </div>`}
    </details>
    ${at.length > 0 && html`<div class="actions"><${Button} disabled=${working} onClick=${again}>Use these values<//></div>`}
  </article>`;
}

// What a change of a trigger begins with, beside what it requires.
const FIRST = { change: { fields: { name: "Ana" } }, clock: { days: 1 } };

const RECIPES = [
  ["A contact changes between two pages", { nth: 1, changes: [{ do: "change", contact: { place: 1 }, fields: { name: "Changed between two pages" } }] }],
  ["A contact vanishes between two pages", { nth: 1, changes: [{ do: "delete", contact: { place: 1 } }] }],
  ["A contact is new after the answer", { nth: 1, changes: [{ do: "add", contact: { name: "New after the answer" } }] }],
  ["A day passes after the answer", { nth: 1, changes: [{ do: "clock", days: 1 }] }],
];

function NewTrigger({ all, reload }) {
  const rule = all.TriggerRule;
  const changes = rule.properties.changes.items;
  const begin = (kind) => ({ ...chosen(changes, kind, all), ...FIRST[kind] });
  const [value, setValue] = useState(() => ({ nth: 1, when: "after", changes: [begin("change")] }));
  const [serial, setSerial] = useState(0);
  const match = plain(rule.properties.match, all);
  const { mapping } = changes.discriminator;
  const names = Object.keys(rule.properties).filter((name) => name !== "match" && name !== "changes");
  const [add, busy, problem] = useAction(async () => {
    const made = await post("/triggers", without(value));
    await reload();
    say(`Trigger ${made.id} waits for its request.`);
  });
  const put = (index, one) => setValue({ ...value, changes: value.changes.map((before, place) => (place === index ? one : before)) });
  return html`<form class="trigger-form" key=${serial} onSubmit=${(event) => {
    event.preventDefault();
    add();
  }}>
    <div class="row" role="group" aria-label="Begin with">
      ${RECIPES.map(([name, made]) => html`<${Button} key=${name} onClick=${() => {
        setValue({ when: "after", ...made });
        setSerial(serial + 1);
      }}>${name}<//>`)}
    </div>
    <${Fields} schema=${rule} names=${names} value=${value} on=${setValue} all=${all} />
    <details><summary>Which requests count</summary>
      <${Fields} schema=${match} names=${Object.keys(match.properties)} value=${value.match ?? {}} all=${all} on=${(next) => setValue({ ...value, match: next })} />
    </details>
    ${value.changes.map((change, index) => {
      const schema = plain({ $ref: mapping[change.do] }, all);
      return html`<section class="change" key=${`${index} ${change.do}`} aria-label=${`Change ${index + 1}`}>
        <header>
          <${Field} as="select" label=${`change ${index + 1}: do`} value=${change.do} on=${(kind) => put(index, begin(kind))}>
            ${Object.keys(mapping).map((kind) => html`<option key=${kind} value=${kind}>${words(kind)}</option>`)}
          <//>
          ${value.changes.length > 1 && html`<${Button} kind="ghost" aria-label=${`Remove change ${index + 1}`}
            onClick=${() => setValue({ ...value, changes: value.changes.filter((_, place) => place !== index) })}>Remove<//>`}
        </header>
        <${Fields} schema=${schema} names=${split(schema).flat()} value=${change} on=${(next) => put(index, next)} all=${all} />
      </section>`;
    })}
    <${Problem} problem=${problem} />
    <div class="actions">
      <${Button} onClick=${() => setValue({ ...value, changes: [...value.changes, begin("change")] })}>One more change<//>
      <${Submit} kind="primary" disabled=${busy}>Add the trigger<//>
    </div>
  </form>`;
}

function Waiting({ triggers, reload }) {
  const [drop, , problem] = useAction(async (one) => {
    await remove(`/triggers/${one.id}`);
    await reload();
    say(`Trigger ${one.id} is off.`);
  });
  if (!triggers.length) return html`<${Empty}>No triggers.<//>`;
  return html`<${Problem} problem=${problem} />
    <ul class="at-work">${triggers.map((one) => html`<li key=${one.id}>
      <${Switch} label=${`Trigger ${one.id}`} checked=${one.fired === null} on=${() => drop(one)} disabled=${one.fired !== null} />
      ${one.fired === null
        ? html`<span class="count">request <strong>${number(one.matched)}</strong> of ${number(one.rule.nth)}</span>`
        : one.problem ? html`<${Chip} kind="bad">changed nothing<//>` : html`<${Chip} kind="good">fired<//> <span class="mono dim">${instant(one.at)}</span>`}
      <span>${one.rule.when} it: ${one.rule.changes.map(change).join("; ")}</span>
      ${conditions(one.rule.match) && html`<span class="dim">for ${conditions(one.rule.match)}</span>`}
      ${one.problem && html`<span class="problem">${one.problem}</span>`}
      ${one.fired !== null && html`<${Button} kind="ghost" aria-label=${`Remove trigger ${one.id}`} onClick=${() => drop(one)}>Remove<//>`}
    </li>`)}</ul>`;
}

export function Faults() {
  const { data: all, problem: unread } = useLoaded(schemas, [], { on: [] });
  const { data, problem, reload } = useLoaded(
    async (aborted) => {
      const [faults, triggers] = await Promise.all([get("/faults", {}, aborted), get("/triggers", {}, aborted)]);
      return { faults, triggers };
    }, [], LIVE);
  const [off, busy, failed] = useAction(async () => {
    const [faults, triggers] = [await remove("/faults"), await remove("/triggers")];
    await reload();
    say(`${plural(faults.removed, "fault")} and ${plural(triggers.removed, "trigger")} are off.`);
  });
  const wrong = unread ?? problem ?? failed;
  if (!all || !data) return html`<${Page} title="Faults & triggers">${wrong ? html`<${Problem} problem=${wrong} />` : html`<${Empty}>Loading …<//>`}<//>`;
  const rule = all.FaultRule;
  const { mapping } = rule.properties.effect.discriminator;
  const active = data.faults.filter((one) => !one.over).length + data.triggers.filter((one) => one.fired === null).length;
  // In the order in which the API lists them, not that of the alphabet.
  const kinds = rule.properties.effect.oneOf.map((one) => Object.keys(mapping).find((kind) => mapping[kind] === one.$ref));
  return html`<${Page} title="Faults & triggers" about="What goes wrong, and what changes at a request. They hit requests with this organisation's key."
    actions=${html`<span class="dim" role="status">${active ? `${number(active)} on` : "nothing is on"}</span>
      <${Button} kind="danger" disabled=${busy || !(data.faults.length + data.triggers.length)} onClick=${off}>All off<//>`}>
    <${Problem} problem=${wrong} />
    <section aria-labelledby="faults" class="stack"><h2 id="faults">Faults</h2>
      <div class="catalogue">${kinds.map((kind) => html`<${Kind} key=${kind} kind=${kind} schema=${plain({ $ref: mapping[kind] }, all)} rule=${rule} all=${all}
        faults=${data.faults.filter((one) => one.rule.effect.kind === kind)} reload=${reload} />`)}</div>
    </section>
    <div class="panels top-aligned">
      <${Panel} title="Triggers"><${Waiting} triggers=${data.triggers} reload=${reload} /><//>
      <${Panel} title="A new trigger"><${NewTrigger} all=${all} reload=${reload} /><//>
    </div>
  <//>`;
}
