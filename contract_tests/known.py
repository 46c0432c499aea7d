"""Accepted deviations: a TOML file that names, for each one, the rule, the case, why, and until when.

::

    [[deviation]]
    rule = "days-range"
    case = "366"
    reason = "the vendor is told, ticket 4711"
    expires = 2026-12-31

A rule alone is not enough: then one accepted deviation would hide the next one of the same rule.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from contract_tests.options import toml
from contract_tests.problems import JudgeError
from contract_tests.verdicts import Outcome, Verdict

NAMES: Final = ("rule", "case", "reason", "expires")
_HIDDEN: Final = (Verdict.VIOLATES, Verdict.DIFFERS)


@dataclass(frozen=True, slots=True)
class Deviation:
    """One accepted deviation. It counts up to and including the day ``expires``."""

    rule: str
    case: str
    reason: str
    expires: date


def read(path: Path) -> tuple[Deviation, ...]:
    """The deviations of a file. Raises JudgeError with one line."""
    content = toml(path, "--known")
    entries = content.pop("deviation", [])
    if content or not isinstance(entries, list) or not entries:
        raise JudgeError(f"--known {path}: wanted [[deviation]] entries with {', '.join(NAMES)}")
    found = tuple(_deviation(path, number, entry) for number, entry in enumerate(entries, 1))
    twice = {one for one in found if [(other.rule, other.case) for other in found].count((one.rule, one.case)) > 1}
    if twice:
        one = next(iter(twice))
        raise JudgeError(f'--known {path}: "{one.rule}", "{one.case}" stands twice')
    return found


def _deviation(path: Path, number: int, entry: Any) -> Deviation:
    names = entry if isinstance(entry, dict) else {}
    missing = [name for name in NAMES if not names.get(name)]
    unknown = sorted(set(names) - set(NAMES))
    if missing or unknown:
        fault = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(unknown)}"
        raise JudgeError(f"--known {path}: deviation {number} {fault}; wanted {', '.join(NAMES)}")
    if type(names["expires"]) is not date:
        raise JudgeError(f"--known {path}: deviation {number} expires at no date; wanted e.g. expires = 2026-12-31")
    return Deviation(str(names["rule"]), str(names["case"]), str(names["reason"]), names["expires"])


def accept(outcomes: dict[str, Outcome], deviations: tuple[Deviation, ...], today: date) -> list[str]:
    """Mark what is accepted in *outcomes*; what to tell of entries that are over or for nothing."""
    told = []
    for one in deviations:
        findings = outcomes[one.rule].findings if one.rule in outcomes else []
        places = [
            place for place, finding in enumerate(findings) if finding.case == one.case and finding.verdict in _HIDDEN
        ]
        if one.expires < today:
            told.append(f'the accepted deviation "{one.case}" of {one.rule} expired on {one.expires}')
        elif not places:
            told.append(f'the accepted deviation "{one.case}" of {one.rule} was not seen; take it out if it is mended')
        else:
            for place in places:
                reason = f"{one.reason} (until {one.expires})"
                findings[place] = replace(findings[place], verdict=Verdict.ACCEPTED, evidence=reason, reason=reason)
    return told
