"""``/__admin/pipelines``: pipelines and their stages."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field, SkipValidation

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import BodySize, CurrentOrganisation, Model, as_json
from vambe_mock.admin.problems import Refused
from vambe_mock.contract.contact import Uuid
from vambe_mock.datasets.document import Pipeline, Stage
from vambe_mock.organisations import beside, changes
from vambe_mock.organisations.organisation import Organisation

routes = APIRouter(prefix="/pipelines", tags=["pipelines"], route_class=JsonRoute)


class PipelineChange(Model):
    """The fields of a pipeline to change."""

    name: str = ""
    description: str | None = None
    stages: Annotated[list[Stage], Field(fail_fast=True, default_factory=list)]


@routes.get("", response_model=list[Pipeline])
async def list_pipelines(organisation: CurrentOrganisation) -> Response:
    """List all pipelines with their stages."""
    return as_json(organisation.header.pipelines)


@routes.put("", response_model=list[Pipeline])
async def replace_pipelines(
    organisation: CurrentOrganisation,
    body: Annotated[list[Pipeline], Field(fail_fast=True), SkipValidation()],
    size: BodySize,
) -> Response:
    """Replace all pipelines."""
    await beside.change(organisation, lambda one: changes.describe(one, body), size=size)
    return as_json(organisation.header.pipelines)


@routes.get("/{pipeline_id}")
async def read_pipeline(organisation: CurrentOrganisation, pipeline_id: Uuid) -> Pipeline:
    """Read a pipeline."""
    return organisation.header.pipelines[_index(organisation, pipeline_id)]


@routes.patch("/{pipeline_id}")
async def change_pipeline(
    organisation: CurrentOrganisation, pipeline_id: Uuid, body: PipelineChange, size: BodySize
) -> Pipeline:
    """Change the fields that are sent; stages are replaced as a whole."""
    sent = {name: getattr(body, name) for name in body.model_fields_set}

    def change(organisation: Organisation) -> Pipeline:
        index = _index(organisation, pipeline_id)
        pipelines = list(organisation.header.pipelines)
        pipelines[index] = pipelines[index].model_copy(update=sent)
        changes.describe(organisation, pipelines)
        return pipelines[index]

    return await beside.change(organisation, change, size=size)


def _index(organisation: Organisation, pipeline_id: str) -> int:
    for index, pipeline in enumerate(organisation.header.pipelines):
        if pipeline.id.lower() == pipeline_id.lower():
            return index
    raise Refused(404, f'no pipeline has the id "{pipeline_id}"')
