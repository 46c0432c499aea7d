// The mock's clock, and what the windows days=1…365 list by it.
import "../clock.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post } from "../client.js";
import { Button, Chip, Empty, Field, Page, Panel, Problem } from "../components.js";
import { instant, number, plural, short } from "../format.js";
import { html } from "../html.js";
import { say, useAction, useLoaded } from "../hooks.js";

const LONGEST = 365;
const PRESETS = [1, 7, 30, 90, 180, 365];
const DAY = 86_400_000;
const STEPS = [
  { name: "minute", on: { minutes: 1 }, back: { minutes: -1 }, milliseconds: 60_000 },
  { name: "hour", on: { hours: 1 }, back: { hours: -1 }, milliseconds: 3_600_000 },
  { name: "day", on: { days: 1 }, back: { days: -1 }, milliseconds: DAY },
  { name: "month", month: true },
];

// By how many milliseconds a month of the calendar moves `now`: to the same day, or to the last one of a shorter month.
function aMonth(now, by) {
  const at = new Date(now);
  const moved = new Date(now);
  moved.setUTCDate(1);
  moved.setUTCMonth(at.getUTCMonth() + by);
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(at.getUTCDate(), last));
  return moved - at;
}

// What the clock shows now: it goes on by itself between two looks at the server.
function useNow(data) {
  const read = useRef({ now: 0, at: 0 });
  const [, tick] = useState(0);
  if (data && read.current.data !== data) read.current = { data, now: Date.parse(data.now), at: performance.now() };
  useEffect(() => {
    if (!data || data.frozen) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [data]);
  return read.current.now + (data?.frozen ? 0 : performance.now() - read.current.at);
}

// How far from the right edge an age stands, in percent: near days have more room than far ones.
const place = (days) => 100 * Math.sqrt(Math.min(days, LONGEST) / LONGEST);

// The area of the days `from` (exclusive) to `to`, for counts per day.
function area(counts, from, to, most) {
  const parts = [];
  for (let day = Math.max(1, from + 1); day <= Math.min(LONGEST, to); day += 1) {
    const count = counts[day - 1];
    if (!count) continue;
    const [left, right] = [1000 - 10 * place(day), 1000 - 10 * place(day - 1)];
    const height = Math.max(2.5, (100 * count) / most);
    parts.push(`M${left.toFixed(2)} 100V${(100 - height).toFixed(2)}H${right.toFixed(2)}V100Z`);
  }
  return parts.join("");
}

function TimeLine({ data, window, choose, ahead }) {
  const lanes = [...new Set([...PRESETS, window])].sort((one, other) => one - other);
  const counts = data.listed.map((count, index) => count - (data.listed[index - 1] ?? 0));
  const most = Math.max(1, ...counts);
  const next = Math.max(0, window - ahead);
  const told = PRESETS.map((days) => `${number(data.listed[days - 1])} within ${plural(days, "day")}`).join(", ");
  return html`<div class="timeline-days" role="group" aria-label="Windows on a time line, now at the right">
    ${lanes.map((days) => {
      const reach = place(days);
      const inside = reach > 70;
      return html`<button type="button" class="lane" key=${days} aria-pressed=${String(days === window)} onClick=${() => choose(days)}>
        <span class="reach" style=${{ width: `${reach}%` }}></span>
        <span class=${inside ? "told inside" : "told"} style=${inside ? { left: `${100 - reach}%` } : { right: `${reach}%` }}>
          days=${days} · ${number(data.listed[days - 1])}</span>
      </button>`;
    })}
    <svg class="days-chart" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img"
      aria-label=${`The contacts by the day of their last message: ${told}; the most on one day: ${number(most)}`}>
      <path class="out" d=${area(counts, window, LONGEST, most)} />
      <path class="next" d=${area(counts, next, window, most)} />
      <path class="in" d=${area(counts, 0, next, most)} />
    </svg>
    <span class="edge" style=${{ right: `${place(window)}%` }}></span>
    <div class="days-axis" aria-hidden="true">
      <span style=${{ right: 0 }}>now</span>
      ${[1, 7, 30, 90, 180].map((days) => html`<span key=${days} class=${days === 1 ? "wide-only" : ""} style=${{ right: `${place(days)}%` }}>−${days} d</span>`)}
      <span>−365 d</span>
    </div>
  </div>`;
}

function Windows({ data, window, choose, now, step, ahead }) {
  const [go, busy, problem] = useAction(step);
  const counts = (days) => data.listed[window - 1] - (data.listed[window - days - 1] ?? 0);
  const soon = (milliseconds) => {
    const found = data.leaving.filter((one) => Date.parse(one.leaves_at) <= now + milliseconds).length;
    return found < 10 ? number(found) : "10 or more";
  };
  const month = Math.round(aMonth(now, 1) / DAY);
  return html`
    <${Panel} title="Windows">
      <div class="window-choice">
        <${Field} label="Window" type="range" min="1" max=${LONGEST} value=${window} aria-valuetext=${plural(window, "day")} on=${(value) => choose(Number(value))} />
        <${Field} label="days" type="number" min="1" max=${LONGEST} value=${window}
          on=${(value) => Number(value) >= 1 && Number(value) <= LONGEST && choose(Math.round(Number(value)))} />
      </div>
      <${TimeLine} data=${data} window=${window} choose=${choose} ahead=${ahead} />
      <div class="key">
        <span><i class="in"></i>listed by days=${window}</span>
        <span><i class="next"></i>leaves it ${ahead === 1 ? "within a day" : "within a month"}</span>
        <span><i class="out"></i>not listed</span>
      </div>
      <p>When the clock goes on, <strong>${soon(60_000)}</strong> leave days=${window} within a minute,
        <strong> ${soon(3_600_000)}</strong> within an hour, <strong>${number(counts(1))}</strong> within a day,
        <strong> ${number(counts(Math.min(month, window)))}</strong> within a month.
        <span class="dim"> ${[
          data.older && `${plural(data.older, "contact")} with an older last message`,
          data.without && `${plural(data.without, "contact")} without any`,
          data.later && `${number(data.later)} with a later one than now`,
        ].filter(Boolean).join(", ")}</span></p>
    <//>
    <${Panel} title=${`Who leaves days=${window} next`}>
      <${Problem} problem=${problem} />
      ${data.leaving.length === 0
        ? html`<${Empty}>Nobody is in this window.<//>`
        : html`<div class="scroll" tabindex="0" role="group" aria-label="Who leaves next"><table class="plain-table">
          <thead><tr><th>contact</th><th class="wide-only">last message</th><th>leaves at</th><th><span class="sr">Go there</span></th></tr></thead>
          <tbody>${data.leaving.map((one) => html`<tr key=${one.id}>
            <td>${short(one.name || one.id, 40)}</td><td class="mono wide-only">${instant(one.last_message_at)}</td>
            <td class="mono">${instant(one.leaves_at)}</td>
            <td><${Button} disabled=${busy} aria-label=${`Go there: when ${one.name || one.id} leaves`}
              onClick=${() => go("/clock/set", () => ({ at: one.leaves_at }))}>Go there<//></td>
          </tr>`)}</tbody>
        </table></div>`}
    <//>`;
}

export function Clock() {
  const [window, choose] = useState(30);
  const [ahead, setAhead] = useState(1);
  const [typed, setTyped] = useState("");
  const [warning, setWarning] = useState("");
  const { data, problem, reload } = useLoaded((aborted) => get("/clock/windows", { window }, aborted), [window]);
  const now = useNow(data);

  useEffect(() => {
    if (!data || data.frozen) return undefined;
    const timer = setInterval(reload, 20_000);
    return () => clearInterval(timer);
  }, [data?.frozen]);

  const step = async (path, body) => {
    const before = data.listed[window - 1];
    const told = await post(path, body(now));
    setWarning(told.warning ?? "");
    const after = await get("/clock/windows", { window });
    await reload();
    const left = before - after.listed[window - 1];
    const change = left === 0 ? "the same contacts" : left > 0 ? `${number(left)} fewer contacts` : `${number(-left)} more contacts`;
    say(`${instant(told.now)}. days=${window} lists ${change}.`);
  };
  const [act, busy, failed] = useAction(step);
  const typedInstant = () => {
    if (!typed) throw new Error("wanted a date and a time, e.g. 2026-01-31 09:30:00");
    return { at: `${typed.length === 16 ? `${typed}:00` : typed}Z`.replace(/\.\d+Z$/, "Z") };
  };
  const by = (one, sign) => (at) =>
    one.month ? { days: aMonth(at, sign) / DAY } : sign > 0 ? one.on : one.back;

  if (!data) return html`<${Page} title="Clock">${problem ? html`<${Problem} problem=${problem} />` : html`<${Empty}>Loading …<//>`}<//>`;
  const shown = new Date(now).toISOString();
  return html`<${Page} title="Clock" about="The time of the mock: its instants and its windows go by it, the client's own clock does not.">
    <${Problem} problem=${problem ?? failed} />
    <${Panel} title="Now" actions=${html`<${Chip} kind=${data.frozen ? "warn" : "good"}>${data.frozen ? "frozen" : "running"}<//>`}>
      <p class="clock-now" role="timer" aria-live="off">${instant(shown)} <small>UTC</small></p>
      <div class="actions">
        ${data.frozen
          ? html`<${Button} kind="primary" disabled=${busy} onClick=${() => act("/clock/run", () => ({}))}>Run<//>`
          : html`<${Button} kind="primary" disabled=${busy} onClick=${() => act("/clock/freeze", () => ({}))}>Freeze<//>`}
        <${Button} disabled=${busy} onClick=${() => act("/clock/set", () => ({ at: new Date().toISOString() }))}>To real time<//>
      </div>
      <div class="steppers" role="group" aria-label="Steps">
        ${STEPS.map((one) => html`<span class="stepper" key=${one.name}>
          <${Button} disabled=${busy} aria-label=${`1 ${one.name} back`} onClick=${() => act("/clock/advance", by(one, -1))}>−<//>
          <${Button} disabled=${busy} onClick=${() => act("/clock/advance", by(one, 1))}
            onMouseEnter=${() => setAhead(one.month ? 30 : 1)} onFocus=${() => setAhead(one.month ? 30 : 1)}>+ 1 ${one.name}<//>
        </span>`)}
      </div>
      <div class="clock-set">
        <${Field} label="Date and time, UTC" type="datetime-local" step="1" value=${typed} on=${setTyped} />
        <${Button} disabled=${busy} onClick=${() => act("/clock/set", typedInstant)}>Set<//>
        <${Button} disabled=${busy} onClick=${() => act("/clock/freeze", typedInstant)}>Freeze there<//>
      </div>
      ${warning && html`<p class="note">${warning}</p>`}
    <//>
    <${Windows} data=${data} window=${window} choose=${choose} now=${now} step=${step} ahead=${ahead} />
  <//>`;
}
