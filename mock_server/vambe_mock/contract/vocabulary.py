"""The words of the contract, each written once: platforms, statuses, entities, fields, ids, formats, fixture sets.

Plain constants and nothing to load, so every room can use them, processes that must start quickly included.
"""

from typing import Final, Literal, get_args

Platform = Literal[
    "whatsapp", "web-whatsapp", "instagram", "webchat", "sms", "messenger", "tiktok", "voice", "playground"
]
PLATFORMS: Final[tuple[Platform, ...]] = get_args(Platform)
"""The nine channels, in the document's order (`platforms`)."""

CHAT_STATUSES: Final = ("UNATTENDED", "ATTENDED", "CLOSED")
"""The statuses that the vendor names; its "etc." lets a data set hold others (`chat-statuses`)."""

FIELDS: Final = (
    "id",
    "name",
    "phone",
    "email",
    "platform",
    "last_message_at",
    "chat_status",
    "created_at",
    "updated_at",
    "client_id",
    "ai_customer_id",
    "default_stage_id",
    "blocked",
    "is_chat_read",
    "active_ticket_v2",
)
"""The fifteen fields of a contact, in the order in which they are written (`contact-fields`)."""

InstantField = Literal["created_at", "updated_at", "last_message_at"]
INSTANT_FIELDS: Final[tuple[InstantField, ...]] = get_args(InstantField)
FLAG_FIELDS: Final = ("blocked", "is_chat_read")

Entity = Literal["customer", "ticket"]
ENTITIES: Final[tuple[Entity, ...]] = get_args(Entity)
"""What a custom field belongs to."""

FieldType = Literal["text", "number", "date", "boolean", "options"]
FIELD_TYPES: Final[tuple[FieldType, ...]] = get_args(FieldType)
"""The types of custom fields."""

UUID: Final = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
"""A UUID of any version, without the nil and the max UUID."""

UUID_PATTERN: Final = f"^({UUID}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$"
"""The document's `pattern` of ``stage_id`` and ``pipeline_id``, character for character (`uuid-syntax`)."""

DocumentFormat = Literal["vambe-mock/1"]
DOCUMENT_FORMAT: Final[DocumentFormat] = "vambe-mock/1"
"""The ``format`` of a data set document."""

FileFormat = Literal["json", "ndjson", "csv", "parquet", "sqlite"]
FILE_FORMATS: Final[tuple[FileFormat, ...]] = get_args(FileFormat)
"""The file formats of a data set."""

FixtureSet = Literal["default", "tiny", "edge-cases", "empty"]
FIXTURE_SETS: Final[tuple[FixtureSet, ...]] = get_args(FixtureSet)
"""The data sets that come with the package."""
