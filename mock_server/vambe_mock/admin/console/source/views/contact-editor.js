// One contact: its fields, custom fields, ticket and messages, each changed through the admin API.
import { useState } from "preact/hooks";
import { get, patch, post, remove } from "../client.js";
import { Button, Dialog, Field, Problem, Submit, Sure, Switch } from "../components.js";
import { say, useAction, useLoaded } from "../hooks.js";
import { html } from "../html.js";
import { Explanation } from "./explanation.js";

const PLATFORMS = ["whatsapp", "web-whatsapp", "instagram", "webchat", "sms", "messenger", "tiktok", "voice", "playground"];
const STATUSES = ["UNATTENDED", "ATTENDED", "CLOSED"];
// Of these, an empty text means null.
const NULLABLE = new Set(["phone", "email", "last_message_at", "ai_customer_id", "default_stage_id"]);
const NEW = { name: "", phone: "", email: "", platform: "whatsapp", chat_status: "UNATTENDED" };

const fieldsOf = (contact) => ({
  name: contact.name ?? "", phone: contact.phone ?? "", email: contact.email ?? "", platform: contact.platform,
  chat_status: contact.chat_status, last_message_at: contact.last_message_at ?? "", created_at: contact.created_at,
  updated_at: contact.updated_at, default_stage_id: contact.default_stage_id ?? "", ai_customer_id: contact.ai_customer_id ?? "",
  blocked: contact.blocked, is_chat_read: contact.is_chat_read,
});
const customOf = (contact, fields) => Object.fromEntries(fields.flatMap((field) => field.entities.map((entity) =>
  [`${entity}.${field.key}`, String(contact?.custom_fields[entity][field.key] ?? "")])));

const sent = (name, value) => (value === "" && NULLABLE.has(name) ? null : value);

// What a custom field's text means; "" removes its value.
function customValue(field, text) {
  if (text === "") return null;
  if (field.type === "number") return Number(text);
  return field.type === "boolean" ? text === "true" : text;
}

function differing(before, now, fields) {
  const changed = Object.fromEntries(Object.entries(now.fields).filter(([name, value]) => value !== before.fields[name])
    .map(([name, value]) => [name, sent(name, value)]));
  const custom = {};
  for (const field of fields) {
    for (const entity of field.entities) {
      const name = `${entity}.${field.key}`;
      if (now.custom[name] !== before.custom[name]) (custom[entity] ??= {})[field.key] = customValue(field, now.custom[name]);
    }
  }
  return { ...changed, ...(Object.keys(custom).length && { custom_fields: custom }) };
}

const Stages = ({ pipelines }) => pipelines.map((one) => html`<optgroup key=${one.id} label=${one.name}>
  ${one.stages.map((stage) => html`<option key=${stage.id} value=${stage.id}>${stage.name}</option>`)}</optgroup>`);

function Inputs({ value, set, pipelines, old = true }) {
  const text = (name) => ({ value: value[name], on: (typed) => set({ ...value, [name]: typed }) });
  return html`<div class="filters">
    <${Field} label="Name" ...${text("name")} />
    <${Field} label="Phone" placeholder="+56912345678" ...${text("phone")} />
    <${Field} label="E-mail" ...${text("email")} />
    <${Field} label="Platform" as="select" ...${text("platform")}>${PLATFORMS.map((one) => html`<option key=${one}>${one}</option>`)}<//>
    <${Field} label="Chat status" list="statuses" ...${text("chat_status")} />
    <datalist id="statuses">${STATUSES.map((one) => html`<option key=${one} value=${one} />`)}</datalist>
    ${old && html`
      <${Field} label="Last message" placeholder="none" ...${text("last_message_at")} />
      <${Field} label="Created" ...${text("created_at")} />
      <${Field} label="Updated" hint="Left as it is, it becomes now." ...${text("updated_at")} />
      <${Field} label="Default stage" as="select" ...${text("default_stage_id")}><option value="">none</option><${Stages} pipelines=${pipelines} /><//>
      <${Field} label="Customer's id" ...${text("ai_customer_id")} />
      <${Switch} label="Blocked" checked=${value.blocked} on=${(on) => set({ ...value, blocked: on })} />
      <${Switch} label="Chat is read" checked=${value.is_chat_read} on=${(on) => set({ ...value, is_chat_read: on })} />`}
  </div>`;
}

function Custom({ value, set, fields, hasTicket }) {
  const all = fields.flatMap((field) => field.entities.map((entity) => ({ field, entity, name: `${entity}.${field.key}` })));
  if (!all.length) return null;
  return html`<section><h3>Custom fields, which no answer shows</h3><div class="filters">
    ${all.map(({ field, entity, name }) => {
      const given = { label: `${field.key} (${entity})`, value: value[name] ?? "", on: (typed) => set({ ...value, [name]: typed }),
        disabled: entity === "ticket" && !hasTicket };
      const choices = field.type === "boolean" ? ["true", "false"] : field.type === "options" ? field.options : null;
      return choices
        ? html`<${Field} key=${name} as="select" ...${given}><option value="">none</option>
            ${choices.map((one) => html`<option key=${one}>${one}</option>`)}<//>`
        : html`<${Field} key=${name} ...${given} placeholder=${{ number: "a number", date: "2026-01-31" }[field.type] ?? ""} />`;
    })}</div></section>`;
}

function Ticket({ contact, pipelines, act }) {
  const ticket = contact.active_ticket_v2;
  const [chosen, setChosen] = useState(null);
  const stage = chosen ?? ticket?.current_stage_id ?? "";
  const path = `/contacts/${contact.id}/ticket`;
  const stage_id = stage || null;
  const does = async (done, work) => (await act(done, work)) && setChosen(null);
  return html`<section><h3>Ticket</h3><div class="row">
    <${Field} label="Stage" as="select" value=${stage} on=${setChosen}><option value="">no stage</option><${Stages} pipelines=${pipelines} /><//>
    ${ticket
      ? html`<${Button} onClick=${() => does("The ticket was moved.", () => patch(path, { stage_id }))}>Move the ticket<//>
          <${Button} onClick=${() => does("The ticket was closed.", () => remove(path))}>Close the ticket<//>`
      : html`<${Button} onClick=${() => does("A ticket was opened.", () => post(path, { stage_id }))}>Open a ticket<//>`}
  </div></section>`;
}

function Message({ contact, act }) {
  const [direction, setDirection] = useState("inbound");
  const [at, setAt] = useState("");
  return html`<section><h3>Message</h3><div class="row">
    <${Field} label="Direction" as="select" value=${direction} on=${setDirection}>
      <option value="inbound">from the contact</option><option value="outbound">to the contact</option><//>
    <${Field} label="At" value=${at} on=${setAt} placeholder="now" />
    <${Button} onClick=${() => act("A message was added.", () =>
      post(`/contacts/${contact.id}/messages`, { direction, ...(at && { at }) }))}>Add a message<//>
  </div></section>`;
}

// What is typed stays over what the contact has, so that a change of somebody else takes away nothing that was typed.
function Editor({ contact, pipelines, fields, query, reload, onClose }) {
  const before = { fields: fieldsOf(contact), custom: customOf(contact, fields) };
  const [typed, setTyped] = useState({ fields: {}, custom: {} });
  const now = { fields: { ...before.fields, ...typed.fields }, custom: { ...before.custom, ...typed.custom } };
  const type = (part) => (value) => setTyped({ ...typed,
    [part]: Object.fromEntries(Object.entries(value).filter(([name, one]) => one !== before[part][name])) });
  const [act, busy, problem] = useAction(async (done, work) => {
    await work();
    say(done);
    await reload();
    return true;
  });
  const change = differing(before, now, fields);
  const none = !Object.keys(change).length;
  return html`
    <p class="mono dim wrap">${contact.id}</p>
    <form onSubmit=${async (event) => {
      event.preventDefault();
      if (none) say("Nothing was changed yet.");
      else if (await act("The contact was changed.", () => patch(`/contacts/${contact.id}`, change))) setTyped({ fields: {}, custom: {} });
    }}>
      <${Inputs} value=${now.fields} set=${type("fields")} pipelines=${pipelines} />
      <${Custom} value=${now.custom} set=${type("custom")} fields=${fields} hasTicket=${contact.active_ticket_v2 !== null} />
      <${Problem} problem=${problem} />
      <div class="actions">
        <${Submit} kind="primary" disabled=${busy || none}>Save the change<//>
        <${Sure} yes="delete it" busy=${busy} on=${() => act("The contact was deleted.", () => remove(`/contacts/${contact.id}`).then(onClose))}>Delete the contact<//>
      </div>
    </form>
    <${Ticket} contact=${contact} pipelines=${pipelines} act=${act} />
    <${Message} contact=${contact} act=${act} />
    ${query && html`<section><h3>Why it is in the answer to the filters, or not</h3>
      <${Explanation} contact=${contact.id} query=${query} /></section>`}`;
}

export function EditContact({ id, pipelines, fields, query, onClose }) {
  const { data, problem, reload } = useLoaded((aborted) => get(`/contacts/${id}`, {}, aborted), [id]);
  return html`<${Dialog} title=${data?.name || "Contact"} onClose=${onClose}>
    ${data
      ? html`<${Editor} contact=${data} pipelines=${pipelines} fields=${fields} query=${query} reload=${reload} onClose=${onClose} />`
      : html`<${Problem} problem=${problem} />`}
  <//>`;
}

export function AddContact({ pipelines, fields, onClose }) {
  const [now, setNow] = useState({ fields: NEW, custom: customOf(null, fields) });
  const [add, busy, problem] = useAction(async () => {
    const { name, phone, email, ...rest } = now.fields;
    const { custom_fields } = differing({ fields: now.fields, custom: customOf(null, fields) }, now, fields);
    const made = await post("/contacts", {
      ...rest, ...(name && { name }), ...(phone && { phone }), ...(email && { email }), ...(custom_fields && { custom_fields }),
    });
    say(`${made.name} was added.`);
    onClose();
  });
  return html`<${Dialog} title="Add a contact" onClose=${onClose}>
    <form onSubmit=${(event) => {
      event.preventDefault();
      add();
    }}>
      <p class="dim">What is left empty gets its usual value; the instants are the clock's.</p>
      <${Inputs} value=${now.fields} set=${(value) => setNow({ ...now, fields: value })} pipelines=${pipelines} old=${false} />
      <${Custom} value=${now.custom} set=${(value) => setNow({ ...now, custom: value })} fields=${fields} hasTicket=${false} />
      <${Problem} problem=${problem} />
      <div class="actions"><${Submit} kind="primary" disabled=${busy}>Add it<//></div>
    </form>
  <//>`;
}
