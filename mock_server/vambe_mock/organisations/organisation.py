"""An organisation: the contacts that an API key gives access to (`key-is-organisation`), and all that belongs to them.

No two organisations share data, clock, faults or journal, so tests that run in parallel each use their own
(`organisation-of-its-own`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vambe_mock.contract import custom_fields
from vambe_mock.contract.dialect import USUAL
from vambe_mock.contract.query import parse
from vambe_mock.organisations.journal import MOST_REQUESTS, Journal, Record
from vambe_mock.store.filters import FilterContext
from vambe_mock.store.store import Store

if TYPE_CHECKING:
    from vambe_mock.contract.custom_fields import Definitions
    from vambe_mock.contract.dialect import Dialect
    from vambe_mock.contract.query import ContactsQuery
    from vambe_mock.datasets.dataset import Dataset
    from vambe_mock.datasets.document import Header, Stage
    from vambe_mock.organisations.clock import Clock
    from vambe_mock.organisations.faults import Fault
    from vambe_mock.organisations.lab import Lab
    from vambe_mock.organisations.stubs import Stubs
    from vambe_mock.store.columns import Columns
    from vambe_mock.store.state import State

SAME_TIME = 1_000
"""Clocks that differ by fewer milliseconds count as equal."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An organisation's data and clock at one instant; ``ids_issued`` is how many contact ids it had generated."""

    state: State
    header: Header
    clock: Clock
    ids_issued: int


@dataclass(slots=True, eq=False)
class Organisation:
    """One organisation: its contacts, custom field definitions, stages by id, clock, journal, faults, lab and stubs.

    ``start`` and ``finer_at_start`` are what ``reset`` goes back to. ``faults`` are active, ``spent`` are over; both
    are listed until deleted.
    ``stubs`` are None until there are any.
    """

    store: Store
    header: Header
    definitions: Definitions
    stages: dict[str, Stage]
    clock: Clock
    start: Snapshot
    name: str = "default"
    journal: Journal = field(default_factory=Journal)
    faults: list[Fault] = field(default_factory=list)
    spent: list[Fault] = field(default_factory=list)
    faults_made: int = 0
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    ids_issued: int = 0
    lab: Lab | None = None
    finer_at_start: bool = False
    stubs: Stubs | None = None

    @classmethod
    def of(  # noqa: PLR0913 - each is a part of the organisation
        cls,
        dataset: Dataset,
        clock: Clock,
        *,
        shift: int = 0,
        dialect: Dialect = USUAL,
        record: int = MOST_REQUESTS,
        name: str = "default",
    ) -> Organisation:
        """An organisation with the contacts of *dataset*, all instants shifted by *shift* milliseconds.

        It keeps the last *record* requests.
        """
        context = FilterContext(dataset.header.stages(), dialect)
        store = _store(dataset.state(shift), context)
        start = Snapshot(store.state(), dataset.header, clock.copy(), 0)
        stages = dataset.header.stages_by_id()
        finer = dialect.finer_instants
        header, definitions, journal = dataset.header, dataset.definitions, Journal(record)
        return cls(store, header, definitions, stages, clock, start, name, journal, finer_at_start=finer)

    def copy_of_start(self, name: str, record: int, start: Snapshot | None = None) -> Organisation:
        """A new organisation with this one's start, or with *start*; it keeps the last *record* requests."""
        start = start or self.start
        context = FilterContext(start.header.stages(), self.dialect)
        return Organisation(
            _store(start.state, context),
            start.header,
            custom_fields.definitions(start.header.custom_fields),
            start.header.stages_by_id(),
            start.clock.copy(),
            start,
            name,
            Journal(record),
            finer_at_start=self.finer_at_start,
            stubs=None if self.stubs is None else self.stubs.copy_of_start(),
        )

    @property
    def dialect(self) -> Dialect:
        """The switches for what the vendor's documents leave open."""
        return self.store.context.dialect

    def read(self, query_string: bytes) -> ContactsQuery:
        """The query as the organisation's dialect reads it. Raises ``refusals.Refusal``."""
        if self.dialect.asks_otherwise:
            from vambe_mock.contract import other_query  # only where a dialect was loaded

            return other_query.read(query_string, self.definitions, self.store.context.stages, self.dialect)
        return parse(query_string, self.definitions, self.dialect)

    @property
    def record(self) -> Record:
        """The record of the last requests, which the journal keeps."""
        return self.journal.record

    def stray_stages(self) -> list[str]:
        """The stages of tickets that are in no pipeline, so that ``pipeline_id`` never finds them.

        They are told at the start (`stage-without-pipeline`).
        """
        placed = {stage for stages in self.store.context.stages.values() for stage in stages}
        return sorted(
            stage for stage in map(str, self.store.columns.current_stage_id.codes_by_value) if stage not in placed
        )

    def snapshot(self) -> Snapshot:
        """The data and the clock as they are now; later changes do not affect it."""
        return Snapshot(self.store.state(), self.header, self.clock.copy(), self.ids_issued)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to the data and the clock of *snapshot*."""
        self.store.restore(snapshot.state)
        self.describe(snapshot.header)
        self.clock.follow(snapshot.clock)
        self.ids_issued = snapshot.ids_issued

    def replace(self, header: Header, state: State) -> None:
        """Replace all data by *header* and *state*; the clock stays."""
        self.store.restore(state)
        self.describe(header)

    def anchored_states(self, dataset: Dataset, *, keep_timestamps: bool = False) -> tuple[State, State]:
        """Two states of *dataset*: anchored at the current clock, and at the clock as it would be had nobody moved it.

        Nothing is changed yet, so this can run in a thread.
        """
        anchor = dataset.header.anchored_at
        here, start = (0 if keep_timestamps else clock.now() - anchor for clock in (self.clock, self.start.clock))
        state = dataset.state(here)
        return state, dataset.state(start) if abs(start - here) > SAME_TIME else state

    def restart(self, header: Header, state: State, start: State) -> None:
        """Replace all data, as ``replace``; ``reset`` goes back to *start* from now on. Faults and record stay."""
        self.replace(header, state)
        self.ids_issued = 0
        self.start = Snapshot(start, header, self.start.clock, 0)

    def adopt(self, copy: Organisation) -> None:
        """Take over data and definitions of a *copy* of this organisation; nobody may use the copy any longer."""
        self.store.adopt(copy.store)
        self.header, self.definitions, self.stages = copy.header, copy.definitions, copy.stages
        self.ids_issued = copy.ids_issued

    def describe(self, header: Header) -> None:
        """Replace pipelines and custom fields by those of *header*; the store must have the columns of the fields."""
        self.header = header
        self.definitions = custom_fields.definitions(header.custom_fields)
        self.stages = header.stages_by_id()
        self.store.filter_with(FilterContext(header.stages(), self.dialect))

    def speak(self, dialect: Dialect) -> None:
        """Read the open rules as *dialect* does, from now on."""
        self.store.filter_with(FilterContext(self.store.context.stages, dialect))

    def put_aside(self) -> None:
        """Move the faults that are over to ``spent``, so that requests no longer check them."""
        over = [fault for fault in self.faults if fault.over]
        if over:
            self.faults[:] = [fault for fault in self.faults if not fault.over]
            self.spent.extend(over)

    def reset(self) -> None:
        """Go back to the start: data, clock, stubs, no faults, no sync lab, an empty record. Snapshots stay."""
        self.lab = self.store.witness = None
        self.restore(self.start)
        self.faults.clear()
        self.spent.clear()
        self.faults_made = 0
        if self.stubs is not None:
            self.stubs.reset()
        self.speak(replace(self.dialect, finer_instants=self.finer_at_start))
        self.record.clear()


def _store(contacts: Columns | State, context: FilterContext) -> Store:
    """A store that searches as the dialect of *context* does."""
    if context.dialect.finds_otherwise:
        from vambe_mock.contract.full_dialect import FullDialect  # only where a dialect was loaded
        from vambe_mock.store.other_store import OtherStore

        if isinstance(context.dialect, FullDialect):
            return OtherStore(contacts, context, context.dialect)
    return Store(contacts, context)
