"""The knobs: the distributions of a data set.

A share is of all contacts unless the knob's own text says otherwise. Of `shared_customers` and `ties` it is an upper
bound, and the text says how much they give (`set-shares`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from vambe_mock.contract.suggestions import did_you_mean
from vambe_mock.contract.vocabulary import CHAT_STATUSES, UUID
from vambe_mock.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vambe_mock.contract.vocabulary import Platform

RECENCY_DAYS = {
    "1": (0, 1),
    "7": (1, 7),
    "30": (7, 30),
    "90": (30, 90),
    "180": (90, 180),
    "365": (180, 365),
    "older": (365, 1095),
}
"""Recency bucket -> its age range in days before the anchor: lower bound exclusive, upper bound inclusive."""


EDGE_CASES_WANTED = 'wanted: "all", "none" or names that --edge-cases list shows, for example: null_phone,emoji'

_PLATFORM_WEIGHTS: dict[Platform, float] = {
    "whatsapp": 0.56,
    "instagram": 0.14,
    "webchat": 0.09,
    "messenger": 0.06,
    "web-whatsapp": 0.05,
    "sms": 0.03,
    "tiktok": 0.03,
    "voice": 0.02,
    "playground": 0.02,
}
PLATFORMS = tuple(_PLATFORM_WEIGHTS)
"""The contract's platforms in the order in which they are drawn, which is part of what a seed makes."""
PHONE_PLATFORMS: frozenset[Platform] = frozenset({"whatsapp", "web-whatsapp", "sms", "voice"})

_UUID = re.compile(UUID)


def _knob(meaning: str, default: Any) -> Any:
    return field(default=default, metadata={"meaning": meaning})


def _weights_knob(meaning: str, default: Mapping[Any, float]) -> Any:
    return field(default_factory=lambda: dict(default), metadata={"meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Shape:
    """All knobs, with their defaults. `Shape.of` makes one from a profile."""

    locales: dict[str, float] = _weights_knob(  # noqa: RUF009 - a dataclass field
        "weight of each locale, for names and phone numbers",
        {"es_CL": 0.35, "es_MX": 0.25, "es_CO": 0.15, "es_AR": 0.1, "pt_BR": 0.15},
    )
    platforms: dict[str, float] = _weights_knob(  # noqa: RUF009 - a dataclass field
        "weight of each platform", _PLATFORM_WEIGHTS
    )
    chat_statuses: dict[str, float] = _weights_knob(  # noqa: RUF009 - a dataclass field
        "weight of each chat_status", {"UNATTENDED": 0.3, "ATTENDED": 0.5, "CLOSED": 0.2}
    )
    recency: dict[str, float] = _weights_knob(  # noqa: RUF009 - a dataclass field
        "weight of each age of the last message: up to 1, 7, 30, 90, 180 or 365 days before the anchor, or older",
        {"1": 0.07, "7": 0.13, "30": 0.22, "90": 0.2, "180": 0.14, "365": 0.14, "older": 0.1},
    )
    never_messaged: float = _knob("share with last_message_at null", 0.04)
    null_phone: float = _knob("share with phone null, on platforms that identify contacts by phone number", 0.01)
    null_phone_elsewhere: float = _knob("share with phone null, on the other platforms", 0.6)
    null_email: float = _knob("share with email null", 0.35)
    null_customer: float = _knob("share with ai_customer_id null", 0.03)
    null_default_stage: float = _knob("share with default_stage_id null", 0.1)
    tickets: float = _knob("share with an active ticket", 0.6)
    null_stage: float = _knob("share with current_stage_id null, of contacts with a ticket", 0.08)
    blocked: float = _knob("share with blocked true", 0.02)
    read: float = _knob("share with is_chat_read true; for UNATTENDED chats, a tenth of this share", 0.9)
    shared_customers: float = _knob(
        "share offered to the customer of an earlier contact, and taken if that customer has no contact on the same "
        "platform: with the default platforms 0.1 gives 6% of all contacts, 0.2 gives 12%, 0.5 gives 27%, 1 gives 38%",
        0.2,
    )
    ties: float = _knob(
        "share with the same three instants as the contact next to it, as after a bulk import, if both have messages: "
        "with the default never_messaged 0.02 gives 2%, 0.5 gives 46%, 1 gives 92%",
        0.02,
    )
    second_names: float = _knob("share of names with a second first name", 0.2)
    maternal_names: float = _knob("share of names with a second last name", 0.45)
    filled: float = _knob("share of custom fields with a value; the first field of each entity always has one", 0.8)
    pipelines: int = _knob("number of pipelines (1 to 200)", 3)
    stages: int = _knob("stages in each pipeline (1 to 100)", 6)
    custom_fields: int = _knob("number of custom field definitions (0 to 200)", 13)
    edge_cases: tuple[str, ...] | str = _knob('edge cases at the start of the set: "all", "none" or names', "all")
    edge_case_share: float = _knob("share of the later contacts that repeat an edge case", 0.0)
    legacy: bool = _knob("omit updated_at, as the vendor's older page does", False)
    client_id: str = _knob(
        "client_id of all contacts: the organisation that owns them", "123e4567-e89b-12d3-a456-426614174000"
    )

    @classmethod
    def of(cls, knobs: Mapping[str, Any]) -> Shape:
        """Make a shape from the knobs of a profile; the others keep their defaults.

        Raises GeneratorError for an unknown knob or a value out of range. Names of edge cases are checked by `Plan.of`.
        """
        known = {knob.name: knob for knob in fields(cls)}
        for name in knobs:
            if name not in known:
                raise GeneratorError(unknown_knob(name))
        return cls(**{name: _checked(name, value) for name, value in knobs.items()})

    def as_json(self) -> dict[str, Any]:
        """The knobs as JSON values, for the manifest."""
        values = {knob.name: getattr(self, knob.name) for knob in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def unknown_knob(name: str) -> str:
    """The message for a knob that does not exist."""
    known = [knob.name for knob in fields(Shape)]
    meant = did_you_mean(name, known)
    return f"unknown knob {name!r}; {meant}known: {', '.join(known)}; for example: tickets = 0.5"


_NAMES: dict[str, tuple[str, ...]] = {
    "platforms": PLATFORMS,
    "chat_statuses": CHAT_STATUSES,
    "recency": tuple(RECENCY_DAYS),
    "locales": ("es_CL", "es_MX", "es_CO", "es_AR", "pt_BR"),
}
_RANGES = {"pipelines": (1, 200), "stages": (1, 100), "custom_fields": (0, 200)}


def _checked(name: str, value: Any) -> Any:
    if name in _NAMES:
        return _weights(name, value)
    if name in _RANGES:
        return _whole(name, value, *_RANGES[name])
    if name == "legacy":
        return _switch(name, value)
    if name == "edge_cases":
        return _edge_cases(value)
    if name == "client_id":
        return _uuid(name, value)
    return _share(name, value)


def _weights(name: str, value: Any) -> dict[str, float]:
    allowed = _NAMES[name]
    example = f"{name} = {{ {allowed[0]} = 3, {allowed[-1]} = 1 }}"
    if not isinstance(value, dict) or not value:
        raise GeneratorError(f"knob {name} is {value!r}; wanted: a table of weights, for example: {example}")
    for key, weight in value.items():
        if str(key) not in allowed:
            meant = did_you_mean(str(key), allowed)
            raise GeneratorError(
                f"knob {name} names {key!r}; {meant}known: {', '.join(allowed)}; for example: {example}"
            )
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < 1e9:
            raise GeneratorError(f"knob {name}: the weight of {key} is {weight!r}; wanted: 0 or more, like {example}")
    if sum(value.values()) <= 0:
        raise GeneratorError(f"knob {name}: all weights are 0; wanted: one above 0, for example: {example}")
    return {known: float(value[known]) for known in map(str, allowed) if known in {str(key) for key in value}}


def _whole(name: str, value: Any, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise GeneratorError(f"knob {name} is {value!r}; wanted: {least} to {most}, for example: {name} = {least + 1}")
    return value


def _switch(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise GeneratorError(f"knob {name} is {value!r}; wanted: true or false, for example: {name} = true")
    return value


def _share(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise GeneratorError(f"knob {name} is {value!r}; wanted: a share from 0 to 1, for example: {name} = 0.25")
    return float(value)


def _uuid(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _UUID.fullmatch(value) or value != value.lower():
        raise GeneratorError(
            f"knob {name} is {value!r}; wanted: a UUID in lower case, for example: "
            f'{name} = "550e8400-e29b-41d4-a716-446655440000"'
        )
    return value


def _edge_cases(value: Any) -> tuple[str, ...] | str:
    """Check the form only: `edge_cases.chosen` refuses unknown names."""
    names = [name.strip() for name in value.split(",")] if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise GeneratorError(f"knob edge_cases is {value!r}; {EDGE_CASES_WANTED}")
    return names[0] if [*names] in (["all"], ["none"]) else tuple(names)
