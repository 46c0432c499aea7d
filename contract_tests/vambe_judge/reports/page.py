"""One HTML page with everything in it: the matrix of rules, how long answers took, every request. No script."""

from html import escape
from pathlib import Path
from typing import Final

from vambe_judge.judging.verdicts import Finding, Outcome, Verdict
from vambe_judge.reports.report import Report
from vambe_judge.reports.terminal import asked

COLOURS: Final = {
    Verdict.CONFORMS: "#1a7f37",
    Verdict.INCONCLUSIVE: "#9a6700",
    Verdict.ACCEPTED: "#0969da",
    Verdict.DIFFERS: "#8250df",
    Verdict.VIOLATES: "#cf222e",
}
BARS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
"""Upper ends of the histogram's bars, in milliseconds; the last bar has no end."""

_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1f2328;background:#fff}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d1d9e0;
vertical-align:top}th{background:#f6f8fa}code,pre{font:13px/1.45 ui-monospace,monospace;overflow-wrap:anywhere;
white-space:pre-wrap;margin:0}.v{color:#fff;border-radius:1rem;padding:.1rem .6rem;white-space:nowrap;font-size:13px}
.s{color:#59636e;font-size:13px}.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
summary{cursor:pointer}details{margin:.2rem 0}.cards{display:flex;gap:.6rem;flex-wrap:wrap;margin:1rem 0}
.card{border:1px solid #d1d9e0;border-radius:.5rem;padding:.4rem 1rem}.card b{display:block;font-size:1.3rem}
"""


def write(report: Report, path: Path) -> None:
    """The report as a page at *path*."""
    path.write_text(html(report), encoding="utf-8")


def html(report: Report) -> str:
    """The page."""
    cards = "".join(
        f'<div class="card" style="border-left:5px solid {colour}"><b>{report.counts[verdict]}</b>{verdict}</div>'
        for verdict, colour in COLOURS.items()
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in report.all_notes())
    colour = COLOURS[Verdict.VIOLATES if report.exit_code else Verdict.CONFORMS]
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(report.target)}: contract</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<h1>GET /api/public/contacts at {escape(report.target)}</h1>"
        f'<p style="color:{colour};font-weight:600">{escape(report.word)}</p>'
        f'<p class="s">{escape(report.started)} · {escape(asked(report))}</p><div class="cards">{cards}</div>'
        f"<h2>Rules</h2><table><tr><th>rule<th>grade<th>verdict<th>evidence<th>requests</tr>"
        f"{''.join(map(_rule, report.outcomes))}</table>"
        f"{f'<h2>Notes</h2><ul>{notes}</ul>' if notes else ''}"
        f"<h2>How long answers took</h2>{_histogram(report)}"
        f"<h2>Requests</h2><p class='s'>{escape(_told(report))}</p>{_requests(report)}</html>\n"
    )


def _rule(outcome: Outcome) -> str:
    bad = any(finding.came for finding in outcome.findings)
    cases = "".join(map(_case, outcome.findings))
    counted = f"{len(outcome.findings)} case{'' if len(outcome.findings) == 1 else 's'}"
    return (
        f"<tr><td><code>{outcome.slug}</code><div class='s'>{escape(outcome.statement)}</div><td>{outcome.grade}"
        f"<td>{_badge(outcome.verdict)}<td>{escape(outcome.stumbled or outcome.evidence())}"
        f"<details{' open' if bad else ''}><summary class='s'>{counted}</summary>"
        f"<table>{cases}</table></details><td class='n'>{outcome.requests}</tr>"
    )


def _case(finding: Finding) -> str:
    said = f"wanted {finding.wanted}; came {finding.came}" if finding.came else finding.evidence
    said += f"; accepted: {finding.reason}" if finding.reason else ""
    again = f"<pre>{escape(finding.curl)}</pre>" if finding.curl else ""
    return f"<tr><td>{escape(finding.case)}<td>{_badge(finding.verdict)}<td>{escape(said)}{again}</tr>"


def _badge(verdict: Verdict) -> str:
    return f'<span class="v" style="background:{COLOURS[verdict]}">{verdict}</span>'


def _histogram(report: Report) -> str:
    """How many answers took how long, as bars."""
    counts = [0] * (len(BARS) + 1)
    for sent in report.sent:
        counts[sum(sent.seconds * 1_000 > bar for bar in BARS)] += 1
    most, wide, high = max(counts, default=0) or 1, 62, 120
    bars = "".join(
        f'<rect x="{place * wide + 6}" y="{high - count / most * 100:.1f}" width="{wide - 12}" '
        f'height="{count / most * 100:.1f}" fill="#0969da"/>'
        f'<text x="{(place + 0.5) * wide}" y="{high - count / most * 100 - 4:.1f}">{count or ""}</text>'
        f'<text x="{(place + 0.5) * wide}" y="{high + 16}">{_bar_name(place)}</text>'
        for place, count in enumerate(counts)
    )
    style = "font:12px system-ui,sans-serif;text-anchor:middle;fill:#59636e"
    size = f"0 0 {len(counts) * wide} {high + 24}"
    return f'<svg viewBox="{size}" role="img" aria-label="answers by milliseconds" style="{style}">{bars}</svg>'


def _bar_name(place: int) -> str:
    if place == len(BARS):
        return f"> {BARS[-1] // 1_000} s"
    end = BARS[place]
    return f"≤ {end} ms" if end < 1_000 else f"≤ {end // 1_000} s"


def _told(report: Report) -> str:
    statuses = ", ".join(f"{count} times {status or 'no answer'}" for status, count in report.statuses())
    return f"{'All of them GET' if report.only_get else 'Not all of them GET'}: {statuses}."


def _requests(report: Report) -> str:
    rows = (
        f"<tr><td class='n'>{number}<td><code>{one.method} {escape(one.target)}</code><td>{escape(one.asked_for)}"
        f"<td>{escape(one.case)}"
        f"<td class='n'>{one.status or '-'}<td class='n'>{one.seconds * 1_000:.1f} ms<td class='n'>{one.size}</tr>"
        for number, one in enumerate(report.sent, 1)
    )
    head = "<tr><th>#<th>request<th>rule<th>case<th>status<th>time<th>bytes</tr>"
    return f"<details><summary>{len(report.sent)} requests</summary><table>{head}{''.join(rows)}</table></details>"
