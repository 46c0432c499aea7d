// The contacts, filtered by the endpoint's own parameters, to open, change, add and delete.
import { effect } from "@preact/signals";
import { useEffect, useMemo, useState } from "preact/hooks";
import { get, key } from "../client.js";
import { Button, Code, Empty, Field, Page, Panel, Problem, Steps, VirtualTable } from "../components.js";
import { instant, number, plural } from "../format.js";
import { useLoaded, useNarrow } from "../hooks.js";
import { html } from "../html.js";
import { changes } from "../live.js";
import { endpointUrl } from "../query.js";
import { Rows } from "../rows.js";
import { AddContact, EditContact } from "./contact-editor.js";

const BLANK = {
  days: "", created_after: "", updated_after: "", pipeline_id: "", stage_id: "",
  custom_field_key: "", custom_field_value: "", entity_type: "", limit: "", offset: "",
};

const queryOf = (filters) => new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== "")).toString();

function Filters({ filters, set, pipelines, fields }) {
  const field = (name) => ({ value: filters[name], on: (value) => set({ ...filters, [name]: value.trim() }) });
  const stages = pipelines.filter((one) => !filters.pipeline_id || one.id === filters.pipeline_id).flatMap((one) =>
    one.stages.map((stage) => ({ ...stage, pipeline: one.name })));
  return html`<div class="filters query">
    <${Field} label="days" inputmode="decimal" placeholder="30" ...${field("days")} />
    <${Field} label="created_after" kind="long" placeholder="2026-01-31T09:30:00Z" ...${field("created_after")} />
    <${Field} label="updated_after" kind="long" placeholder="2026-01-31T09:30:00Z" ...${field("updated_after")} />
    <${Field} label="pipeline_id" as="select" ...${field("pipeline_id")}><option value="">any</option>
      ${pipelines.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}<//>
    <${Field} label="stage_id" as="select" ...${field("stage_id")}><option value="">any</option>
      ${stages.map((one) => html`<option key=${one.id} value=${one.id}>${one.pipeline}: ${one.name}</option>`)}<//>
    <${Field} label="custom_field_key" as="select" ...${field("custom_field_key")}><option value="">none</option>
      ${[...new Set(fields.map((one) => one.key))].map((one) => html`<option key=${one} value=${one}>${one}</option>`)}<//>
    <${Field} label="custom_field_value" ...${field("custom_field_value")} />
    <${Field} label="entity_type" as="select" ...${field("entity_type")}>
      <option value="">not sent</option><option>customer</option><option>ticket</option><//>
    <${Field} label="limit" inputmode="numeric" ...${field("limit")} />
    <${Field} label="offset" inputmode="numeric" ...${field("offset")} />
  </div>`;
}

const shown = (value) => (value === undefined || value === null ? html`<span class="dim">—</span>` : String(value));
const mono = (value) => html`<span class="mono">${shown(value)}</span>`;

function columnsOf(fields, stages, narrow) {
  const ticket = (one) => (one.active_ticket_v2 ? (stages.get(one.active_ticket_v2.current_stage_id) ?? "no known stage") : null);
  if (narrow) {
    return [{
      name: "what", title: "Contact", width: "minmax(0, 1fr)",
      cell: (one) => html`<span class="two"><span>${one.name}</span><span class="dim">${instant(one.last_message_at)} · ${one.platform}</span></span>`,
    }];
  }
  const fixed = [
    ["name", "Name", "15rem", (one) => one.name],
    ["phone", "Phone", "9.5rem", (one) => mono(one.phone)],
    ["email", "E-mail", "15rem", (one) => shown(one.email)],
    ["platform", "Platform", "7.5rem", (one) => one.platform],
    ["status", "Chat", "7.5rem", (one) => one.chat_status],
    ["last", "Last message", "11rem", (one) => mono(one.last_message_at && instant(one.last_message_at))],
    ["updated", "Updated", "11rem", (one) => mono(instant(one.updated_at))],
    ["created", "Created", "11rem", (one) => mono(instant(one.created_at))],
    ["ticket", "Ticket's stage", "10rem", (one) => shown(ticket(one))],
    ["flags", "Flags", "8rem", (one) => [one.blocked && "blocked", !one.is_chat_read && "unread"].filter(Boolean).join(", ")],
  ];
  const custom = fields.flatMap((field) => field.entities.map((entity) =>
    [`${entity}.${field.key}`, `${field.key} (${entity})`, "10rem", (one) => shown(one.custom_fields[entity][field.key])]));
  return [...fixed, ...custom].map(([name, title, width, cell]) => ({ name, title, width, cell }));
}

export function Contacts() {
  const narrow = useNarrow();
  const rows = useMemo(() => new Rows(), []);
  const [filters, setFilters] = useState(BLANK);
  const [open, setOpen] = useState(null);
  const [adding, setAdding] = useState(false);
  const { data: pipelines = [] } = useLoaded((aborted) => get("/pipelines", {}, aborted));
  const { data: fields = [] } = useLoaded((aborted) => get("/custom-fields", {}, aborted));
  const query = queryOf(filters);

  useEffect(() => {
    const timer = setTimeout(() => rows.open(query || null), 150);
    return () => clearTimeout(timer);
  }, [query, key.value]);
  useEffect(() => {
    let first = true;
    let timer = null;
    const stop = effect(() => {
      void changes.value;
      if (!first && timer === null) {
        timer = setTimeout(async () => {
          timer = null;
          await rows.refresh();
        }, 150);
      }
      first = false;
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);

  void rows.version.value;
  const told = rows.told.value;
  const stages = new Map(pipelines.flatMap((one) => one.stages.map((stage) => [stage.id, `${one.name}: ${stage.name}`])));
  const columns = useMemo(() => columnsOf(fields, stages, narrow), [fields, pipelines, narrow]);
  return html`<${Page} title="Contacts" about=${`${plural(told.total, "contact")}${query ? `, of which ${plural(told.count, "is", "are")} in the answer` : ""}.`}
    actions=${html`<${Button} kind="primary" onClick=${() => setAdding(true)}>Add a contact<//>`}>
    <${Panel} title="What the endpoint is asked" actions=${query && html`<${Button} onClick=${() => setFilters(BLANK)}>Show all contacts<//>`}>
      <${Filters} filters=${filters} set=${setFilters} pipelines=${pipelines} fields=${fields} />
      ${query
        ? html`<${Code} label="The URL that a client would send" text=${endpointUrl(query)} />`
        : html`<p class="dim">Without parameters all contacts show here; the endpoint itself wants days, created_after or updated_after.</p>`}
      ${told.ignored?.length > 0 && html`<p class="problem">Ignored: ${told.ignored.join(", ")}</p>`}
      ${told.message && html`<p class="problem" role="alert">${told.status}: ${told.message}${told.hint && `. Hint: ${told.hint}`}</p>`}
      <${Steps} steps=${told.steps} all=${told.total} wide />
      <${Problem} problem=${told.problem} />
    <//>
    ${told.count
      ? html`<${VirtualTable} label="Contacts" columns=${columns} count=${told.count} height=${narrow ? 60 : 36} wide=${!narrow}
          row=${(index) => rows.at(index)} rowKey=${(one) => one.id} rowClass=${(one) => (rows.flashing.has(one.id) ? "flash" : "")}
          onRange=${(first, last) => rows.show(first, last)} onOpen=${(one) => setOpen(one.id)} />`
      : html`<${Empty}>${told.loading ? "Loading …" : "No contact."}<//>`}
    ${open && html`<${EditContact} id=${open} pipelines=${pipelines} fields=${fields} query=${query} onClose=${() => setOpen(null)} />`}
    ${adding && html`<${AddContact} pipelines=${pipelines} fields=${fields} onClose=${() => setAdding(false)} />`}
  <//>`;
}
