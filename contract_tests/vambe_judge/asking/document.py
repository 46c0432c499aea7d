"""The packaged openapi.yaml with stricter schemas, and the status that it alone requires for a request.

The vendor's document has no ``required``, no formats, no rules between parameters, and its key is an ordinary header.
Here all fields are required, ids and instants have their forms, and the key is a security scheme.
"""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import yaml

from vambe_judge.asking.client import PATH

UUID: Final = "^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$"
INSTANT: Final = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
RANGES: Final = {"days": (1, 365), "limit": (1, 1_000), "offset": (0, 9_007_199_254_740_991)}
TIME_FILTERS: Final = ("days", "created_after", "updated_after")
PAIR: Final = ("custom_field_key", "custom_field_value")
_PLAIN: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_NO_NUMBER: Final = re.compile(r"(?!.*(?i:infinity))\S*[A-Za-z]{4,}\S*")
_INSTANTS: Final = ("created_at", "updated_at", "last_message_at")


def read() -> dict[str, Any]:
    """Return the document as packaged."""
    from vambe_mock.contract import packaged

    found: dict[str, Any] = yaml.safe_load(Path(packaged.path("openapi.yaml")).read_text(encoding="utf-8"))
    return found


def tightened(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy whose schemas also require what only the prose says."""
    copy = deepcopy(document)
    operation = copy["paths"][PATH]["get"]
    operation["parameters"] = [_parameter(one) for one in operation["parameters"] if one["in"] == "query"]
    operation["responses"].pop("500", None)
    contact = operation["responses"]["200"]["content"]["application/json"]["schema"]["items"]
    _tighten(contact)
    _tighten(contact["properties"]["active_ticket_v2"])
    copy.setdefault("components", {})["securitySchemes"] = {
        "key": {"type": "apiKey", "in": "header", "name": "x-api-key"}
    }
    copy["security"] = operation["security"] = [{"key": []}]
    return copy


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """Drop ``format``: a time without seconds matches the pattern but not the format."""
    schema = {name: value for name, value in parameter["schema"].items() if name not in ("format", "example")}
    return {**parameter, "schema": schema}


def _tighten(thing: dict[str, Any]) -> None:
    thing["required"] = list(thing["properties"])
    for name, schema in thing["properties"].items():
        if name == "id" or name.endswith("_id"):
            schema["pattern"] = UUID
        elif name in _INSTANTS:
            schema["pattern"] = INSTANT


def expected(query: str, patterns: dict[str, "re.Pattern[str]"]) -> int | None:
    """Return 200 or 400, as the document alone requires; None where it leaves that open.

    Left open: numbers written in unusual ways, fractions, a name sent twice, names that the document does not have,
    and whether the target knows a custom field.
    """
    pairs = parse_qsl(query, keep_blank_values=True)
    sent = dict(pairs)
    if len(sent) != len(pairs):
        return None
    verdicts = [_value(name, value, patterns) for name, value in sent.items()]
    if 400 in verdicts:
        return 400
    if None in verdicts:
        return None
    if not any(name in sent for name in TIME_FILTERS) or (PAIR[0] in sent) != (PAIR[1] in sent):
        return 400
    return None if PAIR[0] in sent else 200


def patterns_of(document: dict[str, Any]) -> dict[str, "re.Pattern[str]"]:
    """Return the patterns of the parameters."""
    parameters = document["paths"][PATH]["get"]["parameters"]
    return {
        one["name"]: re.compile(one["schema"]["pattern"], re.ASCII) for one in parameters if "pattern" in one["schema"]
    }


def _value(name: str, value: str, patterns: dict[str, "re.Pattern[str]"]) -> int | None:
    """What one parameter's value alone must get; 200 stands for "nothing against it"."""
    if name in RANGES:
        return _number(value, *RANGES[name])
    if name in patterns:
        return 200 if patterns[name].search(value) and not value.endswith("\n") else 400
    if name == "entity_type":
        return 200 if value in ("ticket", "customer") else 400
    if name in PAIR:
        return 200 if value else 400
    return None


def _number(value: str, least: int, most: int) -> int | None:
    if _PLAIN.fullmatch(value):
        number = float(value)
        if not least <= number <= most:
            return 400
        return 200 if number.is_integer() and value.isdecimal() else None
    return 400 if _NO_NUMBER.fullmatch(value) and not value.startswith("0") else None
