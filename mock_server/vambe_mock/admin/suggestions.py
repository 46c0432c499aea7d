"""What a client may have meant: the fields that a body could have had at a place, and the nearest of some names."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final, get_args

from pydantic import BaseModel

LONGEST: Final = 60
"""The most characters of a name that are compared: comparing takes time with the square of the length."""

SYNONYMS: Final = {
    "timeout": "stall",
    "hang": "stall",
    "latency": "delay",
    "sleep": "delay",
    "wait": "delay",
    "error": "status",
    "fail": "status",
    "http_error": "status",
    "throttle": "rate_limit",
    "location": "redirect",
    "paging": "wrong_pages",
    "pagination": "wrong_pages",
    "reset": "connection_reset",
    "disconnect": "connection_reset",
    "drop": "connection_reset",
    "truncate": "truncated_body",
    "invalid_json": "malformed_json",
    "bandwidth": "slow_body",
}
"""What other tools call the kinds of faults."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``did you mean "days"?`` if one of *known* is much like *name*, or else an empty text."""
    known = list(known)
    plain = name[:LONGEST].lower().replace("-", "_")
    nearest = get_close_matches(plain, known, 1) or [one for one in [SYNONYMS.get(plain)] if one in known]
    return f'did you mean "{nearest[0]}"?' if nearest else ""


def no_such(name: str, known: Sequence[str]) -> str:
    """How a message about an unknown *name* ends: with the nearest of *known*, or with all of them."""
    return did_you_mean(name, known) or (f"wanted one of: {', '.join(known)}" if known else "wanted none")


def models_at(annotation: Any, location: Sequence[int | str]) -> list[type[BaseModel]]:
    """The models that a value at *location* in a body of the type *annotation* may have.

    A location holds names of fields, places in lists, and the tags by which a union was decided.
    """
    candidates = list(_models(annotation))
    for part in location:
        tagged = [model for model in candidates if part in (kind_of(model), model.__name__)]
        inner = [
            one
            for model in candidates
            if part in model.model_fields
            for one in _models(model.model_fields[str(part)].annotation)
        ]
        decided = len(candidates) == 1  # so this is no tag, though the field may have its name, as a trigger's fault
        candidates = (inner or tagged if decided else tagged or inner) or candidates
    return candidates


def kind_of(model: type[BaseModel]) -> str | None:
    """The one value of the field ``kind`` or ``do`` of *model*, if it has one."""
    tag = "do" if "do" in model.model_fields else "kind"
    kinds = get_args(model.model_fields[tag].annotation) if tag in model.model_fields else ()
    return str(kinds[0]) if kinds else None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if hasattr(annotation, "model_fields"):
        yield annotation
        return
    for inner in get_args(annotation):
        yield from _models(inner)
