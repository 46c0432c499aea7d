import { Empty, Page } from "../components.js";
import { html } from "../html.js";

export function Data() {
  return html`<${Page} title="Organisations & data"><${Empty}>Nothing here yet.<//><//>`;
}
