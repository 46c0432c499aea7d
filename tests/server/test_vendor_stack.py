"""The server answers as the vendor's stack does: every row of ``vendor_stack/answers.ndjson``, asked of our own server.

The rows are what a real application on that stack answered (NestJS 11, Express 5, nestjs-zod, zod 4; see
``vendor_stack/README.md``); no expectation here is made by the code under test. The rows go out over a raw socket, so
that no client tidies them. Only ``vendor_stack/departures.json`` excuses a row, and an excuse that is no longer needed
is a failure too.
"""

import json
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import uvicorn
import yaml

from vambe_mock.contract.dialect import USUAL, Dialect
from vambe_mock.contract.query import ContactsQuery, parse
from vambe_mock.contract.refusals import Refusal
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server import docs
from vambe_mock.server.app import create_app
from vambe_mock.server.process import _config
from vambe_mock.server.settings import Settings

FOLDER: Final = Path(__file__).parents[1] / "vendor_stack"
KEY: Final = "test-key"
JSON: Final = "application/json; charset=utf-8"

Row = dict[str, Any]

ROWS: Final[list[Row]] = [
    json.loads(line) for line in (FOLDER / "answers.ndjson").read_text("utf-8").rstrip("\n").split("\n")[1:]
]
NEWER: Final[list[Row]] = [
    json.loads(line) for line in (FOLDER / "nest12" / "answers.ndjson").read_text("utf-8").rstrip("\n").split("\n")
]
"""What NestJS 12, Express 5.3 and zod 4.6 answer otherwise; the first row is about the recording."""
DEPARTURES: Final[list[dict[str, Any]]] = json.loads((FOLDER / "departures.json").read_text("utf-8"))
EXCUSED: Final = {name: departure["slug"] for departure in DEPARTURES for name in departure["cases"]}


class Answer(NamedTuple):
    """What our server answered, and the reading of the query that it answered with (None: it read none)."""

    status: int
    headers: dict[str, str]
    body: str
    reading: ContactsQuery | None


def has_issues(row: Row) -> bool:
    """Whether the row's body is the refusal of a single value, which is the same to the byte."""
    return row["status"] == 400 and '"Validation failed"' in row.get("body", "")


def is_free_text(row: Row) -> bool:
    """Whether the row's message is a text of the recorded application's own, so that only its shape counts."""
    return row["content_type"] is not None and row["status"] in {400, 401} and not has_issues(row)


# What a row is about, by the words that its name begins with.
SUBJECTS: Final = {
    "days as a number": ("days:",),
    "limit as a number": ("limit:",),
    "offset as a number": ("offset:",),
    "timestamps": ("created_after:", "updated_after:"),
    "UUIDs": ("stage_id:", "pipeline_id:"),
    "texts and their decoding": ("custom_field_key:", "custom_field_value:"),
    "entity_type": ('entity_type "',),
    "unknown names": ("unknown name",),
    "paths": ("path ", "an unknown path", "an empty query", "absolute form", "two question marks"),
    "methods": tuple({f"{row['method']} " for row in ROWS}),
    "keys": ("key ",),
    "queries by chance": ("by chance ",),
}
OTHERS: Final = "repeated names, several faults, separators, broken requests"


def subject(row: Row) -> str:
    """The subject of *row*, from ``SUBJECTS``, or ``OTHERS``."""
    return next((about for about, words in SUBJECTS.items() if row["case"].startswith(words)), OTHERS)


def ask(port: int, row: Row) -> tuple[int, dict[str, str], str]:
    """Send *row* as its bytes stand; its status, headers (names in lower case) and body come back."""
    headers = [["Host", "localhost"], *row.get("headers", [["x-api-key", KEY]]), ["Connection", "close"]]
    head = [f"{row['method']} {row['target']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1"))
        raw = b"".join(iter(lambda: connection.recv(65_536), b""))
    top, _, body = raw.partition(b"\r\n\r\n")
    status, *lines = top.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(status.split()[1]), fields, body.decode("utf-8")


@pytest.fixture(scope="module")
def port(readings: list[ContactsQuery]) -> Iterator[int]:
    """A running server without contacts, where every custom field that a row asks for is defined as a text."""
    del readings
    keys = {row["query"]["custom_field_key"] for row in ROWS if "custom_field_key" in row.get("query", {})}
    fields = [{"key": key, "type": "text", "entities": ["customer", "ticket"]} for key in sorted(keys)]
    document = {
        "format": "vambe-mock/1",
        "anchor": "2026-01-31T09:30:00.000Z",
        "client_id": "123e4567-e89b-12d3-a456-426614174000",
        "custom_fields": fields,
        "contacts": [],
    }
    settings = Settings(api_key=(KEY,), quiet=True, neighbours=False).checked()
    server = uvicorn.Server(_config(create_app(from_document(document), settings), settings))
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def readings() -> Iterator[list[ContactsQuery]]:
    """Every reading that the endpoint makes of a query, in the order of the requests."""
    seen: list[ContactsQuery] = []

    def noting(*args: Any, **more: Any) -> ContactsQuery:
        seen.append(parse(*args, **more))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vambe_mock.server.endpoint.contacts.parse", noting)
        patch.setattr("vambe_mock.contract.repeated.LONGEST", -1)  # read each one anew
        yield seen


@pytest.fixture(scope="module")
def answers(port: int, readings: list[ContactsQuery]) -> dict[str, Answer]:
    """Our server's answer to every row, by the row's name."""
    found = {}
    for row in ROWS:
        readings.clear()
        status, headers, body = ask(port, row)
        found[row["case"]] = Answer(status, headers, body, readings[0] if readings else None)
    return found


def as_recorded(query: ContactsQuery | None) -> dict[str, Any] | None:
    """*query* in the words of a row: only what was sent, entity_type only where a custom field makes it visible."""
    if query is None:
        return None
    names = ("days", "created_after", "updated_after", "limit", "stage_id", "pipeline_id")
    sent = {name: getattr(query, name) for name in names if getattr(query, name) is not None}
    sent["offset"] = query.offset
    if query.custom_field is not None:
        entities = [entity for entity, _ in query.custom_field.readings]
        (value, *_) = [reading for _, reading in query.custom_field.readings]
        sent |= {"custom_field_key": query.custom_field.key, "custom_field_value": value}
        sent |= {"entity_type": entities[0]} if len(entities) == 1 else {}
    return sent


def wanted_reading(query: dict[str, Any]) -> dict[str, Any]:
    """The recorded *query*, with what our reading does not keep apart: ids in lower case, an offset not sent is 0."""
    wanted = {"offset": 0, **query}
    wanted |= {name: wanted[name].lower() for name in ("stage_id", "pipeline_id") if name in wanted}
    if "custom_field_key" not in wanted:
        wanted.pop("entity_type", None)
    return wanted


def differences(row: Row, answer: Answer) -> list[str]:
    """Where *answer* is not what the stack answered to *row*; nothing when they are the same."""
    if answer.status != row["status"]:
        return [f"status {answer.status}, wanted {row['status']}"]
    if row["content_type"] is None:
        return [] if answer.body == "" else [f"body {answer.body[:80]!r}, wanted none"]
    found = []
    if answer.headers.get("content-type") != row["content_type"]:
        found.append(f"content-type {answer.headers.get('content-type')}, wanted {row['content_type']}")
    return found + (_head(row, answer) if row["method"] == "HEAD" else _body(row, answer))


def _head(row: Row, answer: Answer) -> list[str]:
    """A HEAD's answer has no body; its length is that of the body it stands for, where that body is the vendor's."""
    found = [] if answer.body == "" else [f"body {answer.body[:80]!r}, wanted none"]
    length = answer.headers.get("content-length")
    if row["status"] == 404 and length != str(row["content_length"]):
        found.append(f"content-length {length}, wanted {row['content_length']}")
    return found


def _body(row: Row, answer: Answer) -> list[str]:
    if "query" in row:
        wanted, got = wanted_reading(row["query"]), as_recorded(answer.reading)
        return [] if wanted == got else [f"read {got}, wanted {wanted}"]
    if is_free_text(row):
        wanted, got = ({**json.loads(text), "message": "…"} for text in (row["body"], answer.body))
        return [] if list(wanted.items()) == list(got.items()) else [f"shape {answer.body}, wanted {row['body']}"]
    return [] if answer.body == row["body"] else [f"body {answer.body}, wanted {row['body']}"]


@pytest.mark.parametrize("about", [*SUBJECTS, OTHERS])
def test_the_server_answers_as_the_stack_does(about: str, answers: dict[str, Answer]) -> None:
    """Status, content type, body bytes and the reading of each value are those of the vendor's stack."""
    rows = [row for row in ROWS if subject(row) == about and row["case"] not in EXCUSED]
    assert len(rows) > 20
    wrong = [f"{row['case']}: {what}" for row in rows for what in differences(row, answers[row["case"]])]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("departure", DEPARTURES, ids=lambda departure: departure["slug"])
def test_each_departure_is_one(departure: dict[str, Any], answers: dict[str, Answer]) -> None:
    """A row is excused only while our server does answer otherwise, and then without a 5xx (`target-as-seen`)."""
    rows = {row["case"]: row for row in ROWS}
    for name in departure["cases"]:
        assert differences(rows[name], answers[name]) != [], name
        assert answers[name].status < 500, name


def test_our_document_is_the_one_this_stack_writes() -> None:
    """openapi.yaml's parameters are, but for descriptions, those of the stack's own document, key order included."""
    document = yaml.safe_load((FOLDER.parents[1] / "openapi.yaml").read_text("utf-8"))
    ours = document["paths"]["/api/public/contacts"]["get"]
    stacks = json.loads((FOLDER / "document.json").read_text("utf-8"))
    own_words = ("description", "x-decision")
    parameters = [{key: one[key] for key in one if key not in own_words} for one in ours["parameters"]]
    assert ours["operationId"] == stacks["operationId"]
    assert json.dumps(parameters) == json.dumps(stacks["parameters"])


def parsed(row: Row, dialect: Dialect) -> ContactsQuery | bytes:
    """What the endpoint reads in the query of *row*, or the body of its refusal."""
    try:
        return parse(row["target"].partition("?")[2].encode("latin-1"), {}, dialect)
    except Refusal as refusal:
        return refusal.body


def test_seconds_required_answers_as_the_newer_stack() -> None:
    """With --seconds-required, each refusal is zod 4.6's to the byte (`timestamp-syntax`, `seconds-required`)."""
    rows = NEWER[1:]
    assert {row["status"] for row in rows} == {400}
    wrong = [row["case"] for row in rows if parsed(row, Dialect(seconds_required=True)) != row["body"].encode()]
    assert wrong == []
    assert all(parsed(row, USUAL) != row["body"].encode() for row in rows)


def test_seconds_required_changes_nothing_else() -> None:
    """A query that both stacks answer alike is read alike, or refused alike, with and without --seconds-required."""
    differing = {row["case"] for row in NEWER[1:]}
    alike = [row for row in ROWS if row["case"] not in differing and row["target"].isascii()]
    assert len(alike) > 2_500
    wrong = [row["case"] for row in alike if parsed(row, Dialect(seconds_required=True)) != parsed(row, USUAL)]
    assert wrong == []


def test_seconds_required_serves_the_newer_stacks_document() -> None:
    """With --seconds-required, the served parameters are the newer stack's own (`timestamp-syntax`)."""
    stacks = json.loads((FOLDER / "nest12" / "document.json").read_text("utf-8"))
    served = docs.served_document("http://mock", seconds_required=True)
    assert yaml.safe_load(docs.served_text("http://mock", seconds_required=True)) == served
    own_words = ("description", "x-decision")
    parameters = served["paths"]["/api/public/contacts"]["get"]["parameters"]
    assert [{key: one[key] for key in one if key not in own_words} for one in parameters] == stacks["parameters"]
    assert docs.served_document("http://mock") != served


def test_the_recording_is_whole() -> None:
    """The file has as many rows as its first line says, and every row has a name of its own."""
    about = json.loads((FOLDER / "answers.ndjson").read_text("utf-8").split("\n", 1)[0])
    assert len(ROWS) == about["by_hand"] + about["by_chance"]
    assert len({row["case"] for row in ROWS}) == len(ROWS)
    assert set(EXCUSED) <= {row["case"] for row in ROWS}
    newer = {key: NEWER[0][key] for key in ("seed", "by_hand", "by_chance")}
    assert newer == {key: about[key] for key in newer}
    assert len(NEWER) == 1 + NEWER[0]["differ"] == 1 + len({row["case"] for row in NEWER[1:]})
