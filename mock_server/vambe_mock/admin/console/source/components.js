// Small parts that the views share.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { number } from "./format.js";
import { said, say } from "./hooks.js";

export function Page({ title, about, actions, children }) {
  return html`<section class="page" aria-labelledby="title">
    <header class="page-head">
      <div><h1 id="title" tabindex="-1">${title}</h1>${about && html`<p class="dim">${about}</p>`}</div>
      ${actions && html`<div class="actions">${actions}</div>`}
    </header>
    ${children}
  </section>`;
}

export function Panel({ title, actions, children, ...rest }) {
  const id = useId();
  return html`<section class="panel" aria-labelledby=${id} ...${rest}>
    <header><h2 id=${id}>${title}</h2>${actions && html`<div class="actions">${actions}</div>`}</header>
    ${children}
  </section>`;
}

// What is disabled can be focused: else the focus would be lost when a button that was pressed is at work.
export const Button = ({ kind = "plain", disabled = false, buttonRef, onClick, children, ...rest }) =>
  html`<button type="button" ref=${buttonRef} class=${`button ${kind}`} aria-disabled=${disabled ? "true" : undefined}
    onClick=${disabled ? undefined : onClick} ...${rest}>${children}</button>`;

// The button that sends its form; whoever takes the form decides whether there is something to do.
export const Submit = ({ kind = "plain", disabled = false, children }) =>
  html`<button type="submit" class=${`button ${kind}`} aria-disabled=${disabled ? "true" : undefined}>${children}</button>`;

// A button for what cannot be undone: it asks first. `on` is called for a yes; `what` names it for screen readers.
export function Sure({ yes, what = "", on, busy, children }) {
  const [asking, setAsking] = useState(false);
  const no = useRef(null);
  const first = useRef(null);
  const was = useRef(false);
  useLayoutEffect(() => {
    if (asking !== was.current) (asking ? no : first).current?.focus();
    was.current = asking;
  }, [asking]);
  if (!asking) {
    return html`<${Button} key="first" kind="danger" buttonRef=${first} onClick=${() => setAsking(true)}>${children}<//>`;
  }
  return html`<span class="sure" role="group" aria-label=${`${yes}${what}?`} onKeyDown=${(event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // the dialog around it stays
    setAsking(false);
  }}>
    <${Button} key="yes" kind="danger" disabled=${busy} onClick=${async () => {
      await on();
      setAsking(false);
    }}>Yes, ${yes}${what && html`<span class="sr">${what}</span>`}<//>
    <${Button} key="no" buttonRef=${no} onClick=${() => setAsking(false)}>No<//>
  </span>`;
}

export const Problem = ({ problem }) => problem && html`<p class="problem" role="alert">${problem.message}</p>`;

export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;

// A labelled input; `as` is "input", "select" or "textarea", `on` is called with the value, `kind` is a CSS class.
export function Field({ label, as = "input", value, on, hint, kind = "", children, ...rest }) {
  const id = useId();
  const Tag = as;
  return html`<div class=${`field ${kind}`}>
    <label for=${id}>${label}</label>
    <${Tag} id=${id} value=${value} onInput=${(event) => on?.(event.target.value)}
      aria-describedby=${hint ? `${id}-hint` : undefined} ...${rest}>${children}</${Tag}>
    ${hint && html`<small id=${`${id}-hint`} class="dim">${hint}</small>`}
  </div>`;
}

// On or off; `on` is called with the new state.
export const Switch = ({ label, checked, on, disabled = false, ...rest }) =>
  html`<label class="switch"><input type="checkbox" role="switch" checked=${checked}
    aria-disabled=${disabled ? "true" : undefined} onClick=${(event) => disabled && event.preventDefault()}
    onChange=${(event) => on(event.target.checked)} ...${rest} /><span>${label}</span></label>`;

export const Chip = ({ kind = "", children, ...rest }) => html`<span class=${`chip ${kind}`} ...${rest}>${children}</span>`;

export const Status = ({ status }) =>
  html`<span class=${`status s${String(status)[0]}`}>${status === 0 ? "none" : status}</span>`;

// Copies `text`. Beyond HTTPS and this machine, browsers have no clipboard for scripts; there, the old way is left.
async function copied(text, near) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  near.parentElement.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  near.focus();
  return undefined;
}

export const Copy = ({ text, label = "Copy" }) =>
  html`<${Button} onClick=${async (event) => {
    try {
      await copied(text, event.currentTarget);
      say("Copied.");
    } catch {
      say("The browser does not let the page copy; select the text instead.");
    }
  }}>${label}<//>`;

export const Code = ({ text, label }) =>
  html`<div class="code"><pre tabindex="0" aria-label=${label}>${text}</pre><${Copy} text=${text} /></div>`;

// What each filter left, from `all` on: [{name, left}].
export function Steps({ steps, all, wide = false }) {
  if (!steps.length) return null;
  const shown = [...(all === undefined ? [] : [{ name: "all", left: all }]), ...steps];
  const most = Math.max(1, shown[0].left);
  return html`<span class=${wide ? "steps wide" : "steps"} role="img"
    aria-label=${shown.map((one) => `${one.name}: ${one.left}`).join(", ")}>
    ${shown.map((one) => html`<span class="step" key=${one.name} title=${`${one.name}: ${number(one.left)}`}>
      <span class="bar"><span style=${{ width: `${(100 * one.left) / most}%` }} /></span>
      <span class="left">${wide && html`<span class="dim">${one.name} </span>`}${number(one.left)}</span>
    </span>`)}
  </span>`;
}

// What was done, for eyes and screen readers; what is outside an open dialog is inert, so each dialog has one too.
export const Said = () => html`<div class="said" role="status" aria-live="polite">${said.value}</div>`;

// A modal dialog: Escape and the button close it, and the focus goes back to where it was.
export function Dialog({ title, onClose, children, kind = "" }) {
  const dialog = useRef(null);
  const id = useId();
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown.showModal();
    return () => shown.close();
  }, []);
  return html`<dialog ref=${dialog} class=${`dialog ${kind}`} aria-labelledby=${id}
    onCancel=${(event) => {
      event.preventDefault();
      onClose?.();
    }}
    onClick=${(event) => event.target === dialog.current && onClose?.()}>
    <div class="dialog-body">
      <header><h2 id=${id} tabindex="-1">${title}</h2>
        ${onClose && html`<${Button} kind="ghost" aria-label="Close" onClick=${onClose}>✕<//>`}</header>
      ${children}
    </div>
    <${Said} />
  </dialog>`;
}

// Browsers draw no element of more than some ten million pixels: in a longer table, scrolling is scaled.
const LONGEST = 8_000_000;
const SPARE = 5;

// A table of any number of rows, of which only those in sight are in the page.
// columns: [{name, title, width (CSS), cell(row)}]; row(index) is the row, or undefined while it is loading.
export function VirtualTable({ label, columns, count, row, height = 40, onOpen, onRange, rowClass, rowKey, wide }) {
  const box = useRef(null);
  const [{ first, last, shift }, setRange] = useState({ first: 0, last: 30, shift: 0 });
  const [active, setActive] = useState(0);
  const whole = Math.min(count * height, LONGEST);

  // How many pixels of the whole table a pixel of scrolling is.
  const scale = () => {
    const at = box.current;
    const most = at.scrollHeight - at.clientHeight;
    return most > 0 ? (most + count * height - whole) / most : 1;
  };
  const look = () => {
    const at = box.current;
    if (!at) return;
    const virtual = at.scrollTop * scale();
    const top = Math.floor(virtual / height);
    const next = {
      first: Math.max(0, top - SPARE),
      last: Math.min(count, top + Math.ceil(at.clientHeight / height) + SPARE),
      shift: at.scrollTop - virtual,
    };
    setRange((before) => (Object.keys(next).every((name) => before[name] === next[name]) ? before : next));
  };
  useLayoutEffect(look, [count, height]);
  useEffect(() => {
    const observer = new ResizeObserver(look);
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [count, height]);
  useEffect(() => onRange?.(first, last), [first, last, count]);

  const move = (to) => {
    const index = Math.max(0, Math.min(count - 1, to));
    setActive(index);
    const at = box.current;
    const factor = scale();
    const shown = at.clientHeight - 2 * height; // below the head
    const virtual = at.scrollTop * factor;
    if (index * height < virtual) at.scrollTop = (index * height) / factor;
    else if (index * height > virtual + shown) at.scrollTop = Math.ceil((index * height - shown) / factor);
  };
  const key = (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -count, End: count };
    if (event.key in steps) {
      event.preventDefault();
      move(active + steps[event.key]);
    } else if (event.key === "Enter" && row(active)) {
      event.preventDefault();
      onOpen?.(row(active));
    }
  };

  const template = columns.map((one) => one.width ?? "minmax(8rem, 1fr)").join(" ");
  const shown = [];
  for (let index = first; index < Math.min(last, count); index += 1) shown.push(index);
  const id = useId();
  return html`<div class=${wide ? "table sideways" : "table"} role="grid" aria-label=${label} aria-rowcount=${count + 1} tabindex="0" ref=${box}
    onScroll=${look} onKeyDown=${key} aria-activedescendant=${shown.includes(active) ? `${id}-${active}` : undefined}>
    <div class="tr th" role="row" aria-rowindex="1" style=${{ gridTemplateColumns: template }}>
      ${columns.map((one) => html`<span role="columnheader" key=${one.name}>${one.title}</span>`)}
    </div>
    <div class="rows" role="presentation" style=${{ height: `${whole}px` }}>
      <div role="presentation" style=${{ transform: `translateY(${first * height + shift}px)` }}>
        ${shown.map((index) => {
          const one = row(index);
          return html`<div class=${`tr ${one && rowClass ? rowClass(one) : ""} ${index === active ? "active" : ""}`} role="row"
            id=${`${id}-${index}`} key=${one ? rowKey(one) : index} aria-rowindex=${index + 2}
            style=${{ gridTemplateColumns: template, height: `${height}px` }}
            onClick=${() => {
              setActive(index);
              if (one) onOpen?.(one);
            }}>
            ${columns.map((column) => html`<span role="gridcell" key=${column.name}>${one ? column.cell(one) : "…"}</span>`)}
          </div>`;
        })}
      </div>
    </div>
  </div>`;
}
