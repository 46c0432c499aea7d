"""(c) A plain FastAPI route that changes a contact in a dict: what one PATCH costs where nothing has to be in order."""

import os
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException
from fastapi import Path as PathParameter
from pydantic import BaseModel, ConfigDict

from vambe_mock.contract.contact import Email, Instant, Phone, SomeText, Text, Uuid
from vambe_mock.contract.vocabulary import Platform


class Change(BaseModel):
    """The fields that our admin API takes, with the same checks."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = None
    phone: Phone | None = None
    email: Email | None = None
    platform: Platform | None = None
    last_message_at: Instant | None = None
    chat_status: SomeText | None = None
    created_at: Instant | None = None
    updated_at: Instant | None = None
    ai_customer_id: Uuid | None = None
    default_stage_id: Uuid | None = None
    blocked: bool | None = None
    is_chat_read: bool | None = None


def plain_changes() -> FastAPI:
    """An application with one contact for each id that the file ``BENCHMARK_IDS`` names."""
    app = FastAPI(openapi_url=None)
    ids = Path(os.environ["BENCHMARK_IDS"]).read_text(encoding="ascii").split()
    contacts: dict[str, dict[str, Any]] = {one: {"id": one, **dict.fromkeys(Change.model_fields)} for one in ids}

    @app.get("/ready")
    async def ready() -> dict[str, int]:
        return {"contacts": len(contacts)}

    @app.patch("/__admin/contacts/{contact_id}")
    async def change(contact_id: Annotated[Uuid, PathParameter()], body: Change) -> dict[str, Any]:
        if contact_id not in contacts:
            raise HTTPException(404)
        contacts[contact_id] |= body.model_dump(exclude_unset=True)
        return contacts[contact_id]

    return app
