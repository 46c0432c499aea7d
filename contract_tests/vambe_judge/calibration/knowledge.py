"""What is still possible: for each open rule its remaining values, and which combinations of them the answers allow.

An answer seldom speaks of one rule alone. So each *reading* of an answer names the rules that it depends on, and leaves
of their combinations those that foretell what came. A value that no remaining combination has is ruled out.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

Value = Hashable
Combination = Mapping[str, Value]
UNKNOWN: Final = "\x00unknown"
"""What a combination foretells where the data at hand cannot say."""

LIKELY: Final = 0.9
"""How likely the usual value of a rule is held to be; the others share the rest."""

MOST_COMBINATIONS: Final = 1_500
"""Of more combinations only those are weighed in which at most two rules depart from the likeliest."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that an answer tells.

    ``foretold(combination)`` is what the answer will show by a combination of values of ``rules``, hashable, for
    planning. ``agrees(combination, answer)`` is whether an answer is what the combination foretells; None where this
    answer cannot show it.
    """

    rules: tuple[str, ...]
    foretold: Callable[[Combination], Hashable]
    agrees: Callable[[Combination, Any], bool | None]
    name: str = ""


@dataclass(slots=True)
class Knowledge:
    """The values that are left for each rule; the first of each is the usual one."""

    usual: dict[str, Value]
    left: dict[str, tuple[Value, ...]]
    likelier: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    """Of rules with many values, those that together are as likely as all others but the usual one."""
    allowed: list[tuple[tuple[str, ...], frozenset[tuple[Value, ...]]]] = field(default_factory=list)
    _foretold: dict[tuple[int, tuple[Value, ...]], Hashable] = field(default_factory=dict)
    _weighed_before: dict[int, tuple[tuple[int, ...], float]] = field(default_factory=dict)
    _readings: list[Reading] = field(default_factory=list)

    def is_open(self, rule: str) -> bool:
        """Whether more than one value is left."""
        return len(self.left[rule]) > 1

    def likeliest(self, rule: str) -> Value:
        """The usual value if it is left, else the first that is."""
        return self.usual[rule] if self.usual[rule] in self.left[rule] else self.left[rule][0]

    def guess(self) -> dict[str, Value]:
        """The likeliest value of every rule."""
        return {rule: self.likeliest(rule) for rule in self.left}

    def weight(self, rule: str, value: Value) -> float:
        """How likely *value* is, among those left."""
        values = self.left[rule]
        if len(values) == 1:
            return 1.0
        if self.usual[rule] not in values:
            return 1.0 / len(values)
        if value == self.usual[rule]:
            return LIKELY
        likelier = [one for one in self.likelier.get(rule, ()) if one in values]
        if not likelier or len(likelier) == len(values) - 1:
            return (1.0 - LIKELY) / (len(values) - 1)
        half = (1.0 - LIKELY) / 2
        return half / len(likelier) if value in likelier else half / (len(values) - 1 - len(likelier))

    def worth(self, readings: Iterable[Reading]) -> float:
        """How much the answer to a request with those readings is expected to tell, in bits."""
        return sum(self._worth(reading) for reading in readings)

    def _worth(self, reading: Reading) -> float:
        if not any(self.is_open(rule) for rule in reading.rules):
            return 0.0
        since = (*(len(self.left[rule]) for rule in reading.rules), len(self.allowed))
        before = self._weighed_before.get(id(reading))
        if before is not None and before[0] == since:
            return before[1]
        self._readings.append(reading)  # so that no other one gets its id
        worth = self._entropy(reading)
        self._weighed_before[id(reading)] = since, worth
        return worth

    def _entropy(self, reading: Reading) -> float:
        parts: dict[Hashable, float] = defaultdict(float)
        for values, weight in self._weighed(reading.rules):
            feature = self._feature(reading, values)
            if feature == UNKNOWN:
                return 0.0
            parts[feature] += weight
        total = sum(parts.values())
        return -sum(part / total * math.log2(part / total) for part in parts.values()) if total else 0.0

    def splits(self, readings: Iterable[Reading]) -> list[str]:
        """The open rules of which the answer can rule something out."""
        found = []
        for reading in readings:
            for rule in reading.rules:
                if self.is_open(rule) and rule not in found and self._tells(reading, rule):
                    found.append(rule)
        return found

    def _tells(self, reading: Reading, rule: str) -> bool:
        guess = {one: self.likeliest(one) for one in reading.rules}
        features = set()
        for value in self.left[rule]:
            values = tuple(value if one == rule else guess[one] for one in reading.rules)
            features.add(self._feature(reading, values))
        return len(features) > 1 and UNKNOWN not in features

    def _feature(self, reading: Reading, values: tuple[Value, ...]) -> Hashable:
        key = (id(reading), values)
        if key not in self._foretold:
            self._foretold[key] = reading.foretold(dict(zip(reading.rules, values, strict=True)))
        return self._foretold[key]

    def _weighed(self, rules: Sequence[str]) -> Iterable[tuple[tuple[Value, ...], float]]:
        weights = [{value: self.weight(rule, value) for value in self.left[rule]} for rule in rules]
        for values in self.combinations(rules):
            yield values, math.prod([weight[value] for weight, value in zip(weights, values, strict=True)])

    def combinations(self, rules: Sequence[str], *, every: bool = False) -> Iterable[tuple[Value, ...]]:
        """The combinations of the values that are left which no answer ruled out."""
        choices = [self.left[rule] for rule in rules]
        few = every or math.prod(map(len, choices)) <= MOST_COMBINATIONS
        found: Iterable[tuple[Value, ...]] = product(*choices) if few else self._near(rules)
        own = set(rules)
        bounds = [
            ([rules.index(one) for one in names], allowed) for names, allowed in self.allowed if own.issuperset(names)
        ]
        if not bounds:
            yield from found
            return
        for values in found:
            if all(tuple(values[place] for place in places) in allowed for places, allowed in bounds):
                yield values

    def _near(self, rules: Sequence[str]) -> Iterable[tuple[Value, ...]]:
        guess = tuple(self.likeliest(rule) for rule in rules)
        seen = {guess: None}
        for first, rule in enumerate(rules):
            for value in self.left[rule]:
                one = (*guess[:first], value, *guess[first + 1 :])
                seen[one] = None
                for second in range(first + 1, len(rules)):
                    for other in self.left[rules[second]]:
                        seen[*one[:second], other, *one[second + 1 :]] = None
        return seen

    def learn(self, reading: Reading, answer: Any) -> bool:
        """Rule out what *answer* rules out. False, and nothing done, where it is what no combination foretells."""
        if not any(self.is_open(rule) for rule in reading.rules):
            values = tuple(self.left[rule][0] for rule in reading.rules)
            return reading.agrees(dict(zip(reading.rules, values, strict=True)), answer) is not False
        kept = []
        for values in self.combinations(reading.rules):
            verdict = reading.agrees(dict(zip(reading.rules, values, strict=True)), answer)
            if verdict is None:
                return True
            if verdict:
                kept.append(values)
        if not kept:
            return False
        self._allow(reading.rules, frozenset(kept))
        return True

    def _allow(self, rules: tuple[str, ...], kept: frozenset[tuple[Value, ...]]) -> None:
        self.allowed.append((rules, kept))
        changed = True
        while changed:
            changed = False
            for names, combinations in self.allowed:
                alive = [
                    values
                    for values in combinations
                    if all(value in self.left[name] for name, value in zip(names, values, strict=True))
                ]
                for place, name in enumerate(names):
                    values_left = tuple(value for value in self.left[name] if any(one[place] == value for one in alive))
                    if values_left and values_left != self.left[name]:
                        self.left[name] = values_left
                        changed = True
        self.allowed = [(names, combinations) for names, combinations in self.allowed if any(map(self.is_open, names))]
