// Why the answer to a query lists a contact, or does not: each filter's verdict.
import { get } from "../client.js";
import { Chip, Problem } from "../components.js";
import { instant, number } from "../format.js";
import { useLoaded } from "../hooks.js";
import { html } from "../html.js";
import { to } from "../router.js";

const shown = (value) => (value === null ? "null" : typeof value === "object" ? JSON.stringify(value) : String(value));

export function Explanation({ contact, query }) {
  const { data, problem } = useLoaded((aborted) => get("/explain", { contact, query }, aborted), [contact, query]);
  if (problem) return html`<${Problem} problem=${problem} />`;
  if (!data) return html`<p class="dim">Looking …</p>`;
  return html`<div class="stack explanation">
    <p><${Chip} kind=${data.listed ? "good" : "bad"}>${data.listed ? "listed" : "not listed"}<//> ${data.because}.
      <span class="dim"> At ${instant(data.now)}${data.order ? `, ordered by ${data.order}` : ""}${data.place === null ? "" : `, number ${number(data.place + 1)} of ${number(data.matched)}`}.</span></p>
    ${data.filters.length > 0 && html`<div class="scroll" tabindex="0" role="region" aria-label="Each filter's verdict"><table class="plain">
      <thead><tr><th>Filter</th><th>Sent</th><th>Means</th><th>The contact has</th><th>Holds</th></tr></thead>
      <tbody>${data.filters.map((one) => html`<tr key=${one.parameter} class=${one.holds ? "" : "bad"}>
        <th scope="row" class="mono">${one.parameter}</th><td class="mono">${one.asked}</td><td>${one.reading}</td>
        <td class="mono">${shown(one.contact_has)}</td><td>${one.holds ? "yes" : "no"}</td></tr>`)}</tbody>
    </table></div>`}
    ${data.ignored.length > 0 && html`<p>Ignored: ${data.ignored.map((one) => html`<${Chip} kind="bad" key=${one}>${one}<//>`)}</p>`}
    ${Object.entries(data.measured).map(([slug, told]) => html`<p key=${slug} class="dim"><a href=${to("rules", slug)}>${slug}</a>: ${told}</p>`)}
  </div>`;
}
