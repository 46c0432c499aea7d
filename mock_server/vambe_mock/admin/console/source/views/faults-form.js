// Forms from the admin API's own document: a field for each property of a schema, whatever properties there are.
import { useState } from "preact/hooks";
import { get } from "../client.js";
import { Button, Field, Switch } from "../components.js";
import { html } from "../html.js";

let loaded = null;

// The schemas of the API's document, by name; asked for once.
export function schemas() {
  loaded ??= get("/openapi.json").then((document) => document.components.schemas, (problem) => {
    loaded = null;
    throw problem;
  });
  return loaded;
}

export const words = (name) => name.replaceAll("_", " ");

const LABELS = { first: "only the first", every: "only every nth", nth: "at request number", expires_in: "expires in, seconds", retry_after: "retry after, seconds" };
const HINTS = { path: "*/contacts", first: "all", every: "all" };

// A schema without references, and whether null is allowed beside it.
export function plain(schema, all) {
  if (schema.$ref) return { ...plain(all[schema.$ref.split("/").at(-1)], all), ...("default" in schema && { default: schema.default }) };
  const others = schema.anyOf?.filter((one) => one.type !== "null");
  if (others?.length === 1 && schema.anyOf.length === 2) {
    const { anyOf, ...rest } = schema;
    return { ...plain(others[0], all), ...rest, nullable: true };
  }
  return schema;
}

// What a field begins with: what is usual for its name, its default, or the least that its schema allows.
const USUAL = {
  status: 503, per_second: 1, location: "/elsewhere", seconds: 1, bytes_per_second: 1000, share: 0.5,
  text: "<html><body><h1>502 Bad Gateway</h1></body></html>", place: 1, direction: "inbound",
  minimum: 0.1, maximum: 1, median: 0.2, sigma: 0.5, days: 1,
};

export function beginning(name, schema, all) {
  const one = plain(schema, all);
  if (one.const !== undefined) return one.const;
  if (name in USUAL && !(one.enum && !one.enum.includes(USUAL[name])) && !one.properties) return USUAL[name];
  if (one.default !== undefined) return one.default;
  if (one.enum) return one.enum[0];
  if (one.oneOf) return one.discriminator ? chosen(one, Object.keys(one.discriminator.mapping)[0], all) : beginning(name, one.oneOf.at(-1), all);
  if (one.properties) return required(one, all);
  if (one.type === "boolean") return false;
  if (one.type === "integer" || one.type === "number") return one.minimum ?? 1;
  return one.type === "object" ? {} : one.examples?.[0] ?? "";
}

// An object with what `schema` requires; a contact by its place, since an id means nothing yet.
export function required(schema, all) {
  const names = schema.required ?? (schema.properties.place ? ["place"] : []);
  return Object.fromEntries(names.map((name) => [name, beginning(name, schema.properties[name], all)]));
}

// The object of a union whose `discriminator` has that value.
export function chosen(union, value, all) {
  return required(plain({ $ref: union.discriminator.mapping[value] }, all), all);
}

// A field for each of `names` of the object schema; `value` is the object, `on` is called with a new one.
export function Fields({ schema, names, value, on, all }) {
  const put = (name) => (next) => {
    const { [name]: _, ...rest } = value;
    on(next === undefined ? rest : { ...rest, [name]: next });
  };
  return html`<div class="values">${names.map((name) => html`<${Value} key=${name} name=${name} label=${LABELS[name] ?? words(name)}
    schema=${schema.properties[name]} needed=${schema.required?.includes(name)} value=${value[name]} on=${put(name)} all=${all} />`)}</div>`;
}

// The names that are shown at once, and those that are not: what is required, and the first that is asked for.
export function split(schema, first = []) {
  const names = Object.keys(schema.properties).filter((name) => schema.properties[name].const === undefined);
  const shown = names.filter((name) => schema.required?.includes(name) || first.includes(name));
  return [shown, names.filter((name) => !shown.includes(name))];
}

function Value({ name, label, schema, needed, value, on, all }) {
  const one = plain(schema, all);
  if (one.discriminator) return html`<${Union} label=${label} union=${one} value=${value} on=${on} all=${all} />`;
  if (one.oneOf) return html`<${OneOf} name=${name} label=${label} forms=${one.oneOf} value=${value} on=${on} all=${all} />`;
  if (one.properties) return html`<${Group} label=${label} schema=${one} value=${value} on=${on} all=${all} />`;
  if (one.type === "object" && name !== "query") return html`<${Json} label=${label} value=${value} on=${on} />`;
  if (name === "query") return html`<${Query} label=${label} value=${value} on=${on} />`;
  if (one.enum) {
    return html`<${Field} as="select" label=${label} value=${value === undefined ? "" : String(value)}
      on=${(text) => on(text === "" ? undefined : one.enum.find((each) => String(each) === text))}>
      ${!needed && html`<option value="">${one.default === undefined ? "—" : `usual (${one.default})`}</option>`}
      ${one.enum.map((each) => html`<option key=${each} value=${String(each)}>${each}</option>`)}
    <//>`;
  }
  if (one.type === "boolean") {
    return one.nullable
      ? html`<${Field} as="select" label=${label} value=${value === undefined ? "" : String(value)}
          on=${(text) => on(text === "" ? undefined : text === "true")}>
          <option value="">—</option><option>true</option><option>false</option><//>`
      : html`<${Switch} label=${label} checked=${value ?? one.default ?? false} on=${(next) => on(next || undefined)} />`;
  }
  if (one.type === "integer" || one.type === "number") {
    const least = one.minimum;
    return html`<${Field} label=${label} type="number" step=${one.type === "integer" ? 1 : "any"} min=${least} max=${one.maximum}
      required=${needed} placeholder=${one.default ?? HINTS[name] ?? ""} value=${value ?? ""} on=${(text) => on(text === "" ? undefined : Number(text))} />`;
  }
  const example = one.examples?.[0] ?? one.default ?? HINTS[name] ?? "";
  const long = one.maxLength > 2000;
  return html`<div class=${long || example.length > 16 ? "long" : ""}><${Field} as=${long ? "textarea" : "input"} label=${label} required=${needed}
    placeholder=${typeof example === "string" ? example : ""} value=${value ?? ""} on=${(text) => on(text === "" && !needed ? undefined : text)} /></div>`;
}

// The parameters that a request must have, typed as a query: a name alone means any value.
function Query({ label, value, on }) {
  const written = Object.entries(value ?? {}).map(([name, text]) => (text === null ? name : `${name}=${text}`)).join("&");
  const [typed, setTyped] = useState(written);
  return html`<div class="long"><${Field} label=${label} placeholder="updated_after&limit=20" value=${typed}
    hint="parameters that it must have; a name alone: with any value"
    on=${(text) => {
      setTyped(text);
      const pairs = text.split("&").map((one) => one.trim()).filter(Boolean).map((one) => {
        const at = one.indexOf("=");
        return at < 0 ? [one, null] : [one.slice(0, at), one.slice(at + 1)];
      });
      on(pairs.length ? Object.fromEntries(pairs) : undefined);
    }} /></div>`;
}

// An object whose fields have names of their own.
function Json({ label, value, on }) {
  const [typed, setTyped] = useState(JSON.stringify(value ?? {}));
  const [wrong, setWrong] = useState(false);
  return html`<div class="long"><${Field} label=${`${label} (JSON)`} value=${typed} aria-invalid=${wrong ? "true" : undefined} hint=${wrong ? 'not JSON yet; wanted e.g. {"city": "Lima"}' : undefined}
    on=${(text) => {
      setTyped(text);
      try {
        on(JSON.parse(text));
        setWrong(false);
      } catch {
        setWrong(true);
      }
    }} /></div>`;
}

// One of several kinds of object, told apart by a field.
export function Union({ label, union, value, on, all }) {
  const { propertyName: name, mapping } = union.discriminator;
  const schema = value && plain({ $ref: mapping[value[name]] }, all);
  return html`<fieldset class="group long"><legend>${label}</legend>
    <${Field} as="select" label=${words(name)} value=${value?.[name]} on=${(kind) => on(chosen(union, kind, all))}>
      ${Object.keys(mapping).map((kind) => html`<option key=${kind} value=${kind}>${words(kind)}</option>`)}
    <//>
    ${schema && html`<${Fields} schema=${schema} names=${split(schema).flat()} value=${value} on=${on} all=${all} />`}
  </fieldset>`;
}

const begun = (name, form, all) => (form.type === "string" ? "" : beginning(name, form, all));

// One of several forms that are not told apart by a field, such as a number or a distribution.
function OneOf({ name, label, forms, value, on, all }) {
  const plainForms = forms.map((one) => plain(one, all));
  const fits = (form) => (form.properties ? typeof value === "object" && Object.keys(value).every((key) => key in form.properties) : typeof value !== "object");
  const at = Math.max(0, plainForms.findIndex(fits));
  const form = plainForms[at];
  const title = (one) => (one.title && one.properties ? words(one.title.toLowerCase()) : one.type === "string" ? "id" : one.type);
  return html`<fieldset class="group long"><legend>${label}</legend>
    <div class="stack">
      <${Field} as="select" label="as" value=${String(at)} on=${(text) => on(begun(name, plainForms[Number(text)], all))}>
        ${plainForms.map((one, index) => html`<option key=${index} value=${String(index)}>${title(one)}</option>`)}
      <//>
      ${form.properties
        ? html`<${Fields} schema=${form} names=${Object.keys(form.properties)} value=${value ?? {}} on=${on} all=${all} />`
        : html`<${Value} name=${name} label=${label} schema=${form} needed=${true} value=${value} on=${on} all=${all} />`}
    </div>
  </fieldset>`;
}

// An object inside: its required fields, those that have a value, and a list to add others from.
function Group({ label, schema, value, on, all }) {
  const given = value ?? {};
  const names = Object.keys(schema.properties).filter((name) => schema.required?.includes(name) || name in given);
  const others = Object.keys(schema.properties).filter((name) => !names.includes(name));
  return html`<fieldset class="group long"><legend>${label}</legend><div class="stack">
    ${names.length > 0 && html`<${Fields} schema=${schema} names=${names} value=${given} on=${on} all=${all} />`}
    <div class="row">
      ${others.length > 0 && html`<${Field} as="select" label="add a field" value="" on=${(name) => name && on({ ...given, [name]: beginning(name, schema.properties[name], all) })}>
        <option value="">—</option>${others.map((name) => html`<option key=${name} value=${name}>${words(name)}</option>`)}<//>`}
      ${Object.keys(given).some((name) => !schema.required?.includes(name)) && html`<${Button} onClick=${() => on(schema.required ? required(schema, all) : undefined)}>Leave them out<//>`}
    </div>
  </div></fieldset>`;
}
