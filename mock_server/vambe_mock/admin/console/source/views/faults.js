import { Empty, Page } from "../components.js";
import { html } from "../html.js";

export function Faults() {
  return html`<${Page} title="Faults & triggers"><${Empty}>Nothing here yet.<//><//>`;
}
