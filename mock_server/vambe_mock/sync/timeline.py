"""The page of a check: for each hazard that failed a time line of polls, requests, changes and the lost contact."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from vambe_mock.contract.plural import plural
from vambe_mock.sync.contacts import number_of
from vambe_mock.sync.histories import words
from vambe_mock.sync.report import summary

if TYPE_CHECKING:
    from vambe_mock.sync.checking import Report, Result
    from vambe_mock.sync.histories import Found
    from vambe_mock.sync.judging import Judgement
    from vambe_mock.sync.playing import Asked, Happened, Story

_WIDTH: Final = 960
_LANE: Final = 34
_TOP: Final = 18
_LEFT: Final = 70
_MOST_REQUESTS: Final = 200
"""How many requests of a hazard are drawn and listed; a client that asks without end sends thousands."""

_STYLE: Final = """
:root{color-scheme:light dark;--good:#287d3c;--bad:#c01818;--other:#666;--link:#0b57d0;--whole:#2f74c0;--broken:#d2691e;
--mark:#8a5a00}
@media(prefers-color-scheme:dark){:root{--good:#6cc485;--bad:#ff7b72;--other:#aaa;--link:#8ab4f8;--whole:#6aa9ee;
--broken:#f0955a;--mark:#e0a84a}}
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}a{color:var(--link)}
.wide{overflow-x:auto}table{border-collapse:collapse}
td,th{padding:.15rem .8rem .15rem 0;text-align:left;white-space:nowrap}td.n,th.n{text-align:right}
td.q{white-space:normal;overflow-wrap:anywhere}
.survived{color:var(--good)}.lost,.failed{color:var(--bad);font-weight:bold}.notmet{color:var(--other)}
svg{width:100%;min-width:44rem;height:auto;display:block}svg text{font:12px system-ui,sans-serif;fill:currentColor}
.poll{fill:#8884}.whole{fill:var(--whole)}.spoilt{fill:var(--broken)}
.path{stroke:var(--bad);stroke-width:1.5;fill:none;stroke-dasharray:3 3}
.has{fill:var(--bad);stroke:Canvas}.hasnot{fill:Canvas;stroke:var(--bad);stroke-width:1.5}
.mark line{stroke:var(--mark);stroke-width:2}.mark circle{fill:var(--mark)}
svg .mark text{fill:Canvas;text-anchor:middle;font-weight:bold;font-size:11px}
.key{font-size:13px}.key b{font-weight:normal;margin-right:1rem}.key i{font-style:normal}
"""
_KEY: Final = (
    '<p class="key"><b><i style="color:var(--whole)">■</i> a whole answer</b>'
    '<b><i style="color:var(--broken)">■</i> a failure, or a broken answer</b>'
    '<b><i style="color:var(--mark)">●</i> a change</b>'
)


def page(report: Report) -> str:
    """The page, in one file and without scripts."""
    rows = "".join(_row(one) for one in report.results)
    drawn = "".join(_drawn(one) for one in report.results if one.bad)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>vambe-mock sync-check</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>Sync check</h1><p>{escape(summary(report))}.</p>"
        f'<div class="wide" tabindex="0" role="region" aria-label="hazards"><table><tr><th>hazard</th><th>verdict</th>'
        f'<th class="n">lost</th><th class="n">stale</th><th class="n">doubled</th><th class="n">ghosts</th>'
        f'<th class="n">requests</th></tr>{rows}</table></div>'
        f"{drawn}{_history(report.history)}{_told(report)}</main></body></html>\n"
    )


def _row(one: Result) -> str:
    judgement, score = one.judgement, one.judgement.score
    counts = [len(score.lost), len(score.stale), len(score.doubled), len(score.ghosts), judgement.requests]
    cells = "".join(f'<td class="n">{count or ""}</td>' for count in counts)
    slug = escape(one.hazard.slug)
    name = f'<a href="#{slug}">{slug}</a>' if one.bad else slug
    return f'<tr><td>{name}</td><td class="{judgement.verdict.replace(" ", "")}">{judgement.verdict}</td>{cells}</tr>'


def _drawn(one: Result) -> str:
    return (
        f'<h2 id="{escape(one.hazard.slug)}">{escape(one.hazard.slug)}</h2>'
        f"<p>{escape(one.hazard.why)}</p><p><b>What happened:</b> {escape(one.judgement.happened)}.</p>"
        f"<p><b>How to survive it:</b> {escape(one.hazard.survive)}</p>{_time_line(one.story, one.judgement)}"
    )


def _history(found: Found | None) -> str:
    """The history that loses, as small as it gets."""
    if found is None:
        return ""
    steps = "".join(f"<li>{escape(line.strip())}</li>" for line in words(found.script))
    return (
        f'<h2 id="history">history {found.number}</h2><p><b>What happened:</b> {escape(found.judgement.happened)}.</p>'
        f"<ol>{steps}</ol>{_time_line(found.story, found.judgement)}"
    )


def _told(report: Report) -> str:
    """Blind spots and manners."""
    told = ""
    for title, name in (("Blind spots", "blind"), ("Manners", "manners")):
        lines = [(one.hazard.slug, line) for one in report.results for line in getattr(one.judgement, name)]
        if lines:
            listed = "".join(f"<li>{escape(slug)}: {escape(line)}</li>" for slug, line in lines)
            told += f"<h2>{title}</h2><ul>{listed}</ul>"
    return told


def _time_line(story: Story, judgement: Judgement) -> str:
    """Requests from left to right, a lane for each poll; changes as marks between them; the contact's path."""
    if not story.asked:
        return ""
    score = judgement.score
    wrong = next(iter((*score.lost, *score.stale, *score.doubled, *score.ghosts)), None)
    drawing = _Drawing(story)
    parts = [drawing.lane(poll.number) for poll in story.polls]
    parts += [drawing.bar(asked) for asked in drawing.asked]
    if wrong is not None:
        parts.append(drawing.path(wrong))
    parts += [drawing.mark(number, change) for number, change in enumerate(story.changes, 1)]
    changes = "".join(f"<li>{escape(_when(one))}: {escape(one.what)}</li>" for one in story.changes)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="time line">'
        f'<svg viewBox="0 0 {_WIDTH} {drawing.height}" role="img" aria-label="polls, requests and changes in time">'
        f"{''.join(parts)}</svg></div>{_KEY}{_key_of(wrong)}</p>"
        f"{f'<ol>{changes}</ol>' if changes else ''}{_requests(drawing.asked, len(story.asked), wrong)}"
    )


def _key_of(wrong: str | None) -> str:
    if wrong is None:
        return ""
    named = f"contact {number_of(wrong)}" if number_of(wrong) >= 0 else escape(wrong[:40])
    return (
        f'<b><i style="color:var(--bad)">●</i> {named} was listed</b>'
        f'<b><i style="color:var(--bad)">○</i> {named} was not</b>'
    )


def _when(change: Happened) -> str:
    if change.after:
        return f"after request {change.after} of poll {change.poll}"
    return f"after poll {change.poll}" if change.poll else "before poll 1"


def _requests(asked: list[Asked], count: int, wrong: str | None) -> str:
    """All requests, for those who cannot see the picture or want to know more."""
    rows = "".join(
        f'<tr><td>{one.poll}</td><td class="q">{escape(one.query)}</td><td>{_got(one)}</td>'
        f'<td class="n">{len(one.ids)}{" ●" if wrong in one.ids else ""}</td></tr>'
        for one in asked
    )
    title = plural(count, "request") + (f", the first {len(asked)}" if len(asked) < count else "")
    return (
        f'<details><summary>{title}</summary><div class="wide"><table><tr><th>poll</th><th>query</th><th>answer</th>'
        f'<th class="n">contacts</th></tr>{rows}</table></div></details>'
    )


def _got(asked: Asked) -> str:
    if asked.whole:
        return str(asked.status)
    return f"{asked.status}, broken" if asked.status == 200 else str(asked.status or "none")


class _Drawing:
    """Where everything is: a lane for each poll, a column for each request. ``asked`` are those that it shows."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self.asked = story.asked[:_MOST_REQUESTS]
        self._lanes = {poll.number: place for place, poll in enumerate(story.polls)}
        self._step = (_WIDTH - _LEFT) / max(1, len(self.asked) + len(self._lanes))
        self._lefts: dict[int, float] = {}
        self.height = _LANE * len(self._lanes) + _TOP
        left, poll = float(_LEFT), self.asked[0].poll
        for asked in self.asked:
            left += self._step * (0 if not self._lefts else 1 if asked.poll == poll else 2)
            poll = asked.poll
            self._lefts[asked.number] = left

    def lane(self, poll: int) -> str:
        top, step = self._top(poll), self._step
        lefts = [self._lefts[asked.number] for asked in self.asked if asked.poll == poll]
        shade = ""
        if lefts:
            width = max(lefts) - min(lefts) + step + 2
            shade = f'<rect class="poll" x="{min(lefts) - 2:.1f}" y="{top - 2}" width="{width:.1f}" height="22"/>'
        return f'<text x="0" y="{top + 13}">poll {poll}</text>{shade}'

    def bar(self, asked: Asked) -> str:
        top, left, width = self._top(asked.poll), self._lefts[asked.number], max(2.0, self._step - 2)
        told = escape(f"{_got(asked)} {asked.query}: {plural(len(asked.ids), 'contact')}")
        kind = "whole" if asked.whole else "spoilt"
        shape = f'<rect class="{kind}" x="{left:.1f}" y="{top}" width="{width:.1f}"'
        return f'{shape} height="18"><title>{told}</title></rect>'

    def mark(self, number: int, change: Happened) -> str:
        before = [one for one in self.asked if one.poll == change.poll and not 0 < change.after < one.place]
        left = self._lefts[before[-1].number] + self._step if before else float(_LEFT)
        # Several changes at one place stand beside each other.
        left += 17 * sum(
            (one.poll, one.after) == (change.poll, change.after) for one in self._story.changes[: number - 1]
        )
        top, told = self._top(change.poll), escape(f"{_when(change)}: {change.what}")
        return (
            f'<g class="mark"><title>{told}</title>'
            f'<line x1="{left:.1f}" x2="{left:.1f}" y1="{top - 6}" y2="{top + 22}"/>'
            f'<circle cx="{left:.1f}" cy="{top - 8}" r="8"/><text x="{left:.1f}" y="{top - 4}">{number}</text></g>'
        )

    def path(self, wrong: str) -> str:
        """The contact's way through the requests: which listed it, and which did not."""
        points = [(self._lefts[one.number] + self._step / 2, self._top(one.poll) + 9, one) for one in self.asked]
        path = " ".join(f"{left:.1f},{top}" for left, top, _ in points)
        dots = "".join(
            f'<circle class="{"has" if wrong in one.ids else "hasnot"}" cx="{left:.1f}" cy="{top}" r="4"/>'
            for left, top, one in points
        )
        return f'<polyline class="path" points="{path}"/>{dots}'

    def _top(self, poll: int) -> int:
        return _TOP + _LANE * self._lanes.get(poll, 0)
