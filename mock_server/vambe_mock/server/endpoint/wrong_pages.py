"""Pages that do not fit together, as a fault asks for: what the query says is read as something else."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from vambe_mock.contract import javascript
from vambe_mock.store.orders import ordered_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Scope

    from vambe_mock.organisations.faults import Paging
    from vambe_mock.organisations.organisation import Organisation
    from vambe_mock.server.endpoint.answers import Answer


def answer_wrongly(answer: Callable[[], Answer], paging: Paging, organisation: Organisation, scope: Scope) -> Answer:
    """What *answer* makes of *scope*, whose query is another one meanwhile, so that its page is wrong.

    A refused query is refused as usual. The journal has the query as it was sent.
    """
    raw: bytes = scope["query_string"]
    offset, limit = _number(raw, "offset"), _number(raw, "limit")
    ties = paging.how == "unstable_ties"
    wanted = {"same_page": 0, "row_repeated": offset - 1, "row_left_out": offset + 1, "unstable_ties": 0}[paging.how]
    if offset == 0 and not ties:
        return answer()
    scope["query_string"] = (
        _without(raw, {"offset", "limit"} if ties and limit else {"offset"}) + b"&offset=%d" % wanted
    )
    try:
        made = answer()
    finally:
        scope["query_string"] = raw
    query, rows = made.notes.query, made.rows
    if query is None or rows is None or isinstance(made.body, bytes):
        return made
    if ties:
        instants = getattr(organisation.store.columns, ordered_by(query))[rows].tolist()
        places: list[int] = []
        for _, group in groupby(range(len(rows)), key=instants.__getitem__):
            among = list(group)
            paging.random.shuffle(among)
            places += among
        places = places[offset : offset + limit if limit else None]
        made.body, made.rows = [made.body[place] for place in places], rows[np.array(places, dtype=np.int64)]
    made.notes = replace(made.notes, query=query._replace(offset=offset, limit=limit or query.limit))
    return made


def _number(raw: bytes, name: str) -> int:
    """The number that the query has under *name*; 0 if it has none that can be counted by."""
    sent = javascript.query_pairs(raw).get(name, [""])
    value = javascript.number(sent[0])
    return int(value) if len(sent) == 1 and math.isfinite(value) and value >= 1 and value.is_integer() else 0


def _without(raw: bytes, names: set[str]) -> bytes:
    """The query string without these parameters."""
    pieces = raw.split(b"&")
    return b"&".join(one for one in pieces if not names & javascript.query_pairs(one).keys())
