import { Empty, Page } from "../components.js";
import { html } from "../html.js";

export function Rules() {
  return html`<${Page} title="Rules"><${Empty}>Nothing here yet.<//><//>`;
}
