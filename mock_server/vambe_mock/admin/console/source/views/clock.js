import { Empty, Page } from "../components.js";
import { html } from "../html.js";

export function Clock() {
  return html`<${Page} title="Clock"><${Empty}>Nothing here yet.<//><//>`;
}
