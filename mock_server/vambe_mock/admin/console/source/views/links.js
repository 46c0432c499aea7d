// The links of the page that stood here before: they are in the page itself, for those without scripts too.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Page } from "../components.js";
import { html } from "../html.js";

export function Links() {
  const list = useRef(null);
  useLayoutEffect(() => {
    list.current.replaceChildren(document.getElementById("links").content.cloneNode(true));
  }, []);
  return html`<${Page} title="API" about="All that this page does, it does with the admin API.">
    <ul class="links" ref=${list}></ul>
  <//>`;
}
