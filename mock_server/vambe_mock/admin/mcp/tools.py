"""What an agent can do: one table of tools, each a name, what it says of itself, what it takes and what it does.

A tool's input is described with the admin API's own models, and the admin API judges it; here only the names are
looked at, so that a refusal is the same line that any other client gets.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from vambe_mock.admin.mcp.calls import Json, Mock, Refused
from vambe_mock.contract import ledger
from vambe_mock.contract.suggestions import did_you_mean

Arguments = Mapping[str, Any]
Run = Callable[[Mock, Arguments], Awaitable[Json]]

FEW: Final = 10
MOST: Final = 100
"""How many rows a result has, unless asked for more, and at most."""

CONTACT: Final = {"type": "string", "description": "The contact's id."}
QUERY: Final = {
    "type": "string",
    "description": "The query string as a client sends it, percent-encoded, e.g. days=30&limit=20",
}
ROWS: Final = {"type": "integer", "minimum": 0, "maximum": MOST, "default": FEW, "description": "Most rows to show."}
ACTION: Final = "What to do; the other arguments are for the actions that name them."


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool. ``takes`` is its input's properties, ``needs`` those that must be there; ``run`` gives JSON."""

    name: str
    title: str
    about: str
    takes: Mapping[str, Json]
    run: Run
    needs: tuple[str, ...] = ()
    read_only: bool = False
    destructive: bool = False
    open_world: bool = False

    async def __call__(self, mock: Mock, arguments: Arguments) -> Json:
        """Run it. Raises Refused, with one line."""
        for name in arguments:
            if name not in self.takes:
                raise Refused(f"{self.name} takes no {name}{_guess(name, self.takes)}; wanted {_listed(self.takes)}")
        for name in self.needs:
            if name not in arguments:
                raise Refused(f"{self.name} needs {name}: {self.takes[name].get('description', 'see the schema')}")
        for name, value in arguments.items():
            _fits(name, value, self.takes[name])
        return await self.run(mock, arguments)


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
    """Judge what the tool itself reads; what has a model of the admin API is judged there."""
    kind = wanted.get("type")
    if kind in _TYPES and (not isinstance(value, _TYPES[kind]) or (kind != "boolean" and isinstance(value, bool))):
        raise Refused(f"{name} is {value!r:.60}; wanted {'an' if kind[0] in 'aio' else 'a'} {kind}")
    if "enum" in wanted and value not in wanted["enum"]:
        raise Refused(f"{name} is {value!r:.60}; wanted one of {', '.join(wanted['enum'])}")
    low, high = wanted.get("minimum"), wanted.get("maximum")
    if (low is not None and value < low) or (high is not None and value > high):
        raise Refused(f"{name} is {value}; wanted {low} to {high}")


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
    query = arguments["query"].strip().partition("?")[2] or arguments["query"].strip()
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
        told |= {name: newest[0][name] for name in ("query", "ignored", "steps", "faults", "message")}
    if contact := arguments.get("why"):
        told["why"] = await mock.admin("GET", "/explain", contact=contact, query=query)
    return told


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
        return await mock.admin("PUT", "/dataset", document, keep_timestamps=arguments.get("keep_timestamps"))
    if action == "reset":
        return await mock.admin("POST", "/reset")
    if action == "snapshots":
        return await mock.admin("GET", "/snapshots")
    name = _need(arguments, "name", action)
    if action == "snapshot":
        return await mock.admin("PUT", f"/snapshots/{_part(name)}")
    return await mock.admin("POST", f"/snapshots/{_part(name)}/restore")


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


MATCHED: Final = ("parameter", "without", "method", "status", "contains")


async def _requests(mock: Mock, arguments: Arguments) -> Json:
    query = {name: arguments[name] for name in MATCHED if name in arguments}
    if arguments.get("clear"):
        return await mock.admin("DELETE", "/requests")
    if "exactly" in arguments or "at_least" in arguments:
        expected = {name: arguments[name] for name in ("exactly", "at_least") if name in arguments}
        return await mock.admin("GET", "/requests/count", timeout=arguments.get("wait"), **expected, **query)
    path = "/requests/strangers" if arguments.get("strangers") else "/requests"
    return await mock.admin("GET", path, limit=arguments.get("rows", FEW), **query)


_TEXTS: Final = {"type": "array", "items": {"type": "string"}}

TOOLS: Final = (
    Tool(
        "search_rules", "Search the rules",
        "Search the ledger: what each rule of the endpoint is, how well the vendor's documents support it (its grade), "
        "and why. Read it before you guess how the API behaves.",
        {
            "text": {"type": "string", "description": "Words that the rule has; none: all rules."},
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
        "Faults apply, and the request is in the record.",
        {"query": QUERY, "why": {**CONTACT, "description": "A contact's id: is it listed, and why."}, "rows": ROWS},
        _ask, needs=("query",), open_world=False,
    ),
    Tool(
        "list_contacts", "List contacts",
        "List the mock's contacts with their custom field values, which the endpoint does not show; or one by its id.",
        {
            "id": CONTACT, "rows": {**ROWS, "minimum": 1},
            "offset": {"type": "integer", "minimum": 0, "maximum": 2**53 - 1, "description": "How many to pass over."},
            "pipelines": {"type": "boolean", "description": "Also the pipelines with their stages."},
        },
        _list, read_only=True,
    ),
    Tool(
        "add_contacts", "Add contacts",
        "Add contacts; what a contact does not say is filled in. All of them or none.",
        {"contacts": {"type": "array", "items": _model("ContactDraft"), "description": "The contacts; [{}] adds one."}},
        _add, needs=("contacts",),
    ),
    Tool(
        "change_contact", "Change a contact", "Change fields of a contact; updated_at becomes the mock's now.",
        {"id": CONTACT, "fields": _model("ContactChange")}, _change, needs=("id", "fields"), destructive=True,
    ),
    Tool(
        "delete_contacts", "Delete contacts", "Delete contacts by their ids. All of them or none.",
        {"ids": {**_TEXTS, "description": "The contacts' ids."}}, _delete, needs=("ids",), destructive=True,
    ),
    Tool(
        "add_message", "Add a message",
        "A message from or to a contact: last_message_at and updated_at change, and so does its place in every list.",
        {"id": CONTACT, "message": _model("Message")}, _message, needs=("id",),
    ),
    Tool(
        "change_ticket", "Change a ticket", "Open a contact's ticket in a stage, move it to another, or close it.",
        {
            "action": _action("open", "move", "close"), "id": CONTACT,
            "stage_id": {"description": "open, move: the stage's id, or null; list_contacts tells them."},
        },
        _ticket, needs=("action", "id"), destructive=True,
    ),
    Tool(
        "manage_data", "Load, snapshot, reset",
        "Load a whole data set, take or restore a snapshot of everything, or go back to the start (reset).",
        {
            "action": _action("load", "snapshot", "restore", "snapshots", "reset"),
            "name": {"type": "string", "description": "snapshot, restore: the snapshot's name."},
            "document": {"type": "object", "description": "load: the document, as GET /__admin/dataset shows it."},
            "keep_timestamps": {"type": "boolean", "description": "load: do not move the timestamps up to now."},
        },
        _data, needs=("action",), destructive=True,
    ),
    Tool(
        "set_clock", "Set the clock",
        "Read the mock's clock, freeze it, set it, move it, or let it run. The windows of days= follow it. Do not set "
        "it ahead of real time without need: some connectors ask nothing then.",
        {
            "action": _action("read", "freeze", "set", "advance", "run"),
            "at": {"type": "string", "description": "freeze, set: an instant such as 2026-01-31T09:30:00Z."},
            "by": _model("AdvanceClock", "advance: how far."),
        },
        _clock, needs=("action",),
    ),
    Tool(
        "manage_faults", "Break requests",
        "Make matching requests fail: a status, a rate limit, a redirect, wrong pages, a delay, a stall, a reset, "
        "a cut, broken or foreign body.",
        {
            "action": _action("add", "list", "remove", "remove_all"), "fault": _model("FaultRule", "add: the fault."),
            "id": {"type": "integer", "description": "remove: the fault's id."},
        },
        _rules_at("/faults", "fault"), needs=("action",), destructive=True,
    ),
    Tool(
        "manage_triggers", "Change data between requests",
        "Have data change at the n-th matching request, for instance between page 1 and page 2 of a sync.",
        {
            "action": _action("add", "list", "remove", "remove_all"),
            "trigger": _model("TriggerRule", "add: the trigger."),
            "id": {"type": "integer", "description": "remove: the trigger's id."},
        },
        _rules_at("/triggers", "trigger"), needs=("action",), destructive=True,
    ),
    Tool(
        "check_requests", "Look at requests, verify them",
        "List the requests that the mock has received, newest first; or, with exactly or at_least, tell whether as "
        "many came as expected (and wait for them); or clear the record.",
        {
            "parameter": {**_TEXTS, "description": "Only requests with these parameters: name=value or name."},
            "without": {**_TEXTS, "description": "Only requests without these parameters."},
            "method": {"type": "string", "description": "Only this method."},
            "status": {"type": "integer", "description": "Only requests answered with this status."},
            "contains": {"type": "string", "description": "Only requests whose target has this text."},
            "exactly": {"type": "integer", "minimum": 0, "maximum": 10**9, "description": "How many are expected."},
            "at_least": {"type": "integer", "minimum": 0, "maximum": 10**9, "description": "How many are expected."},
            "wait": {"type": "number", "minimum": 0, "maximum": 15, "description": "Seconds to wait for them."},
            "strangers": {"type": "boolean", "description": "The requests without a valid key or to unknown paths."},
            "clear": {"type": "boolean", "description": "Forget all requests of the record."},
            "rows": ROWS,
        },
        _requests,
    ),
)  # fmt: skip
"""Thirteen tools; over stdio there are three more, which run commands of this machine."""
