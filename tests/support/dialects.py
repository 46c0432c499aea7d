"""Dialects for tests: rules as a dialect file has them, by slug, and such a file's text."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from vambe_mock.datasets.dataset import Dataset
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

Rules = Mapping[str, Any]

COMBINATIONS = (
    "days",
    "created_after",
    "updated_after",
    "days+created_after",
    "days+updated_after",
    "created_after+updated_after",
    "days+created_after+updated_after",
)
FIELDS = ("last_message_at", "updated_at", "created_at")


def toml(rules: Rules) -> str:
    """The text of a dialect file with these *rules*."""
    tables = [
        f'[rules.{slug}]\nvalue = {_toml(value)}\ngrade = "measured"\non = 2026-11-28\n'
        for slug, value in rules.items()
    ]
    return "\n".join(["[dialect]\nformat = 1\nmade_on = 2026-11-28\n", *tables])


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(name)} = {_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


def speaking(rules: Rules, dataset: Dataset, now: int, **options: Any) -> Application:
    """An application that serves *dataset* at *now* by these *rules*."""
    text = toml(rules)
    return create_app(dataset, Settings(now=now, quiet=True, dialect=Path("vambe.toml"), dialect_text=text, **options))


def _table(**values: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the keys of a table."""
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(some) for name, some in values.items()})


def _together(sent: str) -> list[str]:
    """What may count of the filters in *sent*."""
    names = sent.split("+")
    picks = range(1, 2 ** len(names))
    return ["+".join(name for place, name in enumerate(names) if pick >> place & 1) for pick in picks]


_TIES = ["id-up", "id-down", "id-with", "id-against", "created-up", "created-down", "updated-up", "updated-down"]
_SORTINGS = [f"{field} {way}" for field in (*FIELDS, "id") for way in ("ascending", "descending")]
_STAGES = st.sampled_from(["active_ticket", "default_stage", "ticket_else_default"])

SEARCHES: dict[str, st.SearchStrategy[Any]] = {
    "days-window": _table(
        unit=["hours", "calendar", "calendar-today"],
        edge=["inclusive", "exclusive"],
        zone=["+00:00", "-03:00", "+05:30", "-09:30"],
    ),
    "days-without-message": st.sampled_from(["left-out", "listed"]),
    "days-without-ticket": st.sampled_from(["listed", "left-out"]),
    "cursor-is-exclusive": _table(created_after=[True, False], updated_after=[True, False]),
    "finer-instants": st.booleans(),
    "time-filters-together": _table(**{sent: _together(sent) for sent in COMBINATIONS[3:]}),
    "order": _table(**dict.fromkeys(COMBINATIONS, _SORTINGS)),
    "order-nulls": st.sampled_from(["last", "first"]),
    "order-ties": st.one_of(st.sampled_from(_TIES), _table(**dict.fromkeys(FIELDS, _TIES))),
    "stage-of-active-ticket": _STAGES,
    "pipeline-of-active-ticket": _STAGES,
    "custom-field-match": _table(
        capitals=["matter", "same"], blanks=["matter", "trimmed"], text=["whole", "start", "part"]
    ),
    "blocked-are-listed": st.booleans(),
    "default-limit": st.integers(0, 5),
    "limit-cap": st.integers(0, 5),
    "paging": st.sampled_from(["rows", "pages", "pages-from-one"]),
    "unknown-stage-or-pipeline": _table(stage=["empty", "ignore"], pipeline=["empty", "ignore"]),
    "timestamps": _table(digits=[0, 3, 6, "trimmed"], zone=["Z", "+00:00", "+0000", "none"], separator=["T", " "]),
}
"""What changes which contacts come back, in which order, how many, and how their instants are printed."""


@st.composite
def searches(draw: st.DrawFn) -> dict[str, Any]:
    """The rules of a dialect that searches otherwise."""
    slugs = draw(st.sets(st.sampled_from([*SEARCHES, "entity-type-default"]), max_size=6))
    rules = {slug: draw(SEARCHES[slug]) for slug in sorted(slugs) if slug in SEARCHES}
    if "entity-type-default" in slugs:  # not every field is defined for both
        rules["entity-type-default"] = draw(st.sampled_from(["both", "ticket", "customer"]))
        rules["custom-field-compatible"] = {"entity": "empty", "value": "empty"}
    return rules
