"""openapi.yaml says what the vendor's document says, in other words, and marks each place where it says more.

The vendor's page is not in this repository. ``VENDOR`` is a copy of its facts, made by hand: an oracle of its
own, with nothing in it that was derived from openapi.yaml.
"""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import pytest
import yaml
from openapi_schema_validator import OAS30Validator

from servers import Server

DOCUMENT: Final = Path(__file__).parents[2] / "openapi.yaml"
OPERATION: Final = ("paths", "/api/public/contacts", "get")

UUID: Final = (
    "^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-8][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}"
    "|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$"
)
LEAP_DAY: Final = r"(?:\d\d[2468][048]|\d\d[13579][26]|\d\d0[48]|[02468][048]00|[13579][26]00)-02-29"
LONG_MONTH: Final = r"(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])"
SHORT_MONTH: Final = r"(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
FEBRUARY: Final = r"(?:02)-(?:0[1-9]|1\d|2[0-8])"
TIME: Final = r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|([+-](?:[01]\d|2[0-3]):[0-5]\d))"
DATETIME: Final = rf"^(?:{LEAP_DAY}|\d{{4}}-(?:{LONG_MONTH}|{SHORT_MONTH}|{FEBRUARY}))T(?:{TIME})$"

AN_ID: Final = "123e4567-e89b-12d3-a456-426614174000"
AN_INSTANT: Final = "2024-01-15T10:00:00.000Z"


def _query(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "required": False, "in": "query", "schema": schema}


# Keyword order is the order of the vendor's keys.
PARAMETERS: Final = [
    _query("days", minimum=1, maximum=365, example=30, type="number"),
    _query("created_after", format="date-time", pattern=DATETIME, example=AN_INSTANT, type="string"),
    _query("updated_after", format="date-time", pattern=DATETIME, example=AN_INSTANT, type="string"),
    _query("limit", minimum=1, maximum=1000, example=100, type="number"),
    _query("offset", minimum=0, maximum=9007199254740991, example=0, type="number"),
    _query("stage_id", format="uuid", pattern=UUID, example=AN_ID, type="string"),
    _query("pipeline_id", format="uuid", pattern=UUID, example=AN_ID, type="string"),
    _query("custom_field_key", minLength=1, example="status", type="string"),
    _query("custom_field_value", minLength=1, example="Active", type="string"),
    _query("entity_type", enum=["ticket", "customer"], type="string"),
    {"name": "x-api-key", "in": "header", "required": True, "schema": {"type": "string"}},
]

FIELDS: Final[dict[str, dict[str, Any]]] = {
    "id": {"type": "string", "example": "df980fc8-b6db-4820-bf22-2969482d106d"},
    "name": {"type": "string", "example": "John Doe"},
    "phone": {"type": "string", "example": "+56912345678"},
    "email": {"type": "string", "example": "john@example.com"},
    "platform": {"type": "string", "example": "whatsapp"},
    "last_message_at": {"type": "string", "example": "2024-09-30T10:00:00.000Z"},
    "chat_status": {"type": "string", "example": "ATTENDED"},
    "created_at": {"type": "string", "example": AN_INSTANT},
    "updated_at": {"type": "string", "example": "2024-01-16T09:30:00.000Z"},
    "client_id": {"type": "string", "example": AN_ID},
    "ai_customer_id": {"type": "string", "nullable": True, "example": AN_ID},
    "default_stage_id": {"type": "string", "nullable": True, "example": AN_ID},
    "blocked": {"type": "boolean", "example": False},
    "is_chat_read": {"type": "boolean", "example": True},
    "active_ticket_v2": {
        "type": "object",
        "nullable": True,
        "properties": {
            "id": {"type": "string", "example": AN_ID},
            "current_stage_id": {"type": "string", "nullable": True, "example": AN_ID},
        },
    },
}

VENDOR: Final = {
    "openapi": "3.0.0",
    "info": {"title": "Vambe AI API", "version": "1.0", "contact": {}},
    "servers": [{"url": "https://api.vambe.me"}],
    "security": [],
    "tags": [{"name": "Vambe AI"}],
    "paths": {
        "/api/public/contacts": {
            "get": {
                "tags": ["Contact"],
                "summary": "Get contacts by time filters",
                "operationId": "PublicContactsController_getContacts",
                "parameters": PARAMETERS,
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"type": "object", "properties": FIELDS}}
                            }
                        }
                    },
                    "400": {},
                    "401": {},
                },
            }
        }
    },
}

DEPARTURES: Final = {
    "200 phone": "nullable-fields",
    "200 email": "nullable-fields",
    "200 last_message_at": "nullable-fields",
    "400": "invalid-parameters",
    "401": "unauthorized",
    "500": "server-error",
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """openapi.yaml, parsed."""
    parsed: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return parsed


@pytest.fixture(scope="module")
def responses(document: dict[str, Any]) -> dict[str, Any]:
    """What the operation may answer, by status code."""
    found: dict[str, Any] = _operation(document)["responses"]
    return found


def _operation(document: dict[str, Any]) -> dict[str, Any]:
    paths, path, method = OPERATION
    operation: dict[str, Any] = document[paths][path][method]
    return operation


def _fields(responses: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = responses["200"]["content"]["application/json"]["schema"]["items"]["properties"]
    return fields


def _without_descriptions(node: Any) -> Any:
    if isinstance(node, list):
        return [_without_descriptions(member) for member in node]
    if isinstance(node, dict):
        return {key: _without_descriptions(member) for key, member in node.items() if key != "description"}
    return node


def _without_departures(document: dict[str, Any]) -> Any:
    """Take away what a place with ``x-decision`` may add, and nothing else: a null, a body, a 500."""
    copy = _without_descriptions(document)
    responses = _operation(copy)["responses"]
    for field in _fields(responses).values():
        if field.pop("x-decision", None):
            del field["nullable"]
    for response in responses.values():
        if response.pop("x-decision", None):
            del response["content"]
    if responses["500"] == {}:
        del responses["500"]
    return copy


def _written(node: Any) -> str:
    """*node* as text that keeps the order of keys."""
    return json.dumps(node, indent=1)


def test_document_is_valid_openapi_3_0(document: dict[str, Any]) -> None:
    """The document is OpenAPI 3.0 by the specification's own schema, and its version says so."""
    from openapi_spec_validator import OpenAPIV30SpecValidator

    assert document["openapi"] == "3.0.0"
    assert list(OpenAPIV30SpecValidator(document).iter_errors()) == []


def test_parameters_stand_in_the_vendors_order(document: dict[str, Any]) -> None:
    """The eleven parameters stand in the order in which the vendor lists them, the key last."""
    assert [parameter["name"] for parameter in _operation(document)["parameters"]] == [
        "days",
        "created_after",
        "updated_after",
        "limit",
        "offset",
        "stage_id",
        "pipeline_id",
        "custom_field_key",
        "custom_field_value",
        "entity_type",
        "x-api-key",
    ]


@pytest.mark.parametrize("vendor", PARAMETERS, ids=lambda vendor: vendor["name"])
def test_parameter_is_the_vendors(document: dict[str, Any], vendor: dict[str, Any]) -> None:
    """A parameter has the vendor's constraints, pattern, enum, format and example, in the vendor's order."""
    ours = {parameter["name"]: parameter for parameter in _operation(document)["parameters"]}
    assert _written(_without_descriptions(ours[vendor["name"]])) == _written(vendor)


def test_document_is_the_vendors_but_for_marked_departures(document: dict[str, Any]) -> None:
    """Without descriptions and marked departures, the document is the vendor's, key for key, in its order."""
    assert _written(_without_departures(document)) == _written(VENDOR)


def test_departures_are_marked_with_their_decision(responses: dict[str, Any]) -> None:
    """Just the known places depart from the vendor, each marked with the slug of the decision."""
    marked = {f"200 {name}": field["x-decision"] for name, field in _fields(responses).items() if "x-decision" in field}
    marked |= {status: answer["x-decision"] for status, answer in responses.items() if "x-decision" in answer}
    assert marked == DEPARTURES


def test_every_description_says_something(document: dict[str, Any]) -> None:
    """Each parameter and each answer is described in a sentence."""
    described = [*_operation(document)["parameters"], *_operation(document)["responses"].values()]
    assert [node for node in described if not node["description"].endswith(".")] == []


def test_contact_fields_that_may_be_null_say_so(responses: dict[str, Any]) -> None:
    """The seven fields that may be null are nullable in the document, no others are (`nullable-fields`)."""
    fields = _fields(responses)
    nullable = {name for name, field in fields.items() if field.get("nullable")}
    nullable |= {
        f"active_ticket_v2.{name}"
        for name, field in fields["active_ticket_v2"]["properties"].items()
        if field.get("nullable")
    }
    assert nullable == {
        "phone",
        "email",
        "last_message_at",
        "ai_customer_id",
        "default_stage_id",
        "active_ticket_v2",
        "active_ticket_v2.current_stage_id",
    }


ISSUES: Final = (
    '{"origin":"number","code":"too_big","maximum":365,"inclusive":true,"path":["days"],'
    '"message":"Too big: expected number to be <=365"},'
    '{"expected":"int","format":"safeint","code":"invalid_type","path":["limit"],'
    '"message":"Invalid input: expected int, received number"}'
)
NO_FILTER: Final = (
    '{"message":"At least one of days, created_after or updated_after is required, for example days=30",'
    '"error":"Bad Request","statusCode":400}'
)


class Refusal(NamedTuple):
    """A documented refusal: its example, its body as it goes out, and a question that meets with it, if any does."""

    status: int
    example: str
    body: str
    question: str | None
    key: str | None = "right"


REFUSALS: Final = [
    Refusal(
        400,
        "invalid-parameters",
        f'{{"statusCode":400,"message":"Validation failed","errors":[{ISSUES}]}}',
        "?days=366&limit=1.5",
    ),
    Refusal(400, "refused-by-rule", NO_FILTER, ""),
    Refusal(
        401,
        "no-key",
        '{"message":"Missing API key","error":"Unauthorized","statusCode":401}',
        "?days=30",
        key=None,
    ),
    Refusal(
        401,
        "unknown-key",
        '{"message":"Invalid API key","error":"Unauthorized","statusCode":401}',
        "?days=30",
        key="nobody's",
    ),
    Refusal(500, "broken", '{"statusCode":500,"message":"Internal server error"}', None),
]
ASKABLE: Final = [refusal for refusal in REFUSALS if refusal.question is not None]


def _body(responses: dict[str, Any], refusal: Refusal) -> dict[str, Any]:
    """What the document says of the body of a refusal's status."""
    body: dict[str, Any] = responses[str(refusal.status)]["content"]["application/json"]
    return body


def test_every_example_of_a_refusal_is_known(responses: dict[str, Any]) -> None:
    """The document shows just the refusals that the tests below look at."""
    shown = [
        (int(status), example)
        for status, answer in responses.items()
        for example in answer["content"]["application/json"].get("examples", {})
    ]
    assert shown == [(refusal.status, refusal.example) for refusal in REFUSALS]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.example)
def test_refusal_has_its_body_as_an_example(responses: dict[str, Any], refusal: Refusal) -> None:
    """The example of a refusal is its body with the keys in their order."""
    example = _body(responses, refusal)["examples"][refusal.example]["value"]
    assert json.dumps(example, separators=(",", ":")) == refusal.body


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.example)
def test_example_of_a_refusal_fits_one_schema(responses: dict[str, Any], refusal: Refusal) -> None:
    """A refusal's example fits the schema of its status; where there are two, it fits just one."""
    schema = _body(responses, refusal)["schema"]
    assert list(OAS30Validator(schema).iter_errors(json.loads(refusal.body))) == []


@pytest.mark.parametrize("refusal", ASKABLE, ids=lambda refusal: refusal.example)
def test_server_refuses_as_the_document_shows(server: Server, refusal: Refusal) -> None:
    """The running server answers the question of an example with that example, byte for byte."""
    key = server.api_key if refusal.key == "right" else refusal.key
    headers = {} if key is None else {"x-api-key": key}
    answer = httpx.get(f"{server.url}/api/public/contacts{refusal.question}", headers=headers)
    assert (answer.status_code, answer.text) == (refusal.status, refusal.body)
