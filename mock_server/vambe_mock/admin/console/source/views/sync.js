import { Empty, Page } from "../components.js";
import { html } from "../html.js";

export function Sync() {
  return html`<${Page} title="Sync"><${Empty}>Nothing here yet.<//><//>`;
}
