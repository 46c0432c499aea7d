// Markup as tagged templates: a value in it is always text or an attribute, never markup.
import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
