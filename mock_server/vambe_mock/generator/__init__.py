"""The generator: contact data that is realistic, coherent and always the same for the same arguments.

The path of a contact, file by file:

    recipe      knobs: how the set is distributed; plan: seed, anchor and knobs of one set, and the tables that drawn
                indices point into; edge_cases: what the first contacts are on purpose, by name
                randomness: a word for each (seed, field, contact number)
    drawing     draws: the words become columns of indices, instants and flags
                rows: columns -> plain dicts: the naive way, and the measure of the fast ones
    encoding    columns -> text or Arrow
    sets        whole sets as files

Importing this package costs nothing: numpy and all that is heavier come when something is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vambe_mock.generator.problems import GeneratorError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vambe_mock.datasets.dataset import Dataset
    from vambe_mock.generator.recipe.knobs import Shape

__all__ = ["GeneratorError", "build", "document"]


def document(seed: int, count: int, anchor: int, profile: Shape | Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The data set document with `count` contacts, edge cases first; `anchor` in milliseconds since 1970 UTC.

    `profile` holds knobs that differ from their defaults (`shape.Shape`). Raises `GeneratorError` for an
    argument out of range or a wrong knob.
    """
    from vambe_mock.generator.drawing.rows import rows  # noqa: PLC0415 - as above
    from vambe_mock.generator.recipe.knobs import Shape  # noqa: PLC0415 - as above
    from vambe_mock.generator.recipe.plan import Plan  # noqa: PLC0415 - numpy comes with it

    shape = profile if isinstance(profile, Shape) else Shape.of(profile or {})
    plan = Plan.of(seed, count, anchor, shape)
    return {**plan.header(), "contacts": rows(plan, 0, count)}


def build(seed: int, count: int, anchor: int, profile: Shape | Mapping[str, Any] | None = None) -> Dataset:
    """The same as a data set that the server can serve."""
    from vambe_mock.datasets.dataset import from_document  # noqa: PLC0415 - the server's columns come with it

    return from_document(document(seed, count, anchor, profile))
