"""What an agent can read, and the prompts that a user can pick."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vambe_mock.contract import ledger, packaged


@dataclass(frozen=True, slots=True)
class Text:
    """A resource: its address, and how it is read."""

    uri: str
    name: str
    about: str
    kind: str
    read: Callable[[], str]


def _file(name: str) -> Callable[[], str]:
    return lambda: Path(packaged.path(name)).read_text(encoding="utf-8")


RESOURCES: Final = (
    Text("vambe-mock://openapi.yaml", "openapi.yaml", "The vendor's operation as an OpenAPI document.",
         "application/yaml", _file("openapi.yaml")),
    Text("vambe-mock://ledger", "ledger", "Every rule of the endpoint, with its grade, its source and its reason.",
         "text/markdown", _file(ledger.FILE)),
    Text("vambe-mock://recipe", "recipe", "How a client syncs without losing a contact, with complete programs.",
         "text/markdown", _file("docs/sync.md")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt: its arguments with what each is, and the text, which has them in braces."""

    name: str
    about: str
    arguments: Mapping[str, str]
    text: str


PROMPTS: Final = (
    Prompt(
        "write_sync_client",
        "Write a sync client that loses no contact, and prove it.",
        {"language": "The language or framework to write it in, e.g. Python with httpx."},
        "Write a client in {language} that keeps a copy of all contacts of GET /api/public/contacts and loses none. "
        "First read the resource vambe-mock://recipe, and search_rules for order, paging and cursor. One run is one "
        "poll: it reads VAMBE_BASE_URL and VAMBE_API_KEY from the environment and keeps its copy and its cursor in the "
        "folder VAMBE_SYNC_DIR. Try it with ask_endpoint, and change data between its pages with manage_triggers. "
        "It is done when every hazard of the sync check is survived: use the tool sync_check if there is one, else ask "
        "me to run: vambe-mock sync-check --copy '{{dir}}/contacts.json' -- COMMAND. Say which hazards applied to it.",
    ),
    Prompt(
        "reproduce_incident",
        "Reproduce an incident on the mock, and turn it into a test.",
        {"incident": "What happened, in the user's words, with log lines if there are any."},
        "This happened with GET /api/public/contacts:\n\n{incident}\n\nReproduce it on the mock. Take a snapshot with "
        "manage_data first. Send the same queries with ask_endpoint, and use why for the contact in question. If the "
        "answer is right there, what was different: the data at that moment (manage_triggers), the clock (set_clock), "
        "or a failing request (manage_faults)? Change one thing at a time. When it happens, give the fewest calls that "
        "show it, the rule that explains it (search_rules, with its grade), and a test that fails because of it. "
        "Restore the snapshot at the end.",
    ),
)
