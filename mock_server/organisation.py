"""An organisation: whose contacts a key may see (`key-is-organisation`)."""

from dataclasses import dataclass

from mock_server.clock import Clock
from mock_server.custom_fields import Definitions
from mock_server.dataset import Dataset, Stage
from mock_server.filters import Knowledge
from mock_server.settings import StageFilter
from mock_server.store import Store


@dataclass(slots=True)
class Organisation:
    """One organisation's contacts, what its custom fields mean, its stages by id, and its time."""

    store: Store
    definitions: Definitions
    stages: dict[str, Stage]
    clock: Clock

    def stray_stages(self) -> list[str]:
        """The stages that contacts' tickets are in and that no pipeline has, so ``pipeline_id`` never finds them."""
        placed = {stage for stages in self.store.known.stages.values() for stage in stages}
        return sorted(stage for stage in map(str, self.store.columns.current_stage_id.places) if stage not in placed)

    @classmethod
    def of(
        cls, dataset: Dataset, clock: Clock, *, shift: int = 0, stage_filter: StageFilter = "active_ticket"
    ) -> "Organisation":
        """The organisation of *dataset*, every instant of it moved by *shift* milliseconds."""
        known = Knowledge(dataset.header.stages(), stage_filter)
        stages = {stage.id.lower(): stage for pipeline in dataset.header.pipelines for stage in pipeline.stages}
        return cls(Store(dataset.columns(shift), known), dataset.definitions, stages, clock)
