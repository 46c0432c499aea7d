"""(b) The same rules in plain FastAPI, as everybody would write them.

Declared parameters, a response model, contacts as objects in a list; each request filters and sorts them. Nothing is
done to make it slow: the handler is ``async`` (no thread pool), the contacts are parsed once and kept in the order of
their ids (so that one stable sort makes the ties right), and ids stay texts. Refusals are FastAPI's own.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, HTTPException, Query
from pydantic import AwareDatetime, BaseModel, PlainSerializer, TypeAdapter

UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"

Timestamp = Annotated[
    AwareDatetime, PlainSerializer(lambda at: at.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
]
NEVER = datetime.min.replace(tzinfo=UTC)
StageId = Annotated[str | None, Query(pattern=UUID)]


class Ticket(BaseModel):
    """The active ticket."""

    id: str
    current_stage_id: str | None


class Contact(BaseModel):
    """A contact on the wire."""

    id: str
    name: str
    phone: str | None
    email: str | None
    platform: str
    last_message_at: Timestamp | None
    chat_status: str
    created_at: Timestamp
    updated_at: Timestamp
    client_id: str
    ai_customer_id: str | None
    default_stage_id: str | None
    blocked: bool
    is_chat_read: bool
    active_ticket_v2: Ticket | None


class StoredContact(Contact):
    """A contact of the data set, with what the wire hides."""

    custom_fields: dict[str, dict[str, Any]]


def _load(folder: Path) -> tuple[list[StoredContact], dict[str, set[str]], set[str]]:
    """The contacts by id, each pipeline's stages, and the keys of the custom fields."""
    header = TypeAdapter(dict[str, Any]).validate_json((folder / "dataset.json").read_bytes())
    with (folder / "contacts.ndjson").open("rb") as lines:
        contacts = [StoredContact.model_validate_json(line) for line in lines]
    contacts.sort(key=lambda contact: contact.id)
    stages = {one["id"]: {stage["id"] for stage in one["stages"]} for one in header["pipelines"]}
    return contacts, stages, {field["key"] for field in header["custom_fields"]}


def create_app() -> FastAPI:  # noqa: C901 - one function that reads top to bottom is how everybody writes it
    """An application over the data set in the folder ``BENCHMARK_DATA``, at the instant ``BENCHMARK_NOW``."""
    contacts, stages, keys = _load(Path(os.environ["BENCHMARK_DATA"]))
    now = datetime.fromisoformat(os.environ["BENCHMARK_NOW"])
    app = FastAPI()

    @app.get("/api/public/contacts", response_model=list[Contact])
    async def list_contacts(  # noqa: C901, PLR0913, PLR0917 - one argument for each parameter is FastAPI's way
        x_api_key: Annotated[str | None, Header()] = None,
        days: Annotated[float | None, Query(ge=1, le=365)] = None,
        created_after: AwareDatetime | None = None,
        updated_after: AwareDatetime | None = None,
        limit: Annotated[int | None, Query(ge=1, le=1000)] = None,
        offset: Annotated[int, Query(ge=0, le=9007199254740991)] = 0,
        stage_id: StageId = None,
        pipeline_id: StageId = None,
        custom_field_key: Annotated[str | None, Query(min_length=1)] = None,
        custom_field_value: Annotated[str | None, Query(min_length=1)] = None,
        entity_type: Literal["ticket", "customer"] | None = None,
    ) -> Any:
        if x_api_key != "test-key":
            raise HTTPException(401, "Unauthorized")
        if days is None and created_after is None and updated_after is None:
            raise HTTPException(400, "At least one of days, created_after or updated_after is required")
        if (custom_field_key is None) != (custom_field_value is None):
            raise HTTPException(400, "custom_field_key and custom_field_value must be provided together")
        if custom_field_key is not None and custom_field_key not in keys:
            raise HTTPException(400, "Custom field not found")
        found: Iterable[StoredContact] = contacts
        if days is not None:
            since = now - timedelta(days=days)
            found = [one for one in found if one.last_message_at is not None and one.last_message_at >= since]
        if created_after is not None:
            found = [one for one in found if one.created_at > created_after]
        if updated_after is not None:
            found = [one for one in found if one.updated_at > updated_after]
        if stage_id is not None:
            found = [one for one in found if _stage(one) == stage_id.lower()]
        if pipeline_id is not None:
            found = [one for one in found if _stage(one) in stages.get(pipeline_id.lower(), ())]
        if custom_field_key is not None:
            found = [one for one in found if _has(one, custom_field_key, custom_field_value, entity_type)]
        ordered = _ordered(found, by_update=updated_after is not None, by_creation=created_after is not None)
        return ordered[offset : None if limit is None else offset + limit]

    return app


def _ordered(found: Iterable[StoredContact], *, by_update: bool, by_creation: bool) -> list[StoredContact]:
    if by_update:
        return sorted(found, key=lambda one: one.updated_at)
    if by_creation:
        return sorted(found, key=lambda one: one.created_at)
    return sorted(found, key=lambda one: one.last_message_at or NEVER, reverse=True)


def _stage(contact: StoredContact) -> str | None:
    return contact.active_ticket_v2.current_stage_id if contact.active_ticket_v2 else None


def _has(contact: StoredContact, key: str, value: str | None, entity_type: str | None) -> bool:
    entities = ("ticket", "customer") if entity_type is None else (entity_type,)
    return any(_as_text(contact.custom_fields[entity].get(key)) == value for entity in entities)


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
