"""The page of a check: for each hazard that failed a time line of polls, requests, changes and the lost contact."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from vambe_mock.sync.contacts import number_of

if TYPE_CHECKING:
    from vambe_mock.sync.checking import Report, Result
    from vambe_mock.sync.playing import Asked, Happened, Story

_WIDTH: Final = 960
_LANE: Final = 34
_TOP: Final = 40
_LEFT: Final = 120

_STYLE: Final = """
:root{color-scheme:light dark}
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse}td,th{padding:.15rem .8rem .15rem 0;text-align:left}td.n{text-align:right}
.survived{color:#287d3c}.lost,.failed{color:#c22}.notmet{color:#777}
svg{width:100%;height:auto;margin:.5rem 0}svg text{font:11px system-ui,sans-serif;fill:currentColor}
.poll{fill:#8884}.whole{fill:#4a90d9}.spoilt{fill:#e0803a}
.path{stroke:#c22;stroke-width:1.5;fill:none;stroke-dasharray:3 3}
.has{fill:#c22}.mark{stroke:#b07000;stroke-width:2}
"""


def page(report: Report) -> str:
    """The page, in one file and without scripts."""
    rows = "".join(_row(one) for one in report.results)
    drawn = "".join(_drawn(one) for one in report.results if one.bad)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>vambe-mock sync-check</title>'
        f"<style>{_STYLE}</style></head><body><h1>Sync check</h1>"
        f"<table><tr><th>hazard</th><th>verdict</th><th>lost</th><th>stale</th><th>doubled</th><th>ghosts</th>"
        f"<th>requests</th></tr>{rows}</table>{drawn}</body></html>\n"
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
        f"<p><b>How to survive it:</b> {escape(one.hazard.survive)}</p>{_svg(one)}"
    )


def _svg(one: Result) -> str:
    """Requests from left to right, a lane for each poll; changes as marks between them; the contact's path."""
    story, score = one.story, one.judgement.score
    if not story.asked:
        return ""
    wrong = next(iter((*score.lost, *score.stale, *score.doubled, *score.ghosts)), None)
    drawing = _Drawing(story)
    parts = [drawing.lane(poll.number) for poll in story.polls]
    parts += [drawing.bar(asked, wrong) for asked in story.asked]
    parts += [drawing.mark(change) for change in story.changes]
    if wrong is not None:
        parts.append(drawing.path(wrong))
    return f'<svg viewBox="0 0 {_WIDTH} {drawing.height}" role="img" aria-label="time line">{"".join(parts)}</svg>'


class _Drawing:
    """Where everything is: a lane for each poll, a column for each request."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._lanes = {poll.number: place for place, poll in enumerate(story.polls)}
        self._step = (_WIDTH - _LEFT) / max(1, len(story.asked) + len(story.polls))
        self._lefts: dict[int, float] = {}
        self.height = _LANE * len(self._lanes) + _TOP + 10
        left, poll = float(_LEFT), story.asked[0].poll
        for asked in story.asked:
            left += self._step * (0 if not self._lefts else 1 if asked.poll == poll else 2)
            poll = asked.poll
            self._lefts[asked.number] = left

    def lane(self, poll: int) -> str:
        top, step = self._top(poll), self._step
        lefts = [self._lefts[asked.number] for asked in self._story.of_poll(poll)]
        shade = ""
        if lefts:
            width = max(lefts) - min(lefts) + step + 2
            shade = f'<rect class="poll" x="{min(lefts) - 2:.1f}" y="{top - 2}" width="{width:.1f}" height="22"/>'
        return f'<text x="0" y="{top + 13}">poll {poll}</text>{shade}'

    def bar(self, asked: Asked, wrong: str | None) -> str:
        top, left, width = self._top(asked.poll), self._lefts[asked.number], max(2.0, self._step - 2)
        told = escape(f"{asked.status} {asked.query}: {len(asked.ids)} contacts")
        shape = f'<rect class="{"whole" if asked.whole else "spoilt"}" x="{left:.1f}" y="{top}" width="{width:.1f}"'
        dot = ""
        if wrong in asked.ids:
            dot = f'<circle class="has" cx="{left + self._step / 2:.1f}" cy="{top + 9}" r="4"/>'
        return f'{shape} height="18"><title>{told}</title></rect>{dot}'

    def mark(self, change: Happened) -> str:
        before = [one for one in self._story.of_poll(change.poll) if not change.after or one.place <= change.after]
        left = self._lefts[before[-1].number] + self._step if before else float(_LEFT)
        top, told = self._top(change.poll), escape(change.what)
        line = f'<line class="mark" x1="{left:.1f}" x2="{left:.1f}" y1="{top - 6}" y2="{top + 24}">'
        return (
            f'{line}<title>{told}</title></line><text x="{min(left + 4, _WIDTH - 260):.1f}" y="{top - 8}">{told}</text>'
        )

    def path(self, wrong: str) -> str:
        listed = [asked for asked in self._story.asked if wrong in asked.ids]
        points = [(self._lefts[one.number] + self._step / 2, self._top(one.poll) + 9) for one in listed]
        path = " ".join(f"{left:.1f},{top}" for left, top in points)
        line = f'<polyline class="path" points="{path}"/>' if len(points) > 1 else ""
        label = f"contact {number_of(wrong)}" if number_of(wrong) >= 0 else escape(wrong[:40])
        times = f"listed {len(listed)} times" if listed else "never listed"
        return f'{line}<text x="0" y="14">red: {label}, {times}</text>'

    def _top(self, poll: int) -> int:
        return _TOP + _LANE * self._lanes.get(poll, 0)
