import { Empty, Page } from "../components.js";
import { html } from "../html.js";

export function Contacts() {
  return html`<${Page} title="Contacts"><${Empty}>Nothing here yet.<//><//>`;
}
