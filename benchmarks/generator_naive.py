"""The straightforward way: a loop that asks Faker for each field of each contact and prints it with `json.dumps`.

The same fields, locales and custom fields as the generator's default shape; what most people would write first.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from faker import Faker

LOCALES = ("es_CL", "es_MX", "es_CO", "es_AR", "pt_BR")
PLATFORMS = (
    "whatsapp",
    "instagram",
    "webchat",
    "messenger",
    "web-whatsapp",
    "sms",
    "tiktok",
    "voice",
    "playground",
)
STATUSES = ("Active", "Inactive", "Prospect", "Churned")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class NaiveContacts:
    """Draws contacts one field at a time."""

    def __init__(self, seed: int) -> None:
        """One Faker a locale, all from one seed."""
        self._random = random.Random(seed)
        self._fakers = [Faker(locale) for locale in LOCALES]
        for place, fake in enumerate(self._fakers):
            fake.seed_instance(seed + place)
        self._stages = [self._fakers[0].uuid4() for _ in range(18)]

    def line(self) -> str:
        """The next contact as JSON."""
        return json.dumps(self.contact(), ensure_ascii=False, separators=(",", ":"))

    def contact(self) -> dict[str, Any]:
        """The next contact as a dict, its custom fields with it."""
        fake = self._random.choice(self._fakers)
        created = fake.date_time_between(NOW - timedelta(days=1095), NOW, tzinfo=UTC)
        message = fake.date_time_between(created, NOW, tzinfo=UTC)
        updated = fake.date_time_between(message, NOW, tzinfo=UTC)
        ticket = self._ticket(fake)
        return {
            "id": fake.uuid4(),
            "name": fake.name(),
            "phone": fake.numerify("+569########"),
            "email": fake.safe_email(),
            "platform": fake.random_element(PLATFORMS),
            "last_message_at": _text(message),
            "chat_status": fake.random_element(("UNATTENDED", "ATTENDED", "CLOSED")),
            "created_at": _text(created),
            "updated_at": _text(updated),
            "client_id": "123e4567-e89b-12d3-a456-426614174000",
            "ai_customer_id": fake.uuid4(),
            "default_stage_id": fake.random_element(self._stages),
            "blocked": fake.boolean(2),
            "is_chat_read": fake.boolean(60),
            "active_ticket_v2": ticket,
            "custom_fields": {
                "customer": _customer_values(fake),
                "ticket": _ticket_values(fake) if ticket else {},
            },
        }

    def _ticket(self, fake: Faker) -> dict[str, Any] | None:
        if not fake.boolean(60):
            return None
        return {"id": fake.uuid4(), "current_stage_id": fake.random_element(self._stages)}


def _customer_values(fake: Faker) -> dict[str, Any]:
    return {
        "status": fake.random_element(STATUSES),
        "region": fake.administrative_unit(),
        "newsletter": fake.boolean(),
        "birthday": fake.date_of_birth(minimum_age=18, maximum_age=75).isoformat(),
        "occupation": fake.job(),
        "score": fake.random_int(10, 50) / 10,
        "source": fake.random_element(("Anuncio", "Referido", "Sitio web", "Feria")),
        "visits": fake.random_int(0, 39),
    }


def _ticket_values(fake: Faker) -> dict[str, Any]:
    return {
        "status": fake.random_element(STATUSES),
        "amount": fake.random_int(9_990, 2_000_000),
        "priority": fake.random_element(("Baja", "Media", "Alta", "Urgente")),
        "score": fake.random_element(("A+", "A", "B", "C")),
        "due_date": fake.date_between("-45d", "+45d").isoformat(),
        "escalated": fake.boolean(25),
        "source": fake.random_element(("Anuncio", "Referido", "Sitio web", "Feria")),
    }


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
