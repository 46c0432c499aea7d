"""Knobs from the table `[shape]` that `vambe-mock calibrate --shape` writes: what was measured on an account.

Most entries are knobs by name. Some knobs give another share than their value, because another condition must hold as
well; for these the value is chosen that gives what was measured (`measured-shape`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from vambe_mock.contract.suggestions import did_you_mean
from vambe_mock.contract.vocabulary import CHAT_STATUSES
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe import pools
from vambe_mock.generator.recipe.knobs import PLATFORMS, RECENCY_DAYS, Shape

TABLE = "shape"

_SHARES = (
    "never_messaged",
    "null_phone",
    "null_phone_elsewhere",
    "null_email",
    "null_customer",
    "null_default_stage",
    "tickets",
    "null_stage",
    "blocked",
    "read",
)
_CLASSES: dict[str, tuple[str, ...]] = {
    "platforms": PLATFORMS,
    "chat_statuses": CHAT_STATUSES,
    "recency": tuple(RECENCY_DAYS),
}
_TOLD_ONLY = ("contacts", "sampled", "rows_per_day", "name_letters")
"""What no knob makes: it is for the reader."""
_KNOWN = (*_SHARES, *_CLASSES, *_TOLD_ONLY, "ties", "contacts_per_customer", "name_words")

_FAMILY = 4
_STEPS = 100


def knobs_of(table: Any) -> dict[str, Any]:
    """The knobs that make contacts of this shape; what was not measured keeps its default.

    Classes that the generator does not know, `other` among them, are left out, so the rest is larger in proportion.
    Raises GeneratorError with one line for an entry that the table cannot have.
    """
    _check(table)
    knobs: dict[str, Any] = {"edge_cases": "none"}
    knobs |= {name: table[name] for name in _SHARES if name in table}
    for name, known in _CLASSES.items():
        weights = {key: weight for key, weight in table.get(name, {}).items() if key in known}
        if sum(weights.values()) > 0:
            knobs[name] = weights
    if "ties" in table:
        knobs["ties"] = _knob_for_ties(table["ties"], knobs.get("never_messaged", Shape().never_messaged))
    if "contacts_per_customer" in table:
        weights = knobs.get("platforms", Shape().platforms)
        knobs["shared_customers"] = _knob_for_customers(table["contacts_per_customer"], tuple(weights.values()))
    if "name_words" in table:
        knobs |= _knobs_for_words(table["name_words"])
    return knobs


def _check(table: Any) -> None:
    if not isinstance(table, dict) or not table:
        raise GeneratorError("[shape] is no table of shares; wanted one of vambe-mock calibrate --shape")
    for name, value in table.items():
        if name not in _KNOWN:
            meant = did_you_mean(name, _KNOWN)
            raise GeneratorError(f"[shape] has {name!r}; {meant}known: {', '.join(_KNOWN)}")
        if name in _CLASSES or name == "contacts_per_customer":
            _check_numbers(name, value)
        elif name not in _TOLD_ONLY:
            _check_numbers(name, {name: value})


def _check_numbers(name: str, values: Any) -> None:
    fine = isinstance(values, dict) and all(
        isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number < 1e6
        for number in values.values()
    )
    if not fine:
        raise GeneratorError(
            f"[shape] has {name} = {values!r}; wanted numbers of 0 or more, for example: tickets = 0.5"
        )


def _knob_for_ties(share: float, never: float) -> float:
    """Both contacts of a pair must have a message to be tied."""
    return round(min(1.0, share / max((1 - never) ** 2, 0.01)), 4)


def _knob_for_customers(shares: dict[str, float], platforms: tuple[float, ...]) -> float:
    """The knob that gives as many contacts more than customers as were measured; 1 if none does."""
    sizes = {int(size): share for size, share in shares.items() if size.isdecimal()}
    contacts = sum(size * share for size, share in sizes.items())
    if not contacts:
        return Shape().shared_customers
    wanted = 1 - sum(sizes.values()) / contacts
    total = sum(platforms)
    weights = tuple(weight / total for weight in platforms)
    return next((step / _STEPS for step in range(_STEPS) if _joining(step / _STEPS, weights) >= wanted), 1.0)


@lru_cache(maxsize=256)
def _joining(knob: float, weights: tuple[float, ...]) -> float:
    """The share of contacts that join the customer of an earlier one, if `shared_customers` is *knob*.

    Of four contacts the first leads; each other joins it with the same chance, but at most one on each platform.
    """
    chance = min(1.0, knob * _FAMILY / (_FAMILY - 1))

    @lru_cache(maxsize=4096)
    def expected(taken: frozenset[int], left: int) -> float:
        if not left:
            return 0.0
        free = [place for place in range(len(weights)) if place not in taken]
        joined = sum(weights[place] * (1 + expected(taken | {place}, left - 1)) for place in free)
        stays = 1 - chance * sum(weights[place] for place in free)
        return chance * joined + stays * expected(taken, left - 1)

    first = range(len(weights))
    return sum(weights[place] * expected(frozenset({place}), _FAMILY - 1) for place in first) / _FAMILY


def _knobs_for_words(mean: float) -> dict[str, float]:
    """The shares of second and maternal names that give names of so many words, in the proportion of the defaults."""
    shape = Shape()
    given, last = _words_of("female", "male"), _words_of("last")
    each = shape.second_names * given + shape.maternal_names * last
    times = max(0.0, (mean - given - last) / each)
    return {
        "second_names": round(min(1.0, shape.second_names * times), 4),
        "maternal_names": round(min(1.0, shape.maternal_names * times), 4),
    }


def _words_of(*kinds: str) -> float:
    """The mean number of words of the names of these kinds, by the weights of the locales."""
    weights = Shape().locales
    found = {locale: [len(name.split()) for kind in kinds for name in pools.load()[locale][kind]] for locale in weights}
    total = sum(weights.values())
    return sum(weights[locale] / total * sum(words) / len(words) for locale, words in found.items())
