"""A dialect and how its rules are known: what a dialect file says, without what it takes to read one."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from vambe_mock.contract.dialect import USUAL, Dialect
from vambe_mock.contract.plural import plural

SWITCHED: Final = {
    "fractional_days": "days-may-be-fractional",
    "seconds_required": "seconds-required",
    "stage_filter": "stage-of-active-ticket",
    "expand_current_stage": "current-stage-expanded",
}
"""The rules that are options of the server too, each with its slug."""


class Rule(NamedTuple):
    """One rule of a file: its value as the file has it, and where it comes from."""

    slug: str
    value: Any
    grade: str = ""
    on: str = ""
    requests: tuple[str, ...] = ()
    evidence: str = ""


class DialectFile(NamedTuple):
    """What a dialect file says. ``open`` and ``beyond`` are by slug."""

    name: str = ""
    made_on: str = ""
    dialect: Dialect = USUAL
    rules: tuple[Rule, ...] = ()
    open: Mapping[str, str] = MappingProxyType({})
    beyond: Mapping[str, str] = MappingProxyType({})

    def rule(self, slug: str) -> Rule | None:
        """The rule *slug*, if the file gives it a value."""
        return next((rule for rule in self.rules if rule.slug == slug), None)

    def beaten_by(self, switches: Mapping[str, Any]) -> "DialectFile":
        """The same with the values of *switches*, fields of ``Dialect``, which were given beside the file."""
        if not switches:
            return self
        slugs = {SWITCHED[name]: value for name, value in switches.items()}
        rules = [rule for rule in self.rules if rule.slug not in slugs]
        rules += [Rule(slug=slug, value=value, grade="switch") for slug, value in slugs.items()]
        return self._replace(dialect=replace(self.dialect, **switches), rules=tuple(rules))

    def in_words(self) -> str:
        """How many rules are measured, and when, in a few words; empty if none is."""
        measured = [rule for rule in self.rules if rule.grade == "measured"]
        days = sorted({rule.on for rule in measured if rule.on})
        when = "" if not days else f" on {days[0]}" if len(days) == 1 else f" from {days[0]} to {days[-1]}"
        return f"{plural(len(measured), 'rule')} measured{when}"

    def told_of(self, slug: str) -> str:
        """``measured on 2026-11-28``, or whatever the file says of the rule *slug*; empty if it does not have it."""
        rule = self.rule(slug)
        return "" if rule is None else " on ".join(filter(None, (rule.grade or "from the dialect file", rule.on)))


NO_FILE: Final = DialectFile()
