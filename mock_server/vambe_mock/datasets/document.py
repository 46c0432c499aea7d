"""The data set document: contacts, and what the wire does not show (pipelines, custom fields)."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from vambe_mock.contract import instants
from vambe_mock.contract.contact import Contact, Instant, Uuid
from vambe_mock.contract.custom_fields import CustomField
from vambe_mock.contract.vocabulary import DocumentFormat

Record = dict[str, Any]
"""A contact or a header as JSON has it."""


class Stage(BaseModel):
    """A stage of a pipeline."""

    model_config = ConfigDict(extra="forbid")

    id: Uuid
    name: str = ""
    description: str | None = None


class Pipeline(BaseModel):
    """A pipeline and its stages, as the vendor's ``GET /api/public/pipeline`` lists them."""

    model_config = ConfigDict(extra="forbid")

    id: Uuid
    name: str = ""
    description: str | None = None
    stages: list[Stage] = []


class Header(BaseModel):
    """A document without its contacts."""

    model_config = ConfigDict(extra="forbid")

    format: DocumentFormat
    seed: Annotated[int, Field(strict=True)] | None = None
    anchor: Instant
    client_id: Uuid
    pipelines: list[Pipeline] = []
    custom_fields: list[CustomField] = []

    @property
    def anchored_at(self) -> int:
        """The anchor in milliseconds since 1970 UTC."""
        return instants.parse(self.anchor)

    def stages(self) -> dict[str, tuple[str, ...]]:
        """Pipeline id to the ids of its stages, all in lower case (`uuid-case`)."""
        return {one.id.lower(): tuple(stage.id.lower() for stage in one.stages) for one in self.pipelines}

    def stages_by_id(self) -> dict[str, Stage]:
        """Every stage of every pipeline by its id in lower case."""
        return {stage.id.lower(): stage for one in self.pipelines for stage in one.stages}


class CustomValues(BaseModel):
    """Custom field values by key, for the customer and for the active ticket."""

    model_config = ConfigDict(extra="forbid")

    customer: dict[str, Any] = {}
    ticket: dict[str, Any] = {}


class StoredContact(Contact):
    """A contact with the fifteen fields that the endpoint returns, and its custom field values."""

    custom_fields: Annotated[CustomValues, Field(default_factory=CustomValues)]


class Document(Header):
    """A whole data set in one JSON document."""

    contacts: list[StoredContact]
