"""An organisation: whose contacts a key may see (`key-is-organisation`), and all that is its own.

Its data, its clock, its faults and the record of its requests belong to nobody else, so tests that run side by side
each take one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vambe_mock.contract import custom_fields
from vambe_mock.contract.dialect import USUAL
from vambe_mock.organisations.journal import MOST_REQUESTS, Journal, Record
from vambe_mock.store.filters import FilterContext
from vambe_mock.store.state import State
from vambe_mock.store.store import Store

if TYPE_CHECKING:
    from vambe_mock.contract.custom_fields import Definitions
    from vambe_mock.contract.dialect import Dialect
    from vambe_mock.datasets.dataset import Dataset
    from vambe_mock.datasets.document import Header, Stage
    from vambe_mock.organisations.clock import Clock
    from vambe_mock.organisations.faults import Fault

SAME_TIME = 1_000
"""Clocks that differ by fewer milliseconds show the same time."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An organisation's data and clock at one moment; ``made`` is how many ids it had made up."""

    state: State
    header: Header
    clock: Clock
    made: int


@dataclass(slots=True, eq=False)
class Organisation:
    """One organisation's contacts, what its custom fields mean, its stages by id, and its time.

    ``faults`` are those that can still happen, ``spent`` the others; both are told until they are removed.
    """

    store: Store
    header: Header
    definitions: Definitions
    stages: dict[str, Stage]
    clock: Clock
    start: Moment
    name: str = "default"
    journal: Journal = field(default_factory=Journal)
    faults: list[Fault] = field(default_factory=list)
    spent: list[Fault] = field(default_factory=list)
    faults_made: int = 0
    snapshots: dict[str, Moment] = field(default_factory=dict)
    made: int = 0

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
        """The organisation of *dataset*, every instant of it moved by *shift* milliseconds."""
        context = FilterContext(dataset.header.stages(), dialect)
        store = Store(dataset.columns(shift), context)
        start = Moment(store.state(), dataset.header, clock.copy(), 0)
        stages = dataset.header.stages_by_id()
        return cls(store, dataset.header, dataset.definitions, stages, clock, start, name, Journal(record))

    def twin(self, name: str, record: int) -> Organisation:
        """Another organisation with this one's start, and a record of *record* requests."""
        start = self.start
        context = FilterContext(start.header.stages(), self.dialect)
        return Organisation(
            Store(start.state, context),
            start.header,
            custom_fields.definitions(start.header.custom_fields),
            start.header.stages_by_id(),
            start.clock.copy(),
            start,
            name,
            Journal(record),
        )

    @property
    def dialect(self) -> Dialect:
        """Which way the open rules go."""
        return self.store.context.dialect

    @property
    def record(self) -> Record:
        """The last requests."""
        return self.journal.record

    def stray_stages(self) -> list[str]:
        """The stages that contacts' tickets are in and that no pipeline has, so ``pipeline_id`` never finds them."""
        placed = {stage for stages in self.store.context.stages.values() for stage in stages}
        return sorted(
            stage for stage in map(str, self.store.columns.current_stage_id.codes_by_value) if stage not in placed
        )

    def moment(self) -> Moment:
        """The data and the clock as they are now; what changes later does not change them."""
        return Moment(self.store.state(), self.header, self.clock.copy(), self.made)

    def back_to(self, moment: Moment) -> None:
        """Have the data and the clock of *moment*."""
        self.store.restore(moment.state)
        self.describe(moment.header)
        self.clock.follow(moment.clock)
        self.made = moment.made

    def replace(self, header: Header, state: State) -> None:
        """Have the data of *header* and *state*; the clock stays."""
        self.store.restore(state)
        self.describe(header)

    def begun(self, dataset: Dataset, *, keep_timestamps: bool = False) -> tuple[State, State]:
        """The contacts of *dataset* with their anchor moved to now, and to what the clock would show without a change.

        Nothing is changed yet, so others can be served in the meantime.
        """
        anchor = dataset.header.anchored_at
        here, start = (0 if keep_timestamps else clock.now() - anchor for clock in (self.clock, self.start.clock))
        state = State.of(dataset.columns(here))
        return state, State.of(dataset.columns(start)) if abs(start - here) > SAME_TIME else state

    def restart(self, header: Header, state: State, begun: State) -> None:
        """As ``replace``, and *begun* is the start that ``reset`` goes back to; faults and record stay."""
        self.replace(header, state)
        self.made = 0
        self.start = Moment(begun, header, self.start.clock, 0)

    def describe(self, header: Header) -> None:
        """Have the pipelines and custom fields of *header*, whose columns the store must have."""
        self.header = header
        self.definitions = custom_fields.definitions(header.custom_fields)
        self.stages = header.stages_by_id()
        self.store.filter_with(FilterContext(header.stages(), self.dialect))

    def put_aside(self) -> None:
        """Move the faults that are over to ``spent``, so that no request looks at them any more."""
        over = [fault for fault in self.faults if fault.over]
        if over:
            self.faults[:] = [fault for fault in self.faults if not fault.over]
            self.spent.extend(over)

    def reset(self) -> None:
        """Go back to the start: data, clock, faults, record. Snapshots stay."""
        self.back_to(self.start)
        self.faults.clear()
        self.spent.clear()
        self.faults_made = 0
        self.record.clear()
