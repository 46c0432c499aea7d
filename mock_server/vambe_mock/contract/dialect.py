"""Which way the rules go that the vendor's documents leave open: one frozen value, handed to the whole server."""

from dataclasses import dataclass
from typing import Final, Literal

StageFilter = Literal["active_ticket", "default_stage"]
StageOf = Literal["active_ticket", "default_stage", "ticket_else_default"]
Rounding = Literal["down", "up", "nearest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The switches of docs/decisions.md; the defaults are the readings that the ledger gives reasons for.

    ``full_dialect`` has every other rule that a dialect file can change. It is loaded only where there is such a file,
    because it takes long to load, and what it changes is done elsewhere, so that nobody pays for it who has none.
    """

    fractional_days: bool | Rounding = True
    """Whether ``days=1.5`` is a day and a half, or is refused (`days-may-be-fractional`)."""
    seconds_required: bool = False
    """Whether zod 4.5 or later is spoken, which refuses a timestamp without seconds (`timestamp-syntax`)."""
    stage_filter: StageOf = "active_ticket"
    """What ``stage_id`` is compared with: the ticket's stage or ``default_stage_id`` (`stage-of-active-ticket`)."""
    expand_current_stage: bool = False
    """Whether ``pipeline_id`` adds ``active_ticket_v2.current_stage`` to each contact (`current-stage-expanded`)."""
    finer_instants: bool = False
    """Whether instants are finer than the printed millisecond: compared whole, printed cut (`finer-instants`)."""

    @property
    def asks_otherwise(self) -> bool:
        """Whether only ``other_query`` knows how a query is read."""
        return False

    @property
    def finds_otherwise(self) -> bool:
        """Whether only ``OtherStore`` knows what is found."""
        return False

    @property
    def sends_otherwise(self) -> bool:
        """Whether only ``OtherEndpoint`` knows what is sent."""
        return False


USUAL: Final = Dialect()
