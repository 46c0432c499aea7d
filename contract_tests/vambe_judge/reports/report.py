"""The result of a run, which every kind of report is written from. It holds no personal data."""

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vambe_judge.asking.client import Sent
from vambe_judge.judging.verdicts import Outcome, Verdict
from vambe_mock.contract.plural import plural

CONFORMS: Final = 0
VIOLATES: Final = 1
NOT_JUDGED: Final = 2


@dataclass(slots=True)
class Report:
    """A finished run. ``cut_short`` says why it ended early, if it did."""

    target: str
    started: str
    seconds: float
    outcomes: list[Outcome]
    sent: list[Sent]
    pace: float = 0.0
    like_mock: bool = False
    strict: bool = False
    cut_short: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> Counter[Verdict]:
        """How many rules have which verdict."""
        return Counter(outcome.verdict for outcome in self.outcomes)

    @property
    def counts_of_cases(self) -> Counter[Verdict]:
        """How many cases have which verdict."""
        return Counter(finding.verdict for outcome in self.outcomes for finding in outcome.findings)

    @property
    def only_get(self) -> bool:
        """Whether nothing but GET was sent."""
        return all(one.method == "GET" for one in self.sent)

    @property
    def failing(self) -> list[Outcome]:
        """The rules that make the run fail."""
        verdicts = {Verdict.VIOLATES}
        if self.like_mock:
            verdicts.add(Verdict.DIFFERS)
        if self.strict:
            verdicts.add(Verdict.INCONCLUSIVE)
        return [one for one in self.outcomes if any(finding.verdict in verdicts for finding in one.findings)]

    @property
    def stumbled(self) -> list[Outcome]:
        """The rules that hit an internal error of the judge."""
        return [one for one in self.outcomes if one.stumbled]

    @property
    def exit_code(self) -> int:
        """0 conforms, 1 violates, 2 nothing, or not everything, could be judged."""
        if self.failing:
            return VIOLATES
        judged = any(one.verdict != Verdict.INCONCLUSIVE or one.having(Verdict.CONFORMS) for one in self.outcomes)
        return CONFORMS if judged and not self.stumbled and not self.cut_short else NOT_JUDGED

    @property
    def summary(self) -> str:
        """The result in a few words."""
        if self.failing:
            names = ", ".join(one.slug for one in self.failing[:3]) + (" …" if len(self.failing) > 3 else "")
            return f"fails: {len(self.failing)} of {plural(len(self.outcomes), 'rule')} ({names})"
        if self.exit_code == NOT_JUDGED:
            why = self.cut_short or "internal error in the judge" if self.outcomes else "no rule was tested"
            return f"not judged: {why}"
        open_rules = self.counts[Verdict.INCONCLUSIVE]
        told = plural(open_rules, "rule is", "rules are")
        return "conforms" + (f", as far as its data shows: {told} inconclusive" if open_rules else "")

    def to_json(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return {
            "target": self.target,
            "started": self.started,
            "seconds": round(self.seconds, 3),
            "verdict": self.summary,
            "exit_code": self.exit_code,
            "like_mock": self.like_mock,
            "strict": self.strict,
            "cut_short": self.cut_short,
            "notes": self.all_notes(),
            "counts": {verdict.value: self.counts[verdict] for verdict in Verdict},
            "requests": {
                "count": len(self.sent),
                "methods": dict(Counter(one.method for one in self.sent)),
                "statuses": {str(status or "none"): count for status, count in self.statuses()},
                "pace_seconds": self.pace,
            },
            "rules": [_rule(one) for one in self.outcomes],
            "sent": [
                {
                    "method": one.method,
                    "target": one.target,
                    "headers": list(one.headers),
                    "rule": one.rule,
                    "case": one.case,
                    "status": one.status,
                    "milliseconds": round(one.seconds * 1_000, 1),
                    "bytes": one.size,
                }
                for one in self.sent
            ],
        }

    def statuses(self) -> list[tuple[int | None, int]]:
        """How often each status came, None for no answer."""
        return sorted(Counter(one.status for one in self.sent).items(), key=lambda pair: pair[0] or 0)

    def all_notes(self) -> list[str]:
        """The notes of the run and of its rules, each once."""
        return list(dict.fromkeys([*self.notes, *(note for one in self.outcomes for note in one.notes)]))


def write_json(report: Report, path: Path) -> None:
    """Write the report as a JSON file at *path*."""
    path.write_text(json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _rule(outcome: Outcome) -> dict[str, Any]:
    return {
        "rule": outcome.slug,
        "statement": outcome.statement,
        "grade": outcome.told_grade,
        "verdict": outcome.verdict.value,
        "evidence": outcome.evidence(),
        "requests": outcome.requests,
        "seconds": round(outcome.seconds, 3),
        "stumbled": outcome.stumbled,
        "cases": [
            {
                "case": finding.case,
                "grade": finding.grade,
                "verdict": finding.verdict.value,
                "evidence": finding.evidence,
                "wanted": finding.wanted,
                "came": finding.came,
                "curl": finding.curl,
            }
            for finding in outcome.findings
        ],
    }
