"""What an agent can do: one table of tools, each a name, what it says of itself, what it takes and what it does.

A tool's input is described with the admin API's own models, and the admin API judges it; here only what the tool itself
reads is looked at. So a refusal is the line that any other client gets, in the tool's own terms (``refusals``).
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlsplit

from vambe_mock.admin.mcp import refusals
from vambe_mock.admin.mcp.calls import Json, Mock, Refused, Unanswered
from vambe_mock.contract import ledger
from vambe_mock.contract.operation import PATH, is_endpoint
from vambe_mock.contract.suggestions import did_you_mean
from vambe_mock.contract.vocabulary import UUID_PATTERN
from vambe_mock.datasets import complaints
from vambe_mock.datasets.complaints import shown

Arguments = Mapping[str, Any]
Run = Callable[[Mock, Arguments], Awaitable[Json]]

FEW: Final = 10
MOST: Final = 100
"""How many rows a result has, unless asked for more, and at most."""

CONTACT: Final = {"type": "string", "format": "uuid", "description": "The contact's id."}
QUERY: Final = {
    "type": "string",
    "description": "The query string as a client sends it, percent-encoded: days=30&limit=20",
}
ROWS: Final = {"type": "integer", "minimum": 0, "maximum": MOST, "default": FEW, "description": "Most rows to show."}
ACTION: Final = "What to do; the other arguments are for the actions that name them."


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool. ``takes`` is its input's properties, ``needs`` those that must be there; ``run`` gives JSON.

    ``only`` has the arguments that are for some actions alone; ``places`` the argument that is sent at a place of a
    request to the admin API.
    """

    name: str
    title: str
    about: str
    takes: Mapping[str, Json]
    run: Run
    needs: tuple[str, ...] = ()
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    read_only: bool = False
    destructive: bool = False
    open_world: bool = False

    async def __call__(self, mock: Mock, arguments: Arguments) -> Json:
        """Run it. Raises Refused, with one line about the arguments and a call that works."""
        try:
            self._judge(arguments)
            return await self.run(mock, arguments)
        except Unanswered:
            raise
        except Refused as refused:
            why = refusals.in_terms_of(self.places, str(refused))
        try:
            call = await refusals.example(mock, self.name, arguments)
        except Refused:
            call = None
        raise Refused(refusals.with_example(why, call))

    def _judge(self, arguments: Arguments) -> None:
        for name in arguments:
            if name not in self.takes:
                raise Refused(f"{self.name} takes no {name}{_guess(name, self.takes)}; wanted {_listed(self.takes)}")
        for name in self.needs:
            if name not in arguments:
                raise Refused(f"{self.name} needs {name}{_about(self.takes[name])}")
        for name, value in arguments.items():
            _fits(name, value, self.takes[name])
        action = arguments.get("action")
        for name, actions in self.only.items():
            if name in arguments and action not in actions:
                raise Refused(f"{action} takes no {name}; wanted it with {' or '.join(actions)} alone")


def _about(schema: Json) -> str:
    about = schema.get("description", "").rstrip(".")
    return f": {about}" if about else ""


def _guess(word: str, known: Mapping[str, Json]) -> str:
    guess = did_you_mean(word, known)
    return f" ({guess.strip()})" if guess else ""


def _listed(names: Mapping[str, Json]) -> str:
    return ", ".join(names) if names else "no argument"


_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,), "integer": (int,), "boolean": (bool,), "array": (list,), "object": (dict,),
    "number": (int, float),
}  # fmt: skip


def _fits(name: str, value: Json, wanted: Json) -> None:
    """Judge what the tool itself reads; what is in a model of the admin API is judged there."""
    kind = "object" if "$ref" in wanted else wanted.get("type")
    if kind in _TYPES and (not isinstance(value, _TYPES[kind]) or (kind != "boolean" and isinstance(value, bool))):
        raise Refused(f"{name}: {shown(value)}; wanted {'an' if kind[0] in 'aio' else 'a'} {kind}")
    if "enum" in wanted and value not in wanted["enum"]:
        raise Refused(f"{name}: {shown(value)}; wanted one of {', '.join(wanted['enum'])}")
    low, high = wanted.get("minimum"), wanted.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        raise Refused(f"{name}: {value}; wanted {low} to {high}")
    if kind in {"string", "array"} and len(value) < wanted.get(f"min{'Items' if kind == 'array' else 'Length'}", 0):
        raise Refused(f"{name}: {shown(value)}; wanted at least one{' character' if kind == 'string' else ''}")
    if wanted.get("format") == "uuid" and not re.match(UUID_PATTERN, value):
        raise Refused(f"{name}: {shown(value)}; wanted {complaints.wanted(('id',), '')}")
    if kind == "array" and "$ref" not in wanted["items"]:
        for place, one in enumerate(value):
            _fits(f"{name}[{place}]", one, wanted["items"])


def _part(value: Any) -> str:
    """A piece of a path."""
    return quote(str(value), safe="")


def _model(name: str, about: str = "") -> Json:
    """A model of the admin API's document; the server adds its definition."""
    return {"$ref": f"#/$defs/{name}", **({"description": about} if about else {})}


def _action(*names: str) -> Json:
    return {"type": "string", "enum": list(names), "description": ACTION}


def _need(arguments: Arguments, name: str, action: str) -> Any:
    if name not in arguments:
        raise Refused(f"{action} needs {name}")
    return arguments[name]


async def _rules(_mock: Mock, arguments: Arguments) -> Json:
    words = arguments.get("text", "").lower().split()
    grade = arguments.get("grade")
    found = [
        {"slug": slug, **{name.lower().replace(" ", "_"): text for name, text in lines.items() if name != "Shown by"}}
        for slug, lines in ledger.entries().items()
        if (grade is None or lines.get("Grade", "").startswith(grade))
        and all(word in f"{slug} {' '.join(lines.values())}".lower() for word in words)
    ]
    # A rule whose name has the words is meant before one that only mentions them.
    found.sort(key=lambda one: not all(word in one["slug"] for word in words))
    rows = arguments.get("rows", FEW)
    return {"count": len(found), "rules": found[:rows], "other_slugs": [one["slug"] for one in found[rows:]]}


async def _ask(mock: Mock, arguments: Arguments) -> Json:
    query = _query(arguments["query"].strip())
    contact = arguments.get("why")
    if contact is not None:
        await mock.admin("GET", f"/contacts/{_part(contact)}")  # refused before the request is sent
    answer = await mock.contacts(query)
    told: dict[str, Any] = {"status": answer.status}
    told |= {
        name: value for name, value in answer.headers.items() if name.startswith("x-mock-") or name == "retry-after"
    }
    body = _json(answer.body)
    if isinstance(body, list):
        told |= {"returned": len(body), "contacts": body[: arguments.get("rows", FEW)]}
    else:
        told["body"] = body
    record = await mock.admin("GET", "/requests", limit=1)
    if newest := [one for one in record["requests"] if query in one["target"]]:
        told |= {name: newest[0][name] for name in ("query", "ignored", "steps", "faults", "message", "hint")}
    if contact is not None:
        try:
            told["why"] = await mock.admin("GET", "/explain", contact=contact, query=query)
        except Refused as gone:  # by a trigger of this very request
            told["why"] = str(gone)
    return told


def _query(given: str) -> str:
    """The query string of what may be a whole URL or target. Raises Refused."""
    if given.startswith(("/", "http://", "https://")):
        path, _, given = given.partition("?")
        if not is_endpoint(urlsplit(path).path.encode()):
            raise Refused(f"query: {shown(path)} is another path; wanted a query of {PATH.decode()}")
    if not given.isascii() or not given.isprintable() or " " in given:
        encoded = quote(given, safe="%&=+,:;/?@!$'()*~")
        raise Refused(f"query: {shown(given)} is not percent-encoded; wanted {encoded}")
    return given.removeprefix("?")


def _json(body: bytes) -> Json:
    try:
        return json.loads(body)
    except ValueError:
        return body[:2_000].decode("utf-8", "replace")


async def _list(mock: Mock, arguments: Arguments) -> Json:
    if "id" in arguments:
        return await mock.admin("GET", f"/contacts/{_part(arguments['id'])}")
    told = await mock.admin(
        "GET", "/contacts", limit=max(arguments.get("rows", FEW), 1), offset=arguments.get("offset", 0)
    )
    return {**told, "pipelines": await mock.admin("GET", "/pipelines")} if arguments.get("pipelines") else told


async def _add(mock: Mock, arguments: Arguments) -> Json:
    made = await mock.admin("POST", "/contacts", arguments["contacts"])
    made = made if isinstance(made, list) else [made]
    return {"count": len(made), "contacts": made[:FEW]}


async def _change(mock: Mock, arguments: Arguments) -> Json:
    return await mock.admin("PATCH", f"/contacts/{_part(arguments['id'])}", arguments["fields"])


async def _delete(mock: Mock, arguments: Arguments) -> Json:
    return await mock.admin("DELETE", "/contacts", id=arguments["ids"])


async def _message(mock: Mock, arguments: Arguments) -> Json:
    return await mock.admin("POST", f"/contacts/{_part(arguments['id'])}/messages", arguments.get("message", {}))


async def _ticket(mock: Mock, arguments: Arguments) -> Json:
    method = {"open": "POST", "move": "PATCH", "close": "DELETE"}[arguments["action"]]
    stage = {"stage_id": arguments["stage_id"]} if "stage_id" in arguments else {}
    return await mock.admin(method, f"/contacts/{_part(arguments['id'])}/ticket", None if method == "DELETE" else stage)


async def _data(mock: Mock, arguments: Arguments) -> Json:
    action = arguments["action"]
    if action == "load":
        document = _need(arguments, "document", action)
        try:
            return await mock.admin("PUT", "/dataset", document, keep_timestamps=arguments.get("keep_timestamps"))
        except Unanswered:
            raise
        except Refused as refused:
            raise Refused(f"document: {refused}") from None
    if action == "reset":
        return await mock.admin("POST", "/reset")
    if action == "snapshots":
        return await mock.admin("GET", "/snapshots")
    name = _part(_need(arguments, "name", action))
    if action == "snapshot":
        return await mock.admin("PUT", f"/snapshots/{name}")
    if action == "remove":
        return await mock.admin("DELETE", f"/snapshots/{name}")
    return await mock.admin("POST", f"/snapshots/{name}/restore")


async def _clock(mock: Mock, arguments: Arguments) -> Json:
    action = arguments["action"]
    if action == "read":
        return await mock.admin("GET", "/clock")
    if action == "run":
        return await mock.admin("POST", "/clock/run")
    if action == "advance":
        return await mock.admin("POST", "/clock/advance", _need(arguments, "by", action))
    at = {"at": arguments["at"]} if "at" in arguments else {}
    return await mock.admin("POST", f"/clock/{action}", at)


def _rules_at(path: str, what: str) -> Run:
    """The tool of faults or of triggers, which are added, listed and removed alike."""

    async def run(mock: Mock, arguments: Arguments) -> Json:
        action = arguments["action"]
        if action == "add":
            return await mock.admin("POST", path, _need(arguments, what, action))
        if action == "remove":
            return await mock.admin("DELETE", f"{path}/{_part(_need(arguments, 'id', action))}")
        if action == "remove_all":
            return await mock.admin("DELETE", path)
        listed = await mock.admin("GET", path)
        return {"count": len(listed), path[1:]: listed[:MOST]}

    return run


MATCHED: Final = ("parameter", "without", "method", "status", "contains", "path")
_ALONE: Final = {
    "clear": ("rows", "exactly", "at_least", "wait", *MATCHED),
    "strangers": ("exactly", "at_least", "wait"),
}
"""What check_requests does not take beside an argument, because it would not heed it."""


async def _requests(mock: Mock, arguments: Arguments) -> Json:
    for one, others in _ALONE.items():
        for other in others:
            if arguments.get(one) and other in arguments:
                raise Refused(f"{one} takes no {other}; wanted one of them")
    query = {name: arguments[name] for name in MATCHED if name in arguments}
    path = "/requests/strangers" if arguments.get("strangers") else "/requests"
    if arguments.get("clear"):
        return await mock.admin("DELETE", path)
    if "exactly" in arguments or "at_least" in arguments:
        expected = {name: arguments[name] for name in ("exactly", "at_least") if name in arguments}
        return await mock.admin("GET", "/requests/count", timeout=arguments.get("wait"), **expected, **query)
    if "wait" in arguments:
        raise Refused("wait needs at_least: how many requests to wait for")
    return await mock.admin("GET", path, limit=arguments.get("rows", FEW), **query)


_TEXTS: Final = {"type": "array", "items": {"type": "string"}}
_OF_CONTACT: Final = {"path.contact_id": "id"}

TOOLS: Final = (
    Tool(
        "search_rules", "Search the rules",
        "Search the rules of the endpoint: what each one is, how well the vendor's documents support it (its grade), "
        "and why. Read it before you guess how the API behaves.",
        {
            "text": {"type": "string", "description": "Words that the rule contains; without them, all rules."},
            "grade": {"type": "string", "enum": ["documented", "reconciled", "inferred", "assumed", "observed", "ours"],
                      "description": "Only rules of this grade."},
            "rows": ROWS,
        },
        _rules, read_only=True,
    ),
    Tool(
        "ask_endpoint", "Ask the endpoint",
        "Send a query to GET /api/public/contacts as a client would, and get the status, how the query was read, how "
        "many contacts each filter left, and the first contacts. With why, also whether a contact is listed, and why. "
        "Faults apply, and the request is recorded.",
        {"query": QUERY, "why": {**CONTACT, "description": "A contact's id: is it listed, and why."}, "rows": ROWS},
        _ask, needs=("query",), places={"path.contact_id": "why", "query.contact": "why"},
    ),
    Tool(
        "list_contacts", "List contacts",
        "List the mock's contacts with their custom field values, which the endpoint does not show; or one by its id.",
        {
            "id": CONTACT, "rows": {**ROWS, "minimum": 1},
            "offset": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1, "description": "How many to skip."},
            "pipelines": {"type": "boolean", "description": "Also list the pipelines with their stages."},
        },
        _list, places={**_OF_CONTACT, "query.limit": "rows"}, read_only=True,
    ),
    Tool(
        "add_contacts", "Add contacts",
        "Add contacts; omitted fields get defaults. All of them or none.",
        {"contacts": {"type": "array", "items": _model("ContactDraft"), "description": "The contacts; [{}] adds one."}},
        _add, needs=("contacts",), places={"body": "contacts"},
    ),
    Tool(
        "change_contact", "Change a contact", "Change fields of a contact; updated_at becomes the mock's current time.",
        {"id": CONTACT, "fields": _model("ContactChange", "The fields with their new values.")}, _change,
        needs=("id", "fields"), places={**_OF_CONTACT, "body": "fields"}, destructive=True,
    ),
    Tool(
        "delete_contacts", "Delete contacts", "Delete contacts by their ids. All of them or none.",
        {"ids": {"type": "array", "items": CONTACT, "minItems": 1, "description": "The contacts' ids."}}, _delete,
        needs=("ids",), places={"query.id": "ids"}, destructive=True,
    ),
    Tool(
        "add_message", "Add a message",
        "Add a message from or to a contact: last_message_at and updated_at change, and its place in every list.",
        {"id": CONTACT, "message": _model("Message")}, _message,
        needs=("id",), places={**_OF_CONTACT, "body": "message"},
    ),
    Tool(
        "change_ticket", "Change a ticket", "Open a contact's ticket in a stage, move it to another, or close it.",
        {
            "action": _action("open", "move", "close"), "id": CONTACT,
            "stage_id": {"description": "open, move: the stage's id, or null; list_contacts shows them."},
        },
        _ticket, needs=("action", "id"), only={"stage_id": ("open", "move")},
        places={**_OF_CONTACT, "body.stage_id": "stage_id"}, destructive=True,
    ),
    Tool(
        "manage_data", "Load, snapshot, reset",
        "Load a whole data set, take or restore a snapshot of everything, or restore the initial data (reset).",
        {
            "action": _action("load", "snapshot", "restore", "remove", "snapshots", "reset"),
            "name": {"type": "string", "minLength": 1, "description": "snapshot, restore, remove: its name."},
            "document": {"type": "object", "description": "load: the document, as GET /__admin/dataset returns it."},
            "keep_timestamps": {"type": "boolean", "description": "load: do not shift the timestamps to now."},
        },
        _data, needs=("action",), destructive=True, places={"path.name": "name"},
        only={"name": ("snapshot", "restore", "remove"), "document": ("load",), "keep_timestamps": ("load",)},
    ),
    Tool(
        "set_clock", "Set the clock",
        "Read the mock's clock, freeze it, set it, move it, or resume it. The windows of days= follow it. Do not set "
        "it ahead of real time without need: some connectors then send no request.",
        {
            "action": _action("read", "freeze", "set", "advance", "run"),
            "at": {"type": "string", "description": "freeze, set: an instant such as 2026-01-31T09:30:00Z."},
            "by": _model("AdvanceClock", "advance: how far."),
        },
        _clock, needs=("action",), only={"at": ("freeze", "set"), "by": ("advance",)},
        places={"body.at": "at", "body": "by"},
    ),
    Tool(
        "manage_faults", "Break requests",
        "Make matching requests fail: a status, a rate limit, a redirect, wrong pages, a delay, a stall, a reset, "
        "a truncated, malformed or foreign body.",
        {
            "action": _action("add", "list", "remove", "remove_all"), "fault": _model("FaultRule", "add: the fault."),
            "id": {"type": "integer", "description": "remove: the fault's id."},
        },
        _rules_at("/faults", "fault"), needs=("action",), only={"fault": ("add",), "id": ("remove",)},
        places={"body": "fault", "path.fault_id": "id"}, destructive=True,
    ),
    Tool(
        "manage_triggers", "Change data between requests",
        "Change data at the n-th matching request, for instance between page 1 and page 2 of a sync.",
        {
            "action": _action("add", "list", "remove", "remove_all"),
            "trigger": _model("TriggerRule", "add: the trigger."),
            "id": {"type": "integer", "description": "remove: the trigger's id."},
        },
        _rules_at("/triggers", "trigger"), needs=("action",), only={"trigger": ("add",), "id": ("remove",)},
        places={"body": "trigger", "path.trigger_id": "id"}, destructive=True,
    ),
    Tool(
        "check_requests", "List and verify requests",
        "List the requests that the mock has received, newest first; or, with exactly or at_least, check that "
        "as many arrived as expected (and wait for them); or clear the record.",
        {
            "parameter": {**_TEXTS, "description": "Only requests with these parameters: name=value or name."},
            "without": {**_TEXTS, "description": "Only requests without these parameters."},
            "method": {"type": "string", "description": "Only this method."},
            "status": {"type": "integer", "description": "Only requests answered with this status."},
            "contains": {"type": "string", "description": "Only requests whose target contains this text."},
            "path": {"type": "string", "description": "Only requests to this path, a pattern such as */pipeline; "
                     "without it, those to the contacts endpoint."},
            "exactly": {"type": "integer", "minimum": 0, "maximum": 10**9, "description": "How many are expected."},
            "at_least": {"type": "integer", "minimum": 0, "maximum": 10**9, "description": "How many are expected."},
            "wait": {"type": "number", "minimum": 0, "maximum": 15, "description": "Seconds to wait for them."},
            "strangers": {"type": "boolean", "description": "List requests without a valid key or to unknown paths."},
            "clear": {"type": "boolean", "description": "Delete all requests from the record."},
            "rows": {**ROWS, "minimum": 1},
        },
        _requests, places={"query.limit": "rows", "query.timeout": "wait", "query": ""},
    ),
)  # fmt: skip
"""Thirteen tools; over stdio there are three more, which run commands of this machine."""
