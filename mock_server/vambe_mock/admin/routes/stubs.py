"""``/__admin/stubs``: fixed answers at paths that the mock does not answer itself."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation, Model, listed_as_json
from vambe_mock.admin.problems import Refused
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.organisations.stubs import Reply, Stub, StubRule, Stubs, check_path

routes = APIRouter(prefix="/stubs", tags=["stubs"], route_class=JsonRoute)


StubId = Annotated[int, Path(ge=1, le=1_000_000_000)]


class StubState(Model):
    """A stub, how many requests it answered, and how many bytes its body has."""

    id: int
    rule: dict[str, Any]
    matched: int
    bytes: int


class RemovedStubs(Model):
    """The number of removed stubs."""

    removed: int


@routes.get("", response_model=list[StubState])
async def list_stubs(organisation: CurrentOrganisation) -> Response:
    """List the stubs, in the order in which they were added. If several match a request, the last one answers."""
    return await listed_as_json([_told(stub) for stub in organisation.stubs or ()])


@routes.post("", status_code=201)
async def add_stub(organisation: CurrentOrganisation, organisations: AllOrganisations, body: StubRule) -> StubState:
    """Add a stub: a fixed answer at a path below ``/api/`` that the mock does not answer itself."""
    return _told(_put(organisation, _reply(body, organisations), None))


@routes.get("/{stub_id}")
async def read_stub(organisation: CurrentOrganisation, stub_id: StubId) -> StubState:
    """Read a stub."""
    return _told(_stub(organisation, stub_id))


@routes.put("/{stub_id}")
async def replace_stub(
    organisation: CurrentOrganisation, organisations: AllOrganisations, stub_id: StubId, body: StubRule
) -> StubState:
    """Replace a stub, in its place in the order, or add one under this id."""
    return _told(_put(organisation, _reply(body, organisations), stub_id))


@routes.delete("/{stub_id}")
async def remove_stub(organisation: CurrentOrganisation, stub_id: StubId) -> StubState:
    """Remove a stub."""
    stub = _stub(organisation, stub_id)
    assert organisation.stubs is not None  # noqa: S101 - it has this one
    organisation.stubs.all.remove(stub)
    return _told(stub)


@routes.delete("")
async def remove_stubs(organisation: CurrentOrganisation) -> RemovedStubs:
    """Remove all stubs. ``POST /reset`` restores those of ``--stubs``."""
    stubs = organisation.stubs
    removed = 0 if stubs is None else len(stubs.all)
    if stubs is not None:
        stubs.all.clear()
    return RemovedStubs(removed=removed)


def _reply(rule: StubRule, organisations: Organisations) -> Reply:
    if rule.file is not None:
        raise Refused(
            422, "body.file: a file is read only for a stub in the file of --stubs; wanted its content in body"
        )
    try:
        check_path(rule, neighbours=organisations.neighbours)
    except ValueError as error:
        raise Refused(422, f"body.path: {error}") from error
    return Reply.of(rule)


def _put(organisation: Organisation, reply: Reply, number: int | None) -> Stub:
    """Have *reply* as the stub of that number, or as a new one. Raises Refused if there is no room for it."""
    stubs = organisation.stubs = organisation.stubs or Stubs()
    there = None if number is None else stubs.numbered(number)
    try:
        if there is None:
            return stubs.add(reply, number)
        stubs.replace(there, reply)
    except ValueError as error:
        raise Refused(409, str(error)) from error
    return there


def _stub(organisation: Organisation, number: int) -> Stub:
    stub = None if organisation.stubs is None else organisation.stubs.numbered(number)
    if stub is None:
        raise Refused(404, f"there is no stub {number}")
    return stub


def _told(stub: Stub) -> StubState:
    rule = stub.reply.rule.model_dump(mode="json", exclude_unset=True)
    return StubState(id=stub.number, rule=rule, matched=stub.matched, bytes=len(stub.reply.body))
