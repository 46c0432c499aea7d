"""The generator: contact data that is realistic, consistent and reproducible from its arguments.

The stages of a contact:

    recipe      what to generate: knobs (distributions), edge_cases (named special contacts), pools (names and places),
                randomness (a 64-bit word for each seed, field and contact number), and the plan made of them
    drawing     draws: random words become columns of indices, instants and flags
                rows: columns become plain dicts; the reference that the fast encoders are tested against
    encoding    columns become text or Arrow tables, with their content hash and counts
    sets        whole data sets: files, manifests, several processes

Each stage imports only those above it. Importing this package is cheap: numpy and what is heavier are imported on use.
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
    """Generate a data set document with `count` contacts, edge cases first.

    `anchor` is in milliseconds since 1970 UTC; `profile` overrides knobs (`knobs.Shape`). Raises `GeneratorError` for
    an argument out of range or an invalid knob.
    """
    from vambe_mock.generator.drawing.rows import rows
    from vambe_mock.generator.recipe.knobs import Shape
    from vambe_mock.generator.recipe.plan import Plan

    shape = profile if isinstance(profile, Shape) else Shape.of(profile or {})
    plan = Plan.of(seed, count, anchor, shape)
    return {**plan.header(), "contacts": rows(plan, 0, count)}


def build(seed: int, count: int, anchor: int, profile: Shape | Mapping[str, Any] | None = None) -> Dataset:
    """As `document`, loaded as a data set that the server can serve."""
    from vambe_mock.datasets.dataset import from_document  # pydantic and the server's columns come with it

    return from_document(document(seed, count, anchor, profile))
