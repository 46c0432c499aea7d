"""What can be said of a rule, and how firmly the rule stands."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

Grade = Literal["documented", "reconciled", "inferred", "assumed", "observed"]
"""How firm a rule's ground is; the words are those of docs/decisions.md."""

FIRM: Final[frozenset[Grade]] = frozenset({"documented", "reconciled"})
"""Breaking one of these fails. The others are what the mock does, which the real API need not do."""


class Verdict(StrEnum):
    """What one case showed, and, as the worst of its cases, one rule."""

    CONFORMS = "conforms"
    INCONCLUSIVE = "inconclusive"
    ACCEPTED = "accepted deviation"
    DIFFERS = "differs from the mock"
    VIOLATES = "violates"


WORST_LAST: Final = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One case of a rule: what was asked, what was wanted, what came. No text of it holds personal data.

    ``evidence`` says what conformed, or which data would have shown it. ``curl`` repeats the request.
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
    """A rule and what its cases showed."""

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
        """The worst of the cases; a rule of which nothing was seen is inconclusive."""
        if not self.findings:
            return Verdict.INCONCLUSIVE
        return max((finding.verdict for finding in self.findings), key=WORST_LAST.index)

    def having(self, verdict: Verdict) -> list[Finding]:
        """The cases with that *verdict*."""
        return [finding for finding in self.findings if finding.verdict == verdict]

    def evidence(self) -> str:
        """One line: how many cases, and of the worst ones the first."""
        worst = self.having(self.verdict)
        if not worst:
            return self.stumbled or "nothing was seen of it"
        counted = f"{len(worst)} of {len(self.findings)} cases"
        if self.verdict == Verdict.CONFORMS:
            told = [finding.evidence for finding in worst if finding.evidence]
            return f"{len(worst)} case{'s' if len(worst) > 1 else ''}" + (f"; {told[0]}" if told else "")
        first = worst[0]
        said = first.evidence if self.verdict == Verdict.INCONCLUSIVE else f"wanted {first.wanted}; came {first.came}"
        return f"{counted}; {first.case}: {said}"
