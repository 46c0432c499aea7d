"""Frozen time in a test's process, as freezegun makes it: it puts classes of its own in the place of datetime's."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def real_dates() -> Iterator[None]:
    """The standard library's own ``date`` and ``datetime``, for modules that are imported meanwhile.

    pydantic derives classes from them, with a metaclass that does not go together with freezegun's.
    """
    replaced = dt.date, dt.datetime
    dt.date, dt.datetime = map(_real, replaced)  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        dt.date, dt.datetime = replaced  # type: ignore[misc]


def _real(replaced: type) -> type:
    """The class of the standard library that *replaced* stands for, perhaps itself."""
    return next(one for one in replaced.__mro__ if one.__module__ == "datetime" and type(one) is type)
