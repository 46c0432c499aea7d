// The file that `vambe-mock sync-check --json` writes: what it tells, and its time lines.
import { number, plural } from "../format.js";
import { html } from "../html.js";

const MOST_BYTES = 64 << 20;
const HOW = "wanted a file that vambe-mock sync-check --json FILE has written";

// The report in a file. Throws an Error with one line for any other file.
export async function read(file) {
  if (file.size > MOST_BYTES) throw new Error(`${file.name} has more than 64 MiB; ${HOW}`);
  let told;
  try {
    told = JSON.parse(await file.text());
  } catch {
    throw new Error(`${file.name} is no JSON; ${HOW}`);
  }
  const fits = Array.isArray(told?.hazards) && told.hazards.length > 0
    && told.hazards.every((one) => typeof one?.slug === "string" && typeof one.verdict === "string");
  if (!fits) throw new Error(`${file.name} is JSON, but no report of a sync check; ${HOW}`);
  return { name: file.name, ...told };
}

export const bad = (hazard) => hazard.verdict === "lost" || hazard.verdict === "failed";

const listOf = (value) => (Array.isArray(value) ? value : []);
const textOf = (value) => (typeof value === "string" ? value : "");

// What was wrong in the end: `1 lost, 2 stale`.
export function counts(hazard) {
  return ["lost", "stale", "doubled", "ghosts"].map((name) => [listOf(hazard[name]).length, name])
    .filter(([count]) => count).map(([count, name]) => `${number(count)} ${name}`).join(", ");
}

const LANE = 42;
const TOP = 34;
const LEFT = 74;

// Where everything of a story stands: a lane for each poll, a column for each request from left to right.
function layout(told) {
  const requests = listOf(told.requests);
  const polls = [...new Set([...listOf(told.polls).map((one) => one.poll), ...requests.map((one) => one.poll)])].sort((a, b) => a - b);
  const lane = new Map(polls.map((poll, index) => [poll, TOP + index * LANE]));
  const step = Math.max(16, Math.min(56, 900 / Math.max(1, requests.length + polls.length)));
  const lefts = [];
  let left = LEFT;
  requests.forEach((one, index) => {
    if (index) left += step * (one.poll === requests[index - 1].poll ? 1 : 1.8);
    lefts.push(left);
  });
  return { requests, polls, lane, step, lefts, width: Math.max(left + step * 2.5, 320), height: TOP + polls.length * LANE + 6 };
}

// The x of a change: right after the request that it came after, or after the last one of its poll.
function placeOf(change, drawn) {
  const before = drawn.requests.flatMap((one, index) =>
    (one.poll < change.poll || (one.poll === change.poll && (!change.place || one.place <= change.place)) ? [index] : []));
  return before.length ? drawn.lefts[before.at(-1)] + drawn.step : LEFT - 4;
}

// A time line: the requests of each poll, numbered flags for the changes, and in red where the contact was listed.
export function TimeLine({ told, label }) {
  const drawn = layout(told);
  const { requests, polls, lane, step, lefts, width, height } = drawn;
  const changes = listOf(told.changes);
  const wrong = listOf(told.wrong)[0];
  const listed = listOf(wrong?.listed).filter((index) => index < requests.length);
  const middle = (index) => [lefts[index] + step / 2 - 1, lane.get(requests[index].poll) + 11];
  return html`<div class="story" tabindex="0" role="group" aria-label=${`Time line of ${label}`}>
    <svg width=${width} height=${height} viewBox=${`0 0 ${width} ${height}`} role="img"
      aria-label=${`${plural(polls.length, "poll")}, ${plural(requests.length, "request")}, ${plural(changes.length, "change")}; told in words below`}>
      ${wrong && html`<text class="strong" x="8" y="15">${`● ${name(wrong)} (${wrong.what}): ${listed.length ? `listed ${plural(listed.length, "time")}` : "never listed"}`}</text>`}
      ${polls.map((poll) => {
        const own = lefts.filter((_, index) => requests[index].poll === poll);
        return html`<g key=${poll}><text x="8" y=${lane.get(poll) + 15}>poll ${poll}</text>
          ${own.length > 0 && html`<rect class="poll-lane" x=${own[0] - 4} y=${lane.get(poll) - 4} width=${own.at(-1) - own[0] + step + 6} height="30" rx="4" />`}</g>`;
      })}
      ${requests.map((one, index) => html`<rect key=${index} class=${one.whole ? "whole" : "spoilt"} x=${lefts[index]} y=${lane.get(one.poll)}
        width=${step - 3} height="22" rx="3"><title>${request(one)}</title></rect>`)}
      ${changes.map((one, index) => {
        const x = placeOf(one, drawn) - 1.5;
        const y = lane.get(one.poll) ?? TOP;
        return html`<g key=${index}><line class="change" x1=${x} x2=${x} y1=${y - 8} y2=${y + 28} />
          <circle class="flag" cx=${x} cy=${y - 9} r="8"><title>${textOf(one.what)}</title></circle>
          <text class="flag-text" x=${x} y=${y - 5} text-anchor="middle">${index + 1}</text></g>`;
      })}
      ${listed.length > 1 && html`<polyline class="path" points=${listed.map((index) => middle(index).join(",")).join(" ")} />`}
      ${listed.map((index) => html`<circle key=${index} class="has" cx=${middle(index)[0]} cy=${middle(index)[1]} r="5" />`)}
    </svg>
  </div>`;
}

const name = (wrong) => (typeof wrong.contact === "number" ? `contact ${wrong.contact}` : textOf(wrong.id));
const request = (one) => `${one.query ?? ""}: ${one.status || "no answer"}, ${plural(one.contacts ?? 0, "contact")}${one.whole ? "" : ", not whole"}`;

// The same in words, in the order in which it happened.
export function Words({ told }) {
  const drawn = layout(told);
  const events = [
    ...drawn.requests.map((one, index) => ({ x: drawn.lefts[index], text: `Poll ${one.poll}, request ${one.place}: ${request(one)}` })),
    ...listOf(told.changes).map((one, index) => ({ x: placeOf(one, drawn) - 0.5, text: `Change ${index + 1}: ${textOf(one.what)}` })),
  ].sort((one, other) => one.x - other.x);
  return html`<ol class="happenings">${events.map((one, index) => html`<li key=${index}>${one.text}</li>`)}
    ${told.left_out > 0 && html`<li>${plural(told.left_out, "more request")}, not in the report</li>`}</ol>`;
}
