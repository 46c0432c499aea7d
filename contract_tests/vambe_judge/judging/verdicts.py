"""Verdicts, grades, and the outcome of a rule."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

from vambe_mock.contract.plural import plural

Grade = Literal["documented", "reconciled", "inferred", "assumed", "observed", "measured"]
"""How well a rule is supported by the vendor's documents (docs/decisions.md), or that a calibration measured it."""

FIRM: Final[frozenset[Grade]] = frozenset({"documented", "reconciled"})
"""A broken rule of these grades fails the run. The others describe the mock; the real API may differ."""


class Verdict(StrEnum):
    """The verdict on a case; that on a rule is the worst of its cases."""

    CONFORMS = "conforms"
    INCONCLUSIVE = "inconclusive"
    ACCEPTED = "accepted deviation"
    DIFFERS = "differs from the mock"
    VIOLATES = "violates"


WORST_LAST: Final = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one case. None of its texts holds personal data.

    ``evidence`` says what conformed, or which data would be needed to tell. ``curl`` repeats the request.
    """

    case: str
    verdict: Verdict
    grade: Grade
    evidence: str = ""
    wanted: str = ""
    came: str = ""
    curl: str = ""
    reason: str = ""


@dataclass(slots=True)
class Outcome:
    """A rule and the findings of its cases."""

    slug: str
    grade: Grade
    statement: str
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    requests: int = 0
    stumbled: str = ""

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the cases; inconclusive without any."""
        if not self.findings:
            return Verdict.INCONCLUSIVE
        return max((finding.verdict for finding in self.findings), key=WORST_LAST.index)

    @property
    def told_grade(self) -> Grade:
        """The grade beside the verdict: that of the case which ``evidence`` tells, where it is a broken one."""
        worst = self.having(self.verdict)
        broken = self.verdict not in (Verdict.CONFORMS, Verdict.INCONCLUSIVE)
        return worst[0].grade if worst and broken else self.grade

    def having(self, verdict: Verdict) -> list[Finding]:
        """The cases with that *verdict*."""
        return [finding for finding in self.findings if finding.verdict == verdict]

    def evidence(self) -> str:
        """One line: how many cases, and of the worst ones the first."""
        worst = self.having(self.verdict)
        if not worst:
            return self.stumbled or "not tested"
        counted = f"{len(worst)} of {plural(len(self.findings), 'case')}"
        if self.verdict == Verdict.CONFORMS:
            told = [finding.evidence for finding in worst if finding.evidence]
            return plural(len(worst), "case") + (f"; {told[0]}" if told else "")
        first = worst[0]
        said = first.evidence if self.verdict == Verdict.INCONCLUSIVE else f"expected {first.wanted}; got {first.came}"
        return f"{counted}; {first.case}: {said}"
