"""What is the same for all contacts of a set: seed, anchor, shape, and the tables that indices point into."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from vambe_mock.contract.vocabulary import CHAT_STATUSES, DOCUMENT_FORMAT, ENTITIES
from vambe_mock.generator.problems import GeneratorError
from vambe_mock.generator.recipe import definitions, edge_cases, pools
from vambe_mock.generator.recipe.knobs import PHONE_PLATFORMS, PLATFORMS, RECENCY_DAYS
from vambe_mock.generator.recipe.randomness import LANES, choices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vambe_mock.generator.recipe.knobs import Shape
    from vambe_mock.generator.recipe.randomness import Choices, Indices

MOST_CONTACTS = 100_000_000

_EARLIEST, _LATEST = (
    315_532_800_000,
    253_370_764_800_000,
)  # the years 1980 to 9998: all instants have four-digit years


@dataclass(frozen=True)
class Table:
    """Values of several groups (locales, say) in one list: `begins` and `sizes` say where each group's are."""

    values: list[Any]
    begins: Indices
    sizes: Indices

    @classmethod
    def of(cls, groups: Sequence[Sequence[Any]]) -> Table:
        """The groups one after the other."""
        sizes = np.array([len(group) for group in groups])
        return cls([value for group in groups for value in group], np.cumsum(sizes) - sizes, sizes)

    def of_groups(self, group: Indices) -> tuple[Indices, Indices]:
        """Beginning and size of each contact's group."""
        return self.begins[group], self.sizes[group]


@dataclass(frozen=True)
class Plan:
    """The arguments of a data set and what follows from them. `anchor` in milliseconds since 1970 UTC."""

    seed: int
    anchor: int
    shape: Shape

    @classmethod
    def of(cls, seed: int, count: int, anchor: int, shape: Shape) -> Plan:
        """A plan, or a `GeneratorError` that says which argument is out of range."""
        if not 0 <= count <= MOST_CONTACTS:
            raise GeneratorError(f"{count} contacts; wanted: 0 to {MOST_CONTACTS}, for example: --contacts 1000")
        if not 0 <= seed < 2**63:
            raise GeneratorError(f"seed {seed}; wanted: 0 to {2**63 - 1}, for example: --seed 42")
        if not _EARLIEST <= anchor < _LATEST:
            raise GeneratorError("the anchor is outside the years 1980 to 9998; for example: 2026-01-01T00:00:00.000Z")
        return cls(seed, anchor, shape)

    @cached_property
    def pipelines(self) -> list[dict[str, Any]]:
        """The pipelines as the document has them."""
        return definitions.pipelines(self.seed, self.shape)

    @cached_property
    def stage_ids(self) -> list[str]:
        """Every stage's id; the stage s of pipeline p is at p * `shape.stages` + s."""
        return [stage["id"] for pipeline in self.pipelines for stage in pipeline["stages"]]

    @cached_property
    def fields(self) -> list[definitions.Field]:
        """The custom field definitions with their values."""
        return definitions.custom_fields(self.anchor, self.shape)

    @cached_property
    def locales(self) -> Choices:
        """Choices of a place in `pools.LOCALES`."""
        return choices([self.shape.locales.get(name, 0) for name in pools.LOCALES])

    @cached_property
    def platforms(self) -> Choices:
        """Choices of a place in `shape.PLATFORMS`."""
        return choices([self.shape.platforms.get(name, 0) for name in PLATFORMS])

    @cached_property
    def chat_statuses(self) -> Choices:
        """Choices of a place in `shape.CHAT_STATUSES`."""
        return choices([self.shape.chat_statuses.get(name, 0) for name in CHAT_STATUSES])

    @cached_property
    def recency(self) -> Choices:
        """Choices of a place in `shape.RECENCY_DAYS`."""
        return choices([self.shape.recency.get(bucket, 0) for bucket in RECENCY_DAYS])

    @cached_property
    def domains(self) -> Choices:
        """Choices of one of the three reserved e-mail domains."""
        # Of twenty, the first fourteen have the first domain, the next three the second.
        return np.arange(LANES) % 20 // 14 + np.arange(LANES) % 20 // 17

    @cached_property
    def null_phones(self) -> Indices:
        """The share without a phone for each platform, as a threshold of a lane."""
        shares = [
            self.shape.null_phone if name in PHONE_PLATFORMS else self.shape.null_phone_elsewhere for name in PLATFORMS
        ]
        return np.array([round(share * LANES) for share in shares])

    @cached_property
    def reads(self) -> Indices:
        """The share of read chats for each status, as a threshold of a lane."""
        shares = [self.shape.read / 10 if name == "UNATTENDED" else self.shape.read for name in CHAT_STATUSES]
        return np.array([round(share * LANES) for share in shares])

    @cached_property
    def first_names(self) -> Table:
        """Every locale's female names, then its male ones."""
        loaded = pools.load()
        return Table.of([loaded[locale][kind] for locale in pools.LOCALES for kind in ("female", "male")])

    @cached_property
    def last_names(self) -> Table:
        """Every locale's last names."""
        return Table.of([pools.load()[locale]["last"] for locale in pools.LOCALES])

    @cached_property
    def tables(self) -> dict[str, list[tuple[int, Table]]]:
        """Entity -> the place of each of its fields in `fields`, and that field's values."""
        return {
            entity: [
                (place, Table.of(field.values)) for place, field in enumerate(self.fields) if entity in field.entities
            ]
            for entity in ENTITIES
        }

    @cached_property
    def head(self) -> list[edge_cases.Patch]:
        """What the first contacts of the set are on purpose, one entry a contact."""
        return [patch for case in edge_cases.chosen(self.shape.edge_cases) for patch in case.contacts]

    @cached_property
    def leaders(self) -> list[int]:
        """The contact number whose customer each of the first contacts belongs to."""
        leaders: list[int] = []
        for case in edge_cases.chosen(self.shape.edge_cases):
            first = len(leaders)
            leaders += [first if case.one_customer else first + at for at in range(len(case.contacts))]
        return leaders

    @cached_property
    def head_names(self) -> list[str]:
        """The name of the edge case that each of the first contacts is."""
        return [case.name for case in edge_cases.chosen(self.shape.edge_cases) for _ in case.contacts]

    @cached_property
    def _repeatable(self) -> list[edge_cases.EdgeCase]:
        cases = edge_cases.chosen(self.shape.edge_cases) or edge_cases.EDGE_CASES
        return [case for case in cases if case.repeats]

    @cached_property
    def repeated(self) -> list[edge_cases.Patch]:
        """The cases that later contacts may repeat."""
        return [case.contacts[0] for case in self._repeatable]

    @cached_property
    def repeated_names(self) -> list[str]:
        """Their names."""
        return [case.name for case in self._repeatable]

    def header(self) -> dict[str, Any]:
        """The document without its contacts."""
        return {
            "format": DOCUMENT_FORMAT,
            "seed": self.seed,
            "anchor": edge_cases.instant(self.anchor),
            "client_id": self.shape.client_id,
            "pipelines": self.pipelines,
            "custom_fields": [field.plain() for field in self.fields],
        }
