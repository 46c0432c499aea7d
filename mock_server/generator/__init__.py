"""The generator: contact data that is realistic, coherent and always the same for the same arguments.

The path of a contact, file by file:

    shape        the knobs: how the set is distributed
    plan         seed, anchor and shape of one set, and the tables that drawn indices point into
    randomness   a word for each (seed, field, contact number)
    draws        the words become columns of indices, instants and flags
    edge_cases   what the first contacts are on purpose, by name
    rows         columns -> plain dicts: the naive way, and the measure of the fast ones

Importing this package costs nothing: numpy and all that is heavier come when something is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_server.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_server.dataset import Dataset
    from mock_server.generator.shape import Shape

__all__ = ["GeneratorError", "build", "document"]


def document(seed: int, count: int, anchor: int, profile: Shape | Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The data set document with `count` contacts, edge cases first; `anchor` in milliseconds since 1970 UTC.

    `profile` holds knobs that differ from their defaults (`shape.Shape`). Raises `GeneratorError` for an
    argument out of range or a wrong knob.
    """
    from mock_server.generator.plan import Plan  # noqa: PLC0415 - numpy comes with it
    from mock_server.generator.rows import rows  # noqa: PLC0415 - as above
    from mock_server.generator.shape import Shape  # noqa: PLC0415 - as above

    shape = profile if isinstance(profile, Shape) else Shape.of(profile or {})
    plan = Plan.of(seed, count, anchor, shape)
    return {**plan.header(), "contacts": rows(plan, 0, count)}


def build(seed: int, count: int, anchor: int, profile: Shape | Mapping[str, Any] | None = None) -> Dataset:
    """The same as a data set that the server can serve."""
    from mock_server.dataset import from_document  # noqa: PLC0415 - the server's columns come with it

    return from_document(document(seed, count, anchor, profile))
