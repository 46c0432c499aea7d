"""Answers with stubs (`stubbed-paths`)."""

from starlette.types import Scope

from vambe_mock.contract.refusals import Refusal
from vambe_mock.organisations.journal import Notes
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.organisations.stubs import Stub
from vambe_mock.server.endpoint.answers import Answer
from vambe_mock.server.endpoint.authentication import authenticate
from vambe_mock.server.endpoint.keyed import Make


class StubOperation:
    """Answers one request with *stub*; None: nobody with that key has one, so the key is judged and nothing else."""

    def __init__(self, stub: Stub | None) -> None:
        """Answer with *stub*."""
        self._stub = stub
        self.delay = 0.0 if stub is None else stub.reply.rule.delay

    async def prepare(self, organisation: Organisation, _scope: Scope) -> Make:
        """Count the request, and return what makes the answer."""
        stub = self._stub
        assert stub is not None  # noqa: S101 - with a right key there is one
        stub.matched += 1
        reply = stub.reply
        notes = Notes(organisation.clock.now(), f"stub {stub.number}")
        return lambda: Answer(reply.rule.status, list(reply.headers), reply.body, notes, reply.content_type)


def operation_at(organisations: Organisations, method: str, scope: Scope) -> StubOperation | None:
    """What answers a request to a path beside the mock's own; None if no stub does.

    Without a right key, a path that any organisation has a stub for is known: the answer is 401 (`404-before-401`).
    """
    path: bytes = scope["raw_path"]
    try:
        organisation = authenticate(scope["headers"], organisations.keys)
    except Refusal:
        everybodys = (one.stubs for one in organisations if one.stubs is not None)
        known = any(stubs.find(method, path, None) is not None for stubs in everybodys)
        return StubOperation(None) if known else None
    if organisation.stubs is None:
        return None
    stub = organisation.stubs.find(method, path, scope["query_string"])
    return None if stub is None else StubOperation(stub)
