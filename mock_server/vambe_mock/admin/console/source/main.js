import { render } from "preact";
import { App } from "./app.js";
import { keepFocus } from "./focus.js";
import { html } from "./html.js";
import "./console.css";

const app = document.getElementById("app");
render(html`<${App} />`, app);
keepFocus(app);
