"""Two targets, one frozen list of requests, and where they answer differently.

What is compared holds whatever the data is: status, kind and media type, the fields of contacts and of refusals, the
order. How many contacts come is not compared, since two targets have different ones. Then both are judged, each by its
own data, and their verdicts compared case by case.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from contract_tests.answers import Answer
from contract_tests.client import RIGHT_KEY, Headers
from contract_tests.judge import Judge, Trial
from contract_tests.problems import Unanswered
from contract_tests.relations import out_of_order
from contract_tests.survey import FIELDS
from contract_tests.terminal import rows
from contract_tests.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of the frozen list, and the rule that it was made for."""

    rule: str
    query: str
    path: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Difference:
    """One respect in which two targets differ: what the first does, what the second does."""

    rule: str
    respect: str
    first: str
    second: str
    request: str = ""


def compared(first: Judge, second: Judge, rules: Sequence[Callable[[Trial], None]]) -> list[Difference]:
    """Judge both, put the first one's requests to the second, and tell every difference, rule by rule."""
    frozen: list[tuple[Asked, Answer]] = []
    with _recording(first, frozen):
        for rule in rules:
            first.hear(rule)
    for rule in rules:
        second.hear(rule)
    found = [one for outcome in first.outcomes for one in _verdicts(outcome, first, second)]
    for asked, answer in frozen:
        found += _one(asked, answer, second)
    order = {slug: place for place, slug in enumerate(first.outcomes)}
    return sorted(found, key=lambda one: order.get(one.rule, -1))


def show(found: Sequence[Difference], first: Judge, second: Judge, console: Console) -> int:
    """The table of differences; 0 where there is none, else 1."""
    a, b = first.client.base_url, second.client.base_url
    if found:
        lines = [(one.rule, one.respect, one.first, one.second, one.request) for one in found]
        console.print(rows(("rule", "respect", a, b, "request"), lines))
    alike = len(first.outcomes) - len({one.rule for one in found} & first.outcomes.keys())
    word = f"{alike} of {len(first.outcomes)} rules alike; {len(found)} differences between {a} and {b}"
    console.print(Text(word, style="bold red" if found else "bold green"))
    gave_up = first.client.gave_up or second.client.gave_up
    if gave_up:
        console.print(Text(f"ended early: {gave_up}", style="yellow"))
    return 1 if found else 2 if gave_up else 0


class _recording:  # noqa: N801 - it is used as a word of the language
    """While it lasts, each first asking of a request is noted together with its answer."""

    def __init__(self, judge: Judge, frozen: list[tuple[Asked, Answer]]) -> None:
        self.client = judge.client
        self.frozen = frozen

    def __enter__(self) -> None:
        seen: set[Asked] = set()

        def record(query: str, path: str, headers: Headers, answer: Answer) -> None:
            asked = Asked(self.client.asked_for, query, path, tuple(headers))
            if asked not in seen:
                seen.add(asked)
                self.frozen.append((asked, answer))

        self.client.record = record

    def __exit__(self, *_: object) -> None:
        self.client.record = None


def _verdicts(slug: str, first: Judge, second: Judge) -> list[Difference]:
    """Cases of one rule that both show, with different verdicts."""
    if slug not in second.outcomes:
        return []
    theirs = {finding.case: finding for finding in second.outcomes[slug].findings}
    told = []
    for finding in first.outcomes[slug].findings:
        other = theirs.get(finding.case)
        if (
            other is None
            or Verdict.INCONCLUSIVE in (finding.verdict, other.verdict)
            or finding.verdict == other.verdict
        ):
            continue
        told.append(
            Difference(slug, finding.case, finding.came or "as the rule says", other.came or "as the rule says")
        )
    return told


def _one(asked: Asked, answer: Answer, second: Judge) -> list[Difference]:
    """In which respects the second target answers one request otherwise."""
    second.client.asked_for = asked.rule
    try:
        other = second.client.get(asked.query, path=asked.path, headers=asked.headers)
    except Unanswered as error:
        return [Difference(asked.rule, "answer", f"{answer.status}", str(error), asked.query)]
    shown = second.client.masked(f"{asked.path}?{asked.query}") + ("" if asked.headers == RIGHT_KEY else " (other key)")
    respects = zip(_respects(answer, other), _respects(other, answer), strict=True)
    return [
        Difference(asked.rule, name, mine, theirs, shown) for (name, mine), (_, theirs) in respects if mine != theirs
    ]


def _respects(answer: Answer, other: Answer) -> list[tuple[str, str]]:
    """What is compared of an answer. What needs contacts on both sides is left empty where one has none."""
    both = bool(answer.rows and other.rows)
    refusal = answer.refusal
    return [
        ("status", str(answer.status)),
        ("body", answer.kind if answer.status == other.status else ""),
        ("media type", answer.media_type if answer.status == other.status else ""),
        ("fields of the refusal", ", ".join(refusal.keys) if refusal and other.refusal else ""),
        ("faults told", ", ".join(f"{one.parameter} {one.code}" for one in refusal.issues) if refusal else ""),
        ("unknown fields", ", ".join(sorted({name for row in answer.rows for name in row.unknown})) if both else ""),
        ("faults of contacts", ", ".join(sorted({fault.case for fault in answer.faults})) if both else ""),
        ("order", _order(answer) if len(answer.rows) > 2 and len(other.rows) > 2 else ""),
    ]


def _order(answer: Answer) -> str:
    """By which instants an answer's contacts may be ordered."""
    return ", ".join(field for field in FIELDS if not out_of_order(answer.rows, field)) or "by no instant"
