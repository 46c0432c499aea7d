"""The organisation that a play takes place in. The server runs in this process, so no request is sent to ask for it.

A play asks some twenty things. By HTTP each takes as much as half a poll of the client, and the server's time on the
way; here the server's thread does it between two requests, by what the admin API's routes call as well. Even so, that
threads take turns costs more than most of the things asked, so ``at_once`` has many of them done in one turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from vambe_mock.admin.routes.delivered import compared, delivered_of
from vambe_mock.admin.routes.triggers import AnyChange, TriggerRule, add
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.organisations import beside, changes
from vambe_mock.organisations.changes import ChangeError
from vambe_mock.organisations.delivered import Delivered
from vambe_mock.organisations.lab import Lab, Listed
from vambe_mock.testing.mock import Mock
from vambe_mock.testing.server import within

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    from vambe_mock.organisations.delivered import Answered
    from vambe_mock.organisations.lab import Trigger
    from vambe_mock.organisations.organisation import Organisation, Snapshot
    from vambe_mock.server.front import Front
    from vambe_mock.testing.server import VambeMock

    T = TypeVar("T")

_CHANGE: Final[TypeAdapter[AnyChange]] = TypeAdapter(AnyChange)


class NotDoneError(Exception):
    """A change that is refused: what it says, or what it is about, is not there (any longer)."""


class Ground:
    """An organisation of *server*. ``url`` and ``key`` are a client's; ``mock`` is the same by HTTP."""

    def __init__(self, server: VambeMock, organisation: Organisation, mock: Mock) -> None:
        """Of *organisation*, which *mock* drives too."""
        self._server, self._organisation = server, organisation
        self._organisations = within(server, lambda front: front.organisations)
        self.mock, self.url, self.key = mock, mock.url, mock.api_key
        self._turn_of: int | None = None

    @classmethod
    def first(cls, server: VambeMock) -> Ground:
        """The server's first organisation."""
        return cls(server, within(server, lambda front: front.organisations.first), server)

    @classmethod
    def new(cls, server: VambeMock, start: Snapshot | None) -> Ground:
        """A new organisation, with the data of *start*; ``leave`` it when done."""

        def made(front: Front) -> tuple[str, Organisation]:
            return front.organisations.add(None, front.organisations.first, start)

        key, organisation = within(server, made)
        return cls(server, organisation, Mock(server.url, key, server.admin_token, ca_file=server.ca_file))

    def leave(self) -> None:
        """Remove the organisation."""
        self.mock.close()
        within(self._server, lambda front: front.organisations.remove(self._organisation))

    def at_once(self, work: Callable[[], T]) -> T:
        """Have the server's thread do *work*; all that it asks this ground for is done before the next request.

        It must not use ``mock``, which waits for the server.
        """

        def done(_: Front) -> T:
            self._turn_of = get_ident()
            try:
                return work()
            finally:
                self._turn_of = None

        return within(self._server, done)

    def _done(self, work: Callable[[Organisation], T]) -> T:
        if self._turn_of == get_ident():
            return work(self._organisation)
        return within(self._server, lambda _: work(self._organisation))

    def begin_anew(self, start: Snapshot | None) -> None:
        """Forget all that was, and have the data of *start*, or those of the time before."""

        def restored(organisation: Organisation) -> None:
            organisation.start = start or organisation.start
            organisation.reset()

        self._done(restored)

    def snapshot(self) -> Snapshot:
        """The data as they are now."""
        return self._done(lambda organisation: organisation.snapshot())

    # The client's requests

    @property
    def came(self) -> int:
        """How many requests have come."""
        return self._organisation.record.came

    def watch(self, most: int) -> int:
        """Note from now on what is delivered, and keep the last *most* answers; return ``total``."""

        def watched(organisation: Organisation) -> int:
            lab = organisation.lab = organisation.lab or Lab()
            lab.delivered = Delivered(most, organisation.record.came)
            return organisation.record.came

        return self._done(watched)

    def total(self) -> int:
        """How many requests have come, those included that the server has not looked at yet."""
        return self._done(lambda organisation: organisation.record.came)

    def answers(self, after: int) -> tuple[int, list[Answered]]:
        """``total``, and the answers to later requests than number *after*, in the order of the requests."""

        def kept(organisation: Organisation) -> tuple[int, list[Answered]]:
            delivered = organisation.lab.delivered if organisation.lab else None
            listed = [] if delivered is None else [one for one in delivered.answers if one.number > after]
            return organisation.record.came, sorted(listed, key=lambda one: one.number)

        return self._done(kept)

    def look(self) -> Seen:
        """What is there now."""

        def seen(organisation: Organisation) -> Seen:
            delivered = organisation.lab.delivered if organisation.lab else None
            return Seen((delivered or Delivered()).as_of_now(), beside.copy(organisation))

        return self._done(seen)

    # The data

    def now(self) -> int:
        """What the clock shows."""
        return self._organisation.clock.now()

    def set_clock(self, instant: int) -> None:
        """Set the clock."""
        self._done(lambda organisation: organisation.clock.set(instant))

    def contact(self, identity: str) -> dict[str, Any]:
        """The contact with that id. Raises NotDoneError."""
        return self._tried(lambda organisation: changes.read(organisation, identity))

    def change_many(self, fields: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Change contacts, each by id. Raises NotDoneError."""
        self._tried(lambda organisation: changes.change(organisation, fields))

    def do(self, change: dict[str, Any]) -> None:
        """Make a change of a trigger, now. Raises NotDoneError."""
        try:
            action = _CHANGE.validate_python(change).action()
        except ValidationError as error:
            raise NotDoneError(_first(error)) from error
        self._tried(lambda organisation: action.do(organisation, Listed()))

    def _tried(self, work: Callable[[Organisation], T]) -> T:
        try:
            return self._done(work)
        except (ChangeError, DatasetError) as error:
            raise NotDoneError(str(error)) from error

    # Triggers and faults

    def add_trigger(self, rule: dict[str, Any]) -> Trigger:
        """Add a trigger. Raises NotDoneError."""
        try:
            checked = TriggerRule.model_validate(rule)
        except ValidationError as error:
            raise NotDoneError(_first(error)) from error
        return self._done(lambda organisation: add(checked, organisation, self._organisations))

    def add_fault(self, rule: dict[str, Any]) -> None:
        """Add a fault. Raises NotDoneError."""
        self.do({"do": "fault", "fault": rule})

    def calm(self) -> None:
        """Remove every trigger and fault."""

        def calmed(organisation: Organisation) -> None:
            if organisation.lab is not None:
                organisation.lab.triggers.clear()
                organisation.lab.fired.clear()
            organisation.faults.clear()
            organisation.spent.clear()

        self._done(calmed)


@dataclass(frozen=True, slots=True)
class Seen:
    """What was delivered and what there was, at one time: to be looked at while the server goes on."""

    _delivered: Delivered
    _organisation: Organisation

    def delivered(self, scope: str) -> dict[str, Any]:
        """What ``GET /__admin/delivered`` tells."""
        return delivered_of(self._delivered, scope, self._organisation)

    def compare(self, copy: list[dict[str, Any]], scope: str, **how: Any) -> dict[str, Any]:
        """What ``POST /__admin/compare`` tells of *copy*; *how* are its other fields."""
        return compared(self._organisation, copy, scope, **how)


def _first(error: ValidationError) -> str:
    """What is wrong, the first of it."""
    one = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, one['loc']))}: {one['msg'][:1].lower()}{one['msg'][1:]}"
