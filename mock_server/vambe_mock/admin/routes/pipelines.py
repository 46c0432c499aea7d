"""``/__admin/pipelines``: which stages belong together."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import CurrentOrganisation, Model
from vambe_mock.admin.problems import Refused
from vambe_mock.contract.contact import Uuid
from vambe_mock.datasets.document import Pipeline, Stage
from vambe_mock.organisations import changes
from vambe_mock.organisations.organisation import Organisation

routes = APIRouter(prefix="/pipelines", tags=["pipelines"], route_class=JsonRoute)


class PipelineChange(Model):
    """What changes of a pipeline."""

    name: str = ""
    description: str | None = None
    stages: Annotated[list[Stage], Field(default_factory=list)]


@routes.get("")
async def list_pipelines(organisation: CurrentOrganisation) -> list[Pipeline]:
    """All pipelines with their stages."""
    return organisation.header.pipelines


@routes.put("")
async def replace_pipelines(organisation: CurrentOrganisation, body: list[Pipeline]) -> list[Pipeline]:
    """Have these pipelines and no others."""
    changes.describe(organisation, body)
    return organisation.header.pipelines


@routes.get("/{pipeline_id}")
async def read_pipeline(organisation: CurrentOrganisation, pipeline_id: Uuid) -> Pipeline:
    """One pipeline."""
    return organisation.header.pipelines[_place(organisation, pipeline_id)]


@routes.patch("/{pipeline_id}")
async def change_pipeline(organisation: CurrentOrganisation, pipeline_id: Uuid, body: PipelineChange) -> Pipeline:
    """Change a pipeline; its stages are replaced as a whole."""
    place = _place(organisation, pipeline_id)
    pipelines = list(organisation.header.pipelines)
    said = {name: getattr(body, name) for name in body.model_fields_set}
    pipelines[place] = pipelines[place].model_copy(update=said)
    changes.describe(organisation, pipelines)
    return pipelines[place]


def _place(organisation: Organisation, pipeline_id: str) -> int:
    for place, one in enumerate(organisation.header.pipelines):
        if one.id.lower() == pipeline_id.lower():
            return place
    raise Refused(404, f'no pipeline has the id "{pipeline_id}"')
