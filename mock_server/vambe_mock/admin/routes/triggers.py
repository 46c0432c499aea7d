"""``/__admin/triggers``: changes to make at a request, such as between two pages of a client."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Response
from pydantic import Discriminator, Field, Tag, model_validator

from vambe_mock.admin.bodies import JsonRoute
from vambe_mock.admin.dependencies import AllOrganisations, CurrentOrganisation, Model, listed_as_json
from vambe_mock.admin.problems import Refused
from vambe_mock.admin.routes import contacts
from vambe_mock.admin.routes.clock import Amount
from vambe_mock.contract import instants
from vambe_mock.contract.contact import Instant, Uuid
from vambe_mock.organisations import triggers
from vambe_mock.organisations.conditions import WHOLE, Count
from vambe_mock.organisations.faults import FaultRule
from vambe_mock.organisations.lab import Lab, Trigger, TriggerMatch, When
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.registry import Organisations
from vambe_mock.organisations.triggers import Action, Who

routes = APIRouter(prefix="/triggers", tags=["triggers"], route_class=JsonRoute)

MOST: Final = 100
"""The most waiting triggers, and the most fired ones that are still listed."""

MOST_CHANGES: Final = 100
"""The most changes of a trigger: they are made at once, and nobody is answered meanwhile."""

FURTHEST: Final = 100_000
"""Places further away than this are not asked for: the ids up to there are kept."""

Offset = Annotated[int, Field(ge=-FURTHEST, le=FURTHEST), WHOLE]


class Place(Model):
    """A contact by its place in an answer: 1 is the first, -1 the last.

    ``place`` counts in the answer to the matching request (with ``when: before``, in the previous answer),
    ``earlier`` in the answers before it.
    """

    place: Offset | None = None
    earlier: Offset | None = None

    @model_validator(mode="after")
    def _one(self) -> "Place":
        if (self.place is None) == (self.earlier is None):
            raise ValueError('wanted either place or earlier, e.g. {"place": 10}')
        if 0 in {self.place, self.earlier}:
            raise ValueError("places count from 1, or from the end as -1, -2")
        return self


def _form(contact: Any) -> str:
    """Which form of a contact is meant, so that a mistake is told of one of them only."""
    return "an id" if isinstance(contact, str) else "a place"


Contact = Annotated[Annotated[Uuid, Tag("an id")] | Annotated[Place, Tag("a place")], Discriminator(_form)]


def _who(contact: Contact) -> Who:
    return Who(id=contact) if isinstance(contact, str) else Who(place=contact.place, earlier=contact.earlier)


class AddContact(Model):
    """Add a contact, as ``POST /contacts`` does."""

    do: Literal["add"]
    contact: Annotated[contacts.ContactDraft, Field(default_factory=contacts.ContactDraft)]

    def action(self) -> Action:
        """Return what it does."""
        return triggers.Add(self.contact.sent())


class ChangeContact(Model):
    """Change fields of a contact, as ``PATCH /contacts/{id}`` does."""

    do: Literal["change"]
    contact: Contact
    fields: Annotated[contacts.ContactChange, Field(default_factory=contacts.ContactChange)]

    def action(self) -> Action:
        """Return what it does."""
        return triggers.Change(_who(self.contact), self.fields.sent())


class DeleteContact(Model):
    """Delete a contact."""

    do: Literal["delete"]
    contact: Contact

    def action(self) -> Action:
        """Return what it does."""
        return triggers.Delete(_who(self.contact))


class SendMessage(contacts.Message):
    """Record a message, as ``POST /contacts/{id}/messages`` does."""

    do: Literal["message"]
    contact: Contact

    def action(self) -> Action:
        """Return what it does."""
        given = self.model_dump(exclude_unset=True, exclude={"do", "contact", "direction"})
        return triggers.Message(_who(self.contact), self.direction, given)


class ChangeTicket(Model):
    """Open, move or close a contact's ticket."""

    do: Literal["ticket"]
    contact: Contact
    move: Literal["open", "move", "close"]
    stage_id: Uuid | None = None

    def action(self) -> Action:
        """Return what it does."""
        return triggers.Ticket(_who(self.contact), self.move, self.stage_id)


class MoveClock(Model):
    """Set the clock to an instant, and move it by the sum of the other fields."""

    do: Literal["clock"]
    at: Instant | None = None
    days: Amount = 0
    hours: Amount = 0
    minutes: Amount = 0
    seconds: Amount = 0
    milliseconds: Amount = 0

    def action(self) -> Action:
        """Return what it does."""
        seconds = self.seconds + 60 * (self.minutes + 60 * (self.hours + 24 * self.days))
        return triggers.MoveClock(self.at, round(1_000 * seconds + self.milliseconds))


class AddFault(Model):
    """Add a fault, as ``POST /faults`` does."""

    do: Literal["fault"]
    fault: FaultRule

    def action(self) -> Action:
        """Return what it does."""
        return triggers.AddFault(self.fault)


AnyChange = Annotated[
    AddContact | ChangeContact | DeleteContact | SendMessage | ChangeTicket | MoveClock | AddFault,
    Field(discriminator="do"),
]


class TriggerRule(Model):
    """Changes to make at the ``nth`` request that matches, counted from now on.

    They are made after it was answered, or just before it is read: all of them or none, before anything else is
    answered. A trigger fires once.
    """

    match: TriggerMatch = TriggerMatch()
    nth: Count = 1
    when: When = "after"
    changes: Annotated[list[AnyChange], Field(min_length=1, max_length=MOST_CHANGES)]

    def named_keys(self) -> list[str]:
        """The API keys that it names."""
        added = [change.fault.match.key for change in self.changes if isinstance(change, AddFault)]
        return [key for key in (self.match.key, *added) if key is not None]

    def without_keys(self) -> "TriggerRule":
        """This rule with the beginnings of its keys alone, to show it."""
        changes = [
            change.model_copy(update={"fault": change.fault.without_key()}) if isinstance(change, AddFault) else change
            for change in self.changes
        ]
        return self.model_copy(update={"match": self.match.without_key(), "changes": changes})


class TriggerState(Model):
    """A trigger, how many requests matched it, and its result.

    ``fired`` is the number of the request at which it fired, null until then; ``at`` the organisation's time at that
    moment. ``problem`` says why it changed nothing. Only the beginnings of the keys in the rule are shown.
    """

    id: int
    rule: TriggerRule
    matched: int
    fired: int | None
    at: Instant | None
    problem: str


class RemovedTriggers(Model):
    """The number of removed triggers."""

    removed: int


@routes.get("", response_model=list[TriggerState])
async def list_triggers(organisation: CurrentOrganisation) -> Response:
    """List all triggers, including those that have fired."""
    told = [_told(one) for one in sorted(_all(organisation), key=lambda one: one.number)]
    return await listed_as_json(told)


@routes.post("", status_code=201)
async def add_trigger(
    organisation: CurrentOrganisation, organisations: AllOrganisations, body: TriggerRule
) -> TriggerState:
    """Add a trigger. Triggers of the same request fire in the order in which they were added."""
    return _told(add(body, organisation, organisations))


def add(rule: TriggerRule, organisation: Organisation, organisations: Organisations) -> Trigger:
    """Add a trigger of *rule* to *organisation*, one of *organisations*. Raises Refused if there are too many."""
    lab = organisation.lab or Lab()
    if len(lab.triggers) >= MOST:
        raise Refused(409, f"there are {MOST} triggers waiting, which is the limit; delete some first")
    del lab.fired[:-MOST]
    for key in rule.named_keys():
        organisations.remember(key)
    lab.made += 1
    actions = tuple(change.action() for change in rule.changes)
    listed = triggers.listed_for(actions)
    trigger = Trigger(lab.made, rule.match, rule.nth, rule.when, actions, rule.without_keys(), listed=listed)
    lab.triggers.append(trigger)
    organisation.lab = lab
    return trigger


@routes.get("/{trigger_id}")
async def read_trigger(organisation: CurrentOrganisation, trigger_id: int) -> TriggerState:
    """Read a trigger."""
    return _told(_trigger(organisation, trigger_id))


@routes.delete("/{trigger_id}")
async def remove_trigger(organisation: CurrentOrganisation, trigger_id: int) -> TriggerState:
    """Remove a trigger."""
    trigger = _trigger(organisation, trigger_id)
    lab = organisation.lab
    assert lab is not None  # noqa: S101 - it has the trigger
    (lab.triggers if trigger in lab.triggers else lab.fired).remove(trigger)
    return _told(trigger)


@routes.delete("")
async def remove_triggers(organisation: CurrentOrganisation) -> RemovedTriggers:
    """Remove all triggers."""
    removed = len(_all(organisation))
    if organisation.lab is not None:
        organisation.lab.triggers.clear()
        organisation.lab.fired.clear()
        organisation.lab = None if organisation.lab.idle else organisation.lab
    return RemovedTriggers(removed=removed)


def _all(organisation: Organisation) -> list[Trigger]:
    return [] if organisation.lab is None else [*organisation.lab.triggers, *organisation.lab.fired]


def _trigger(organisation: Organisation, number: int) -> Trigger:
    for trigger in _all(organisation):
        if trigger.number == number:
            return trigger
    raise Refused(404, f"there is no trigger {number}")


def _told(trigger: Trigger) -> TriggerState:
    rule: Any = trigger.told
    at = None if trigger.at is None else instants.write(trigger.at)
    return TriggerState(
        id=trigger.number, rule=rule, matched=trigger.matched, fired=trigger.fired, at=at, problem=trigger.problem
    )
