"""The mock that a plan is rehearsed on: the default data set, changed to contain what the options name.

Some requests depend on the data, so a plan shows them only if the rehearsal's data leads to them.
"""

from typing import Any, Final

from vambe_judge.asking.options import CustomField, Options

IDLE: Final = "5b3f1c1e-0d0a-4c58-9f52-6a1f6f0f2c11"
"""A stage that is the default of a contact and the stage of no ticket."""

EACH: Final = 3
"""Every third ticket is moved to a stage of the options."""


def fitted(document: dict[str, Any], options: Options) -> dict[str, Any]:
    """*document*, a data set, with the pipelines and custom fields of *options*."""
    contacts = document["contacts"]
    contacts[0]["default_stage_id"] = IDLE
    _add_pipelines(document, options.pipelines)
    for key in dict.fromkeys(field.key for field in options.custom_fields):
        _add_custom_field(document, key, [field for field in options.custom_fields if field.key == key])
    return document


def _add_pipelines(document: dict[str, Any], pipelines: dict[str, tuple[str, ...]]) -> None:
    own = [one for one in document["pipelines"] if one["id"] not in pipelines]
    added = [{"id": name, "stages": [{"id": stage} for stage in stages]} for name, stages in pipelines.items()]
    document["pipelines"] = [*added, *own]
    stages = [stage for ids in pipelines.values() for stage in ids]
    tickets = [contact["active_ticket_v2"] for contact in document["contacts"] if contact["active_ticket_v2"]]
    for number, ticket in enumerate(tickets[::EACH] if stages else ()):
        ticket["current_stage_id"] = stages[number % len(stages)]


def _add_custom_field(document: dict[str, Any], key: str, fields: list[CustomField]) -> None:
    """Give the contacts the values of *fields* in turn; after each round, one contact gets none."""
    own = [one for one in document["custom_fields"] if one["key"] != key]
    document["custom_fields"] = [
        *own,
        {"key": key, "name": key, "type": "text", "options": None, "entities": ["customer", "ticket"]},
    ]
    for number, contact in enumerate(document["contacts"]):
        values = contact["custom_fields"]
        for entity in values:
            values[entity].pop(key, None)
        turn = number % (len(fields) + 1)
        field = fields[turn] if turn < len(fields) else None
        if field is not None and (field.entity == "customer" or contact["active_ticket_v2"]):
            values[field.entity][key] = field.value
