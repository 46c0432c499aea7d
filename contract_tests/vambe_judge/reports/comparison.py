"""Where two targets answer the same requests differently.

Compared is what does not depend on the data: status, kind and media type, the fields of contacts and of refusals, the
order. The number of contacts is not compared. Both targets are also judged, each by its own data, and the verdicts
compared case by case. Each difference is reported once, with the number of requests that show it.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.text import Text

from vambe_judge.asking.answers import Answer, Refusal
from vambe_judge.asking.client import Headers
from vambe_judge.asking.problems import Unanswered
from vambe_judge.judging.cases import KEY, PLACE, RULE, STATUSES, VALUE
from vambe_judge.judging.judge import Judge, Trial
from vambe_judge.judging.relations import out_of_order
from vambe_judge.judging.survey import FIELDS
from vambe_judge.judging.verdicts import Verdict
from vambe_mock.contract.plural import plural

_TIME_FILTER: Final = re.compile(r"(?<![^&])(days|created_after|updated_after)=")
_LENGTH: Final = re.compile(r" of [0-9]+ characters")


@dataclass(frozen=True, slots=True)
class FrozenRequest:
    """One recorded request of the first target, and the rule that sent it."""

    rule: str
    query: str
    path: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Difference:
    """One property in which two targets differ: what the first does, what the second does."""

    rule: str
    respect: str
    first: str
    second: str


@dataclass(slots=True)
class Shown:
    """How many requests show a difference, and a curl command for the first of them.

    0 requests: it was seen in what both were judged by, each by its own data.
    """

    requests: int
    curl: str


Found = dict[Difference, Shown]


def compared(
    first: Judge,
    second: Judge,
    rules: Sequence[Callable[[Trial], None]],
    judged: Callable[[], None] = lambda: None,
) -> Found:
    """Judge both targets, repeat the first one's requests on the second, and return every difference, rule by rule.

    *judged* is called when both are judged, and may change their outcomes.
    """
    frozen: list[tuple[FrozenRequest, Answer]] = []
    with _recording(first, frozen):
        for rule in rules:
            first.hear(rule)
    for rule in rules:
        second.hear(rule)
    judged()
    found = {one: Shown(0, curl) for slug in first.outcomes for one, curl in _verdicts(slug, first, second)}
    for difference, curl in _differences(frozen, second):
        found.setdefault(difference, Shown(0, curl)).requests += 1
    order = {slug: place for place, slug in enumerate(first.outcomes)}
    return dict(sorted(found.items(), key=lambda pair: order.get(pair[0].rule, -1)))


def show(found: Found, first: Judge, second: Judge, console: Console) -> int:
    """Print the differences; return 0 if there are none, 1 if there are, 2 if a run ended early without any."""
    urls = first.client.base_url, second.client.base_url
    for line in lines_of(found, *urls):
        console.print(Text(line), soft_wrap=True)
    alike = len(first.outcomes) - len({one.rule for one in found} & first.outcomes.keys())
    counted = plural(len(found), "difference")
    word = f"{alike} of {plural(len(first.outcomes), 'rule')} alike; {counted} between {urls[0]} and {urls[1]}"
    console.print(Text(word, style="bold red" if found else "bold green"), soft_wrap=True)
    gave_up = first.client.gave_up or second.client.gave_up
    if gave_up:
        console.print(Text(f"ended early: {gave_up}", style="yellow"))
    return 1 if found else 2 if gave_up else 0


def lines_of(found: Found, first: str, second: str) -> Iterable[str]:
    """Return the lines of each difference: the rule, what both targets do, a curl command; nothing is truncated."""
    wide = max(len(first), len(second))
    for one, shown in found.items():
        counted = plural(shown.requests, "request") if shown.requests else "by verdict"
        yield f"{one.rule}: {one.respect} ({counted})"
        yield f"  {first:{wide}}  {one.first}"
        yield f"  {second:{wide}}  {one.second}"
        if shown.curl:
            yield f"  {shown.curl}"


def notes(found: Found, second: Judge) -> list[str]:
    """Return each difference as one line, for the report on the first target."""
    url = second.client.base_url
    return [f"{url} differs in {one.rule}, {one.respect}: here {one.first}, there {one.second}" for one in found]


class _recording:  # noqa: N801 - it is used as a word of the language
    """Record each distinct request and its answer for the duration of the block."""

    def __init__(self, judge: Judge, frozen: list[tuple[FrozenRequest, Answer]]) -> None:
        self.client = judge.client
        self.frozen = frozen

    def __enter__(self) -> None:
        seen: set[FrozenRequest] = set()

        def record(query: str, path: str, headers: Headers, answer: Answer) -> None:
            asked = FrozenRequest(self.client.rule, query, path, tuple(headers))
            if asked not in seen:
                seen.add(asked)
                self.frozen.append((asked, answer))

        self.client.record = record

    def __exit__(self, *_: object) -> None:
        self.client.record = None


def _differences(frozen: Sequence[tuple[FrozenRequest, Answer]], second: Judge) -> Iterable[tuple[Difference, str]]:
    """Every difference, once for each request that shows it, with that request's curl line."""
    pairs: list[tuple[Answer, Answer]] = []
    for asked, answer in frozen:
        second.client.rule = asked.rule
        try:
            other = second.client.get(asked.query, path=asked.path, headers=asked.headers)
        except Unanswered as error:
            yield Difference(asked.rule, "answer", f"{answer.status}", str(error)), error.curl
            continue
        pairs.append((answer, other))
        for rule, respect, mine, theirs in _respects(asked.rule, answer, other):
            if mine != theirs:
                yield Difference(rule, respect, mine, theirs), answer.curl
    yield from _lists(pairs)
    yield from _contacts(pairs)


def _verdicts(slug: str, first: Judge, second: Judge) -> Iterable[tuple[Difference, str]]:
    """Cases of one rule that both show, with different verdicts."""
    if slug not in second.outcomes:
        return
    theirs = {finding.case: finding for finding in second.outcomes[slug].findings}
    for finding in first.outcomes[slug].findings:
        other = theirs.get(finding.case)
        if (
            other is None
            or Verdict.INCONCLUSIVE in (finding.verdict, other.verdict)
            or finding.verdict == other.verdict
        ):
            continue
        told = [one.came or "as expected" for one in (finding, other)]
        yield Difference(slug, finding.case, *told), finding.curl or other.curl


def _respects(rule: str, answer: Answer, other: Answer) -> Iterable[tuple[str, str, str, str]]:
    """Yield what is compared in two answers to one request: rule, property, and both values.

    The shape of a list or of a refusal is a rule of its own, so that it is one difference however often it is seen.
    """
    yield rule, "status", f"{answer.status}", f"{other.status}"
    if answer.status == other.status:
        shape, (mine, theirs) = _shape(answer), (answer.refusal, other.refusal)
        yield shape, "body", answer.kind, other.kind
        yield shape, "media type", answer.media_type, other.media_type
        if mine and theirs:
            yield shape, "fields of the refusal", ", ".join(mine.keys), ", ".join(theirs.keys)
            yield rule, "errors listed", _faults(mine), _faults(theirs)


def _faults(refusal: Refusal) -> str:
    return ", ".join(f"{one.parameter} {one.code}" for one in refusal.issues) or "none"


def _shape(answer: Answer) -> str:
    """The rule of an answer's shape: that of lists, or of one kind of refusal."""
    if answer.status == STATUSES[VALUE]:
        return VALUE if answer.refusal and answer.refusal.issues else RULE
    return {STATUSES[KEY]: KEY, STATUSES[PLACE]: PLACE}.get(answer.status, "bare-array")


def _lists(pairs: Sequence[tuple[Answer, Answer]]) -> Iterable[tuple[Difference, str]]:
    """In which order the lists of each combination of time filters stand; two contacts or fewer tell none."""
    kinds: dict[str, list[tuple[Answer, Answer]]] = {}
    for pair in pairs:
        if all(len(answer.rows) > 2 for answer in pair):
            kinds.setdefault(" and ".join(sorted(set(_TIME_FILTER.findall(pair[0].query)))), []).append(pair)
    for kind, some in kinds.items():
        mine, theirs = (set.intersection(*(_orders(pair[side]) for pair in some)) for side in (0, 1))
        if mine != theirs and not mine & theirs:
            apart = [pair for pair in some if not _orders(pair[0]) & _orders(pair[1])] or some[:1]
            for answer, _ in apart:
                yield Difference("order", f"order by {kind}", _by(mine), _by(theirs)), answer.curl


def _orders(answer: Answer) -> set[str]:
    """By which instants an answer's contacts may be ordered; what came by chance is among them."""
    return {field for field in FIELDS if not out_of_order(answer.rows, field)}


def _by(orders: set[str]) -> str:
    return ", ".join(sorted(orders)) or "by no instant"


def _contacts(pairs: Sequence[tuple[Answer, Answer]]) -> Iterable[tuple[Difference, str]]:
    """What only one target's contacts have, in any of the answers: an unknown field, a fault; once for each answer."""
    sides = [[pair[side] for pair in pairs] for side in (0, 1)]
    if not all(any(answer.rows for answer in side) for side in sides):
        return
    marks = [{mark for answer in side for mark in _marks(answer)} for side in sides]
    for number, side in enumerate(sides):
        for place, answer in enumerate(side):
            for rule, respect, has, lacks in sorted(_marks(answer) - marks[1 - number]):
                told = (has, lacks) if number == 0 else (lacks, has)
                yield Difference(rule, respect, *told), pairs[place][0].curl


def _marks(answer: Answer) -> set[tuple[str, str, str, str]]:
    """What is out of the ordinary with an answer's contacts: rule, respect, what it is, what it is elsewhere."""
    unknown = {("contact-fields", f"field {name}", "present", "absent") for row in answer.rows for name in row.unknown}
    return unknown | {(fault.slug, fault.case, _LENGTH.sub("", fault.came), "as expected") for fault in answer.faults}
