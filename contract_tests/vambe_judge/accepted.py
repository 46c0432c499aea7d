"""Accepted deviations: a TOML file that gives rule, case, reason and expiry date of each.

::

    [[deviation]]
    rule = "days-range"
    case = "366"
    reason = "the vendor is told, ticket 4711"
    expires = 2026-12-31

The case is required: a rule alone would hide its next deviation as well.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from vambe_judge.asking.options import did_you_mean, toml
from vambe_judge.asking.problems import JudgeError
from vambe_judge.judging import rules
from vambe_judge.judging.judge import slug_of
from vambe_judge.judging.verdicts import Outcome, Verdict

NAMES: Final = ("rule", "case", "reason", "expires")
EXAMPLES: Final = {
    "rule": 'rule = "days-range"',
    "case": 'case = "366"',
    "reason": 'reason = "the vendor is told, ticket 4711"',
    "expires": "expires = 2026-12-31",
}
TEXTS: Final = ("rule", "case", "reason")
SLUGS: Final = (*map(slug_of, rules.RULES), "generated")
"""The rules that a report can name; ``generated`` is the layer of schemathesis, which is slow to import."""

_HIDDEN: Final = (Verdict.VIOLATES, Verdict.DIFFERS)


@dataclass(frozen=True, slots=True)
class Deviation:
    """One accepted deviation. It counts up to and including the day ``expires``."""

    rule: str
    case: str
    reason: str
    expires: date


def read(path: Path) -> tuple[Deviation, ...]:
    """Read the deviations from a file. Raises JudgeError."""
    content = toml(path, "--known")
    entries = content.pop("deviation", [])
    if content or not isinstance(entries, list) or not entries:
        raise JudgeError(
            f"--known {path}: wanted [[deviation]] entries with {', '.join(NAMES)}"
            + did_you_mean(content, ["deviation"])
        )
    found = tuple(_deviation(path, number, entry) for number, entry in enumerate(entries, 1))
    twice = {one for one in found if [(other.rule, other.case) for other in found].count((one.rule, one.case)) > 1}
    if twice:
        one = next(iter(twice))
        raise JudgeError(f'--known {path}: "{one.rule}", "{one.case}" is listed twice')
    return found


def _deviation(path: Path, number: int, entry: Any) -> Deviation:
    names = entry if isinstance(entry, dict) else {}
    fault = _fault(names)
    if fault:
        raise JudgeError(f"--known {path}: deviation {number} {fault}")
    return Deviation(names["rule"], names["case"], names["reason"], names["expires"])


def _fault(names: dict[str, Any]) -> str:
    """Say what is wrong with an entry and what is wanted; empty if it is fine."""
    missing = [name for name in NAMES if name not in names]
    unknown = sorted(set(names) - set(NAMES))
    if missing or unknown:
        said = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown)}"
        return f"{said}; wanted {', '.join(NAMES)}" + did_you_mean(unknown, missing or NAMES)
    for name in TEXTS:
        if not isinstance(names[name], str) or not names[name].strip():
            said = "is blank" if isinstance(names[name], str) else "is not text"
            return f"has a {name} that {said}; wanted e.g. {EXAMPLES[name]}"
    if names["rule"] not in SLUGS:
        close = did_you_mean([names["rule"]], SLUGS) or f", e.g. {SLUGS[0]}"
        return f'has the unknown rule "{names["rule"]}"; wanted one that a report names{close}'
    return (
        ""
        if type(names["expires"]) is date
        else f"has an expires that is not a date; wanted e.g. {EXAMPLES['expires']}"
    )


def accept(outcomes: dict[str, Outcome], deviations: tuple[Deviation, ...], today: date) -> list[str]:
    """Mark the accepted findings in *outcomes*; return notes on entries that are expired or matched nothing."""
    told = []
    for one in deviations:
        findings = outcomes[one.rule].findings if one.rule in outcomes else []
        places = [
            place for place, finding in enumerate(findings) if finding.case == one.case and finding.verdict in _HIDDEN
        ]
        if one.expires < today:
            told.append(f'the accepted deviation "{one.case}" of {one.rule} expired on {one.expires}')
        elif not places:
            told.append(f'the accepted deviation "{one.case}" of {one.rule} did not occur; remove it if it is fixed')
        else:
            for place in places:
                reason = f"{one.reason} (until {one.expires})"
                findings[place] = replace(findings[place], verdict=Verdict.ACCEPTED, evidence=reason, reason=reason)
    return told
