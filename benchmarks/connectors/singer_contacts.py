"""The contacts as a tap of singer-sdk. ``TapContacts(config, state=STATE).sync_all()`` writes Singer messages.

``best`` in the config switches on all that helps: an overlap of ten minutes, and patience for failures.
"""

# mypy: ignore-errors
# singer-sdk is not installed beside the tests.

from datetime import timedelta

from singer_sdk import RESTStream, Tap
from singer_sdk import typing as th
from singer_sdk.authenticators import APIKeyAuthenticator
from singer_sdk.pagination import OffsetPaginator

LIMIT = 100
TEXTS = ("name", "phone", "email", "platform", "chat_status", "client_id", "ai_customer_id", "default_stage_id")
INSTANTS = ("last_message_at", "created_at", "updated_at")
FLAGS = ("blocked", "is_chat_read")


class Pages(OffsetPaginator):
    """A page that is not full is the last."""

    def has_more(self, response):
        """Whether to ask on."""
        return len(response.json()) == LIMIT


class Contacts(RESTStream):
    """The stream."""

    name = "contacts"
    path = "/api/public/contacts"
    primary_keys = ("id",)
    replication_key = "updated_at"
    schema = th.PropertiesList(
        th.Property("id", th.StringType, required=True),
        *(th.Property(name, th.StringType) for name in TEXTS),
        *(th.Property(name, th.DateTimeType) for name in INSTANTS),
        *(th.Property(name, th.BooleanType) for name in FLAGS),
        th.Property("active_ticket_v2", th.ObjectType(additional_properties=True)),
    ).to_dict()

    @property
    def url_base(self):
        """Where the API is."""
        return self.config["base_url"]

    @property
    def authenticator(self):
        """The key, in its header."""
        return APIKeyAuthenticator(key="x-api-key", value=self.config["api_key"], location="header")

    def get_new_paginator(self):
        """By offset."""
        return Pages(start_value=0, page_size=LIMIT)

    def get_url_params(self, context, next_page_token):
        """The parameters of a page."""
        since = self.get_starting_timestamp(context)
        if since is None:
            after = "1970-01-01T00:00:00.000Z"
        else:
            since -= timedelta(minutes=10) if self.config.get("best") else timedelta(0)
            after = since.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {"updated_after": after, "limit": LIMIT, "offset": next_page_token or 0}

    @property
    def timeout(self):
        """Seconds for an answer."""
        return 10 if self.config.get("best") else super().timeout

    @property
    def extra_retry_statuses(self):
        """Failures that are not 5xx and pass all the same."""
        return [429]

    def backoff_wait_generator(self):
        """How long to wait before the next try."""
        if not self.config.get("best"):
            return super().backoff_wait_generator()
        return self.backoff_runtime(value=lambda error: _pause(getattr(error, "response", None)))


def _pause(response):
    after = "" if response is None else response.headers.get("Retry-After", "")
    return float(after) if after.isdigit() else 1.0 if after else 0.2


class TapContacts(Tap):
    """The tap."""

    name = "tap-vambe-contacts"
    config_jsonschema = th.PropertiesList(
        th.Property("base_url", th.StringType, required=True),
        th.Property("api_key", th.StringType, required=True, secret=True),
        th.Property("best", th.BooleanType),
    ).to_dict()

    def discover_streams(self):
        """The one stream."""
        return [Contacts(self)]
