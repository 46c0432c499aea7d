"""The plan of a data set: seed, anchor and shape, and the tables that drawn indices point into."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import CHAT_STATUSES, DOCUMENT_FORMAT, ENTITIES
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe import definitions, edge_cases, pools
from vambe_mock.generator.recipe.knobs import PHONE_PLATFORMS, PLATFORMS, RECENCY_DAYS
from vambe_mock.generator.recipe.randomness import LANES, choices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vambe_mock.generator.recipe.knobs import Shape
    from vambe_mock.generator.recipe.randomness import Choices, Indices

MAX_CONTACTS = 100_000_000

# The years 1980 to 9998, so that every instant of a set has a year of four digits.
_EARLIEST, _LATEST = 315_532_800_000, 253_370_764_800_000


@dataclass(frozen=True)
class ValueTable:
    """The values of several groups, such as locales, in one list: group g has `sizes[g]`, from `starts[g]` on."""

    values: list[Any]
    starts: Indices
    sizes: Indices

    @classmethod
    def of(cls, groups: Sequence[Sequence[Any]]) -> ValueTable:
        """A table of these groups."""
        sizes = np.array([len(group) for group in groups])
        return cls([value for group in groups for value in group], np.cumsum(sizes) - sizes, sizes)

    def of_groups(self, group: Indices) -> tuple[Indices, Indices]:
        """Start and size of each contact's group."""
        return self.starts[group], self.sizes[group]


@dataclass(frozen=True)
class Plan:
    """The arguments of a data set and what follows from them. `anchor` is in milliseconds since 1970 UTC."""

    seed: int
    anchor: int
    shape: Shape

    @classmethod
    def of(cls, seed: int, count: int, anchor: int, shape: Shape) -> Plan:
        """A plan of valid arguments. Raises `GeneratorError` for one out of range, or an unknown edge case."""
        if not 0 <= count <= MAX_CONTACTS:
            raise GeneratorError(f"{count} contacts; wanted: 0 to {MAX_CONTACTS}, for example: --contacts 1000")
        if not 0 <= seed < 2**63:
            raise GeneratorError(f"seed {seed}; wanted: 0 to {2**63 - 1}, for example: --seed 42")
        if not _EARLIEST <= anchor < _LATEST:
            raise GeneratorError("the anchor is outside the years 1980 to 9998; for example: 2026-01-01T00:00:00.000Z")
        edge_cases.chosen(shape.edge_cases)  # raises for an unknown name
        return cls(seed, anchor, shape)

    @cached_property
    def pipelines(self) -> list[dict[str, Any]]:
        """The pipelines, as in the document."""
        return definitions.pipelines(self.seed, self.shape)

    @cached_property
    def stage_ids(self) -> list[str]:
        """The ids of all stages; stage s of pipeline p is at p * `shape.stages` + s."""
        return [stage["id"] for pipeline in self.pipelines for stage in pipeline["stages"]]

    @cached_property
    def fields(self) -> list[definitions.Field]:
        """The custom field definitions with their values."""
        return definitions.custom_fields(self.anchor, self.shape)

    @cached_property
    def locales(self) -> Choices:
        """Weighted indices into `pools.LOCALES`."""
        return choices([self.shape.locales.get(name, 0) for name in pools.LOCALES])

    @cached_property
    def platforms(self) -> Choices:
        """Weighted indices into `knobs.PLATFORMS`."""
        return choices([self.shape.platforms.get(name, 0) for name in PLATFORMS])

    @cached_property
    def chat_statuses(self) -> Choices:
        """Weighted indices into `knobs.CHAT_STATUSES`."""
        return choices([self.shape.chat_statuses.get(name, 0) for name in CHAT_STATUSES])

    @cached_property
    def recency(self) -> Choices:
        """Weighted indices into `knobs.RECENCY_DAYS`."""
        return choices([self.shape.recency.get(bucket, 0) for bucket in RECENCY_DAYS])

    @cached_property
    def domains(self) -> Choices:
        """Weighted indices into `draws.DOMAINS`, the three reserved e-mail domains."""
        # Of twenty lanes, fourteen have the first domain, three the second, three the third.
        return np.arange(LANES) % 20 // 14 + np.arange(LANES) % 20 // 17

    @cached_property
    def null_phone_thresholds(self) -> Indices:
        """For each platform, the lane below which a contact has no phone."""
        shares = [
            self.shape.null_phone if name in PHONE_PLATFORMS else self.shape.null_phone_elsewhere for name in PLATFORMS
        ]
        return np.array([round(share * LANES) for share in shares])

    @cached_property
    def read_thresholds(self) -> Indices:
        """For each chat status, the lane below which the chat is read."""
        shares = [self.shape.read / 10 if name == "UNATTENDED" else self.shape.read for name in CHAT_STATUSES]
        return np.array([round(share * LANES) for share in shares])

    @cached_property
    def first_names(self) -> ValueTable:
        """The first names: two groups for each locale, female and male."""
        loaded = pools.load()
        return ValueTable.of([loaded[locale][kind] for locale in pools.LOCALES for kind in ("female", "male")])

    @cached_property
    def last_names(self) -> ValueTable:
        """The last names: a group for each locale."""
        return ValueTable.of([pools.load()[locale]["last"] for locale in pools.LOCALES])

    @cached_property
    def tables(self) -> dict[str, list[tuple[int, ValueTable]]]:
        """Entity -> for each of its custom fields, the index into `fields` and the values to draw from."""
        return {
            entity: [
                (index, ValueTable.of(field.values))
                for index, field in enumerate(self.fields)
                if entity in field.entities
            ]
            for entity in ENTITIES
        }

    @cached_property
    def first_patches(self) -> list[edge_cases.Patch]:
        """The patch of each of the first contacts, which are the edge cases (`set-edge-cases-first`)."""
        return [patch for case in edge_cases.chosen(self.shape.edge_cases) for patch in case.contacts]

    @cached_property
    def first_customers(self) -> list[int]:
        """For each of the first contacts, the number of the contact whose customer it shares; its own if none."""
        customers: list[int] = []
        for case in edge_cases.chosen(self.shape.edge_cases):
            first = len(customers)
            customers += [first if case.one_customer else first + at for at in range(len(case.contacts))]
        return customers

    @cached_property
    def first_case_names(self) -> list[str]:
        """The name of the edge case that each of the first contacts is."""
        return [case.name for case in edge_cases.chosen(self.shape.edge_cases) for _ in case.contacts]

    @cached_property
    def _repeatable(self) -> list[edge_cases.EdgeCase]:
        cases = edge_cases.chosen(self.shape.edge_cases) or edge_cases.EDGE_CASES
        return [case for case in cases if case.repeats]

    @cached_property
    def repeatable_patches(self) -> list[edge_cases.Patch]:
        """The patches of the edge cases that later contacts may repeat."""
        return [case.contacts[0] for case in self._repeatable]

    @cached_property
    def repeatable_names(self) -> list[str]:
        """The names of these edge cases."""
        return [case.name for case in self._repeatable]

    def header(self) -> dict[str, Any]:
        """The data set document without its contacts."""
        return {
            "format": DOCUMENT_FORMAT,
            "seed": self.seed,
            "anchor": instants.write(self.anchor),
            "client_id": self.shape.client_id,
            "pipelines": self.pipelines,
            "custom_fields": [field.as_json() for field in self.fields],
        }
