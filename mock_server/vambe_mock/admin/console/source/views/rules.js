// The rules of the ledger, each with its grade and reasons, and the dialect that was measured.
import { useEffect, useState } from "preact/hooks";
import { get } from "../client.js";
import { Chip, Empty, Field, Page, Panel, Problem } from "../components.js";
import { plural } from "../format.js";
import { useLoaded } from "../hooks.js";
import { html } from "../html.js";
import { route, to } from "../router.js";

const GRADES = { documented: "good", observed: "good", measured: "good", reconciled: "", inferred: "", assumed: "warn", ours: "" };

// Markdown's `code`, a rule's slug in it a link; anything else stays as it is written.
export function Text({ text, slugs }) {
  return text.split(/(`[^`]+`)/).map((part, index) => {
    if (!part.startsWith("`")) return part;
    const code = part.slice(1, -1);
    return slugs.has(code) ? html`<a key=${index} href=${to("rules", code)}>${code}</a>` : html`<code key=${index}>${code}</code>`;
  });
}

function Rule({ rule, slugs, chosen }) {
  return html`<article class=${chosen ? "rule chosen" : "rule"} id=${`rule-${rule.slug}`} aria-labelledby=${`slug-${rule.slug}`}>
    <header><h2 class="mono" id=${`slug-${rule.slug}`}><a href=${to("rules", rule.slug)}>${rule.slug}</a></h2>
      <${Chip} kind=${GRADES[rule.grade] ?? ""}>${rule.grade}<//>
      ${rule.measured && html`<${Chip} kind="good">${rule.measured}<//>`}</header>
    ${rule.sources && html`<p class="dim">Sources say: <${Text} text=${rule.sources} slugs=${slugs} /></p>`}
    <p>${rule.sources && html`<span class="dim">Here: </span>`}<${Text} text=${rule.rule} slugs=${slugs} /></p>
    ${rule.because && html`<p class="dim">Because <${Text} text=${rule.because} slugs=${slugs} /></p>`}
  </article>`;
}

function Dialect() {
  const { data } = useLoaded((aborted) => get("/dialect", {}, aborted), [], { on: [] });
  if (!data || (!data.file && !data.rules.length)) return null;
  const notes = [...Object.entries(data.open).map((one) => ["open", ...one]), ...Object.entries(data.beyond).map((one) => ["beyond", ...one])];
  return html`<${Panel} title="The dialect">
    <p>${data.file && html`<span class="mono">${data.file}</span>`} ${data.made_on && `of ${data.made_on}`}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Rules that are spoken otherwise"><table class="plain measured">
      <thead><tr><th>Rule</th><th>Value</th><th>Grade</th><th>Measured on</th></tr></thead>
      <tbody>${data.rules.map((one) => html`<tr key=${one.slug}><th scope="row" class="mono"><a href=${to("rules", one.slug)}>${one.slug}</a></th>
        <td class="mono">${JSON.stringify(one.value)}</td><td class="tight">${one.grade}</td><td class="tight">${one.on}</td></tr>`)}
        ${notes.map(([grade, slug, why]) => html`<tr key=${slug}><th scope="row" class="mono">${slug}</th><td colspan="2">${why}</td><td class="tight">${grade}</td></tr>`)}
      </tbody>
    </table></div>
  <//>`;
}

export function Rules() {
  const chosen = route.value.parts[0] ?? "";
  const [text, setText] = useState("");
  const [grade, setGrade] = useState("");
  const { data = [], problem } = useLoaded((aborted) => get("/rules", {}, aborted), [], { on: [] });
  useEffect(() => {
    setText("");
    setGrade("");
  }, [chosen]);
  useEffect(() => {
    document.getElementById(`rule-${chosen}`)?.scrollIntoView({ block: "center" });
  }, [chosen, data, text, grade]);
  const wanted = text.toLowerCase();
  const slugs = new Set(data.map((one) => one.slug));
  const shown = data.filter((one) => (!grade || one.grade === grade)
    && (!wanted || Object.values(one).join(" ").toLowerCase().includes(wanted)));
  return html`<${Page} title="Rules" about="What the mock does where the vendor's documents leave it open, how firm the ground is, and why.">
    <${Dialect} />
    <div class="row">
      <${Field} label="Slug or text contains" type="search" value=${text} on=${setText} />
      <${Field} label="Grade" as="select" value=${grade} on=${setGrade}><option value="">any</option>
        ${[...new Set(data.map((one) => one.grade))].map((one) => html`<option key=${one}>${one}</option>`)}<//>
      <p class="dim" role="status">${plural(shown.length, "rule")}</p>
    </div>
    <${Problem} problem=${problem} />
    ${shown.map((one) => html`<${Rule} key=${one.slug} rule=${one} slugs=${slugs} chosen=${one.slug === chosen} />`)}
    ${data.length > 0 && !shown.length && html`<${Empty}>No rule says so.<//>`}
  <//>`;
}
