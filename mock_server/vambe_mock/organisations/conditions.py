"""Which requests a fault or a trigger is for: those of a path, with certain parameters, with a certain key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import translate
from typing import Annotated, Any, Final, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from vambe_mock.contract import javascript
from vambe_mock.contract.operation import HEADER, is_endpoint
from vambe_mock.organisations.masking import hint

LONGEST_PATTERN: Final = 200
LONGEST_KEY: Final = 200
LONGEST_TEXT: Final = 2_000
MOST_PARAMETERS: Final = 100
"""Bounds of what a rule says: looking at a request, and translating a pattern, takes no longer than microseconds."""

Request = Mapping[str, Any]
"""A request as ASGI has it: its ``raw_path``, ``query_string`` and ``headers``."""


def _whole(value: Any) -> Any:
    """``2.0`` is a whole number in JSON."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE: Final = BeforeValidator(_whole)
"""For an integer; it stands after its bounds, or pydantic's JSON Schema has them as ``ge`` and ``le``."""

Count = Annotated[int, Field(ge=1, le=1_000_000_000), WHOLE]
SomeText = Annotated[str, Field(max_length=LONGEST_TEXT)]


class Rule(BaseModel):
    """A part of a rule of the admin API: unknown fields are refused, and so is a value of another type of JSON."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Conditions(Rule):
    """Every given condition must hold; a parameter that is null may have any value.

    Without a ``path``, requests to the contacts endpoint are meant, and no others (`neighbours-apart`).
    """

    path: Annotated[str, Field(max_length=LONGEST_PATTERN)] | None = None
    query: Annotated[dict[SomeText, SomeText | None], Field(max_length=MOST_PARAMETERS)] = {}
    key: Annotated[str, Field(max_length=LONGEST_KEY)] | None = None

    def without_key(self) -> Self:
        """These conditions with the beginning of the key alone, to show them."""
        return self if self.key is None else self.model_copy(update={"key": hint(self.key)})


class Looker:
    """Tells whether requests meet *conditions*, whose pattern is translated once."""

    def __init__(self, conditions: Conditions) -> None:
        """Look for *conditions*."""
        self._path = None if conditions.path is None else re.compile(translate(conditions.path))
        self._key = None if conditions.key is None else conditions.key.encode()
        self._query = conditions.query

    def sees(self, request: Request) -> bool:
        """Whether *request* has the path, the key and the parameters."""
        path: bytes = request["raw_path"]
        if not (is_endpoint(path) if self._path is None else self._path.match(path.decode("latin-1"))):
            return False
        if self._key is not None and self._key not in [
            value.strip() for name, value in request["headers"] if name == HEADER
        ]:
            return False
        if not self._query:
            return True
        sent = javascript.query_pairs(request["query_string"])
        return all(name in sent and value in (None, *sent[name]) for name, value in self._query.items())
