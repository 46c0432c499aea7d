"""Examples that work as they stand, for each operation of the admin API's document (`examples-work`).

They name what the organisation has now: contacts, pipelines, custom fields. Where it has nothing to name yet, they name
what the examples of POST and PUT make, so these come first.
"""

from collections.abc import Callable, Mapping
from itertools import count
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pydantic_core import from_json, to_jsonable_python

from vambe_mock.contract import instants
from vambe_mock.organisations import changes
from vambe_mock.organisations.registry import Organisations

LOOKED_AT: Final = 100
"""How many contacts the examples are chosen from."""
LARGEST: Final = 50
"""The most pipelines or custom fields that an example repeats."""

SOME_ID: Final = "df980fc8-b6db-4820-bf22-2969482d106d"
SOME_STAGE: Final = "5b2f0d3e-8c55-4a6e-9d0e-6f3c1c9a7e21"

Document = dict[str, Any]


class Example(NamedTuple):
    """What to send: parameters by name, and a body (None: no body)."""

    parameters: Mapping[str, Any] = MappingProxyType({})
    body: Any = None


def with_examples(document: Document, organisations: Organisations, *, in_public: bool) -> Document:
    """*document* with an example for each operation, about the first of *organisations*.

    *in_public*, where anybody may read the document, the examples name nothing that the organisation has.
    """
    subjects = _Subjects(organisations, in_public=in_public)
    paths = {
        path: {method: _filled_in(operation, subjects) for method, operation in operations.items()}
        for path, operations in document["paths"].items()
    }
    return {**document, "paths": paths}


def _filled_in(operation: Document, subjects: "_Subjects") -> Document:
    make = EXAMPLES.get(operation["operationId"])
    example = make(subjects) if make else Example()
    filled = dict(operation)
    if example.parameters:
        filled["parameters"] = [
            {**one, "example": example.parameters[one["name"]]} if one["name"] in example.parameters else one
            for one in operation["parameters"]
        ]
    if example.body is not None:
        content = operation["requestBody"]["content"]["application/json"]
        filled["requestBody"] = {
            **operation["requestBody"],
            "content": {"application/json": {**content, "example": example.body}},
        }
    return filled


class _Subjects:
    """What the examples name. Examples that would get in each other's way, as change and delete would, share none."""

    def __init__(self, organisations: Organisations, *, in_public: bool) -> None:
        one = organisations.first
        found = [] if in_public else [from_json(contact) for contact in changes.page(one, 0, LOOKED_AT)]
        next_id = SOME_ID if in_public else changes.next_id(one, count(one.ids_issued + 1))[1]
        self.contact = self._id(found[:1], next_id)
        self.deleted = self._id(found[-1:], next_id)
        self.deleted_too = self._id(found[-2:-1], self.deleted)
        staying = found[:-2] or found
        with_ticket = [contact for contact in staying if contact["active_ticket_v2"]]
        self.moved = self._id(with_ticket[:1], self.contact)
        self.closed = self._id(with_ticket[-1:], self.contact)
        self.opened = self._id([contact for contact in staying if not contact["active_ticket_v2"]], self.contact)
        named = (self.contact, self.deleted, self.deleted_too, self.moved, self.closed, self.opened)
        self.contacts = [contact for contact in found if contact["id"] in named]
        self.header = to_jsonable_python(changes.header_of(one))
        if in_public:
            self.header |= {"client_id": SOME_ID, "pipelines": [], "custom_fields": [], "seed": None}
        self.pipelines = self.header["pipelines"][:LARGEST] or [
            {
                "id": SOME_ID,
                "name": "Sales",
                "stages": [{"id": SOME_STAGE, "name": "New"}],
            }
        ]
        self.stages = [stage["id"] for pipeline in self.pipelines for stage in pipeline["stages"]] or [None]
        known = bool(self.header["pipelines"])
        self.stage: str | None = self.stages[0] if known else None
        self.next_stage: str | None = self.stages[-1] if known else None
        self.fields = self.header["custom_fields"] or [
            {"key": "plan", "name": "Plan", "type": "options", "options": ["Gold", "Silver"], "entities": ["customer"]}
        ]
        self.key = self.fields[0]["key"]
        self.now = instants.write(one.clock.now())
        numbers = [fault.number for fault in (*one.spent, *one.faults)]
        self.fault = max(numbers, default=one.faults_made + 1)
        triggers = [] if one.lab is None else [*one.lab.fired, *one.lab.triggers]
        self.trigger = max((trigger.number for trigger in triggers), default=1)
        self.stub = max((stub.number for stub in one.stubs or ()), default=1)
        self.snapshot = next(reversed(one.snapshots), "before")
        names = [other.name for other in organisations if other is not one]
        self.organisation = names[-1] if names else organisations.next_name()

    @staticmethod
    def _id(contacts: list[Document], otherwise: str) -> str:
        return str(contacts[0]["id"]) if contacts else otherwise


Make = Callable[[_Subjects], Example]

EXAMPLES: Final[dict[str, Make]] = {
    "list_contacts": lambda _: Example({"limit": 20}),
    "create_contacts": lambda _: Example(
        body={
            "name": "Maria Rodriguez",
            "phone": "+56912345678",
            "email": "maria@example.com",
            "platform": "whatsapp",
            "chat_status": "UNATTENDED",
        }
    ),
    "change_contacts": lambda one: Example(body=[{"id": one.contact, "chat_status": "ATTENDED"}]),
    "delete_contacts": lambda one: Example({"id": [one.deleted_too]}),
    "read_contact": lambda one: Example({"contact_id": one.contact}),
    "change_contact": lambda one: Example({"contact_id": one.contact}, {"name": "Ana Soto", "is_chat_read": False}),
    "delete_contact": lambda one: Example({"contact_id": one.deleted}),
    "add_message": lambda one: Example({"contact_id": one.contact}, {"direction": "inbound"}),
    "open_ticket": lambda one: Example({"contact_id": one.opened}, {"stage_id": one.stage}),
    "move_ticket": lambda one: Example({"contact_id": one.moved}, {"stage_id": one.next_stage}),
    "close_ticket": lambda one: Example({"contact_id": one.closed}),
    "replace_pipelines": lambda one: Example(body=one.pipelines),
    "read_pipeline": lambda one: Example({"pipeline_id": one.pipelines[0]["id"]}),
    "change_pipeline": lambda one: Example({"pipeline_id": one.pipelines[0]["id"]}, {"name": "Renamed"}),
    "replace_custom_fields": lambda one: Example(body=one.fields),
    "read_custom_field": lambda one: Example({"key": one.key}),
    "define_custom_field": lambda one: Example(
        {"key": one.key}, [field for field in one.fields if field["key"] == one.key]
    ),
    "replace_dataset": lambda one: Example(body={**one.header, "contacts": one.contacts}),
    "take_snapshot": lambda one: Example({"name": one.snapshot}),
    "restore_snapshot": lambda one: Example({"name": one.snapshot}),
    "delete_snapshot": lambda one: Example({"name": one.snapshot}),
    "freeze_clock": lambda one: Example(body={"at": one.now}),
    "set_clock": lambda one: Example(body={"at": one.now}),
    "advance_clock": lambda _: Example(body={"days": 3}),
    "list_requests": lambda _: Example({"limit": 20}),
    "list_strangers": lambda _: Example({"limit": 20}),
    "count_requests": lambda _: Example({"timeout": 5}),
    "add_fault": lambda _: Example(
        body={
            "match": {"query": {"updated_after": None}, "first": 2},
            "effect": {"kind": "status", "status": 503, "retry_after": 1},
            "expires_in": 60,
        }
    ),
    "read_fault": lambda one: Example({"fault_id": one.fault}),
    "remove_fault": lambda one: Example({"fault_id": one.fault}),
    "explain_contact": lambda one: Example({"contact": one.contact, "query": "days=30&limit=20"}),
    "add_trigger": lambda _: Example(
        body={"nth": 1, "changes": [{"do": "change", "contact": {"place": 10}, "fields": {"name": "Ana Soto"}}]}
    ),
    "read_trigger": lambda one: Example({"trigger_id": one.trigger}),
    "remove_trigger": lambda one: Example({"trigger_id": one.trigger}),
    "add_stub": lambda _: Example(body={"path": "/api/public/ticket/{id}", "body": {"id": "7", "name": "Quote"}}),
    "read_stub": lambda one: Example({"stub_id": one.stub}),
    "replace_stub": lambda one: Example({"stub_id": one.stub}, {"path": "/api/public/ticket/{id}", "status": 404}),
    "remove_stub": lambda one: Example({"stub_id": one.stub}),
    "read_delivered": lambda _: Example({"scope": "days=30"}),
    "switch_delivered_on": lambda _: Example(body={"answers": 100}),
    "compare_copy": lambda one: Example(body={"contacts": [{"id": one.contact}], "scope": "days=30"}),
    "replace_settings": lambda _: Example(body={"finer_instants": True, "drift": {"set": {"chat_status": "SNOOZED"}}}),
    "make_organisation": lambda _: Example(body={}),
    "remove_organisation": lambda one: Example({"name": one.organisation}),
}
"""By operation. One that is not here has neither a body nor a required parameter."""
