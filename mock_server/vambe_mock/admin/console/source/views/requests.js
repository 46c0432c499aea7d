import { Empty, Page } from "../components.js";
import { html } from "../html.js";

export function Requests() {
  return html`<${Page} title="Requests"><${Empty}>Nothing here yet.<//><//>`;
}
