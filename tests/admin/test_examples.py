"""The examples of the admin API's document: each works as it stands."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from asgi import control
from small_data import AT_ANCHOR, NEW, WON, contact, document
from vambe_mock.datasets.dataset import from_document
from vambe_mock.server.app import Application, create_app
from vambe_mock.server.settings import Settings

FULL = document(*[contact(number, **({"stage": (NEW, WON)[number % 2]} if number < 5 else {})) for number in range(9)])
ORDER = ("put", "post", "get", "patch", "delete")
"""What the first two make, the examples of the others name."""


def operations(app: Application) -> Iterator[tuple[str, str]]:
    """Each path and method of the document, those that make something first, those that delete last."""
    paths = json.loads(control(app, "GET", "/openapi.json").body)["paths"]
    found = [(path, method) for path, operations in paths.items() for method in operations]
    yield from sorted(
        found,
        key=lambda one: (
            one[0] == "/reset",
            ORDER.index(one[1]),
            not one[0].endswith("/restore"),
            -one[0].count("/") if one[1] == "delete" else 0,
        ),
    )


def example(app: Application, path: str, method: str) -> tuple[str, Any]:
    """The target and the body that the document gives as the example of an operation, and all it requires."""
    operation = json.loads(control(app, "GET", "/openapi.json").body)["paths"][path][method]
    query = []
    for parameter in operation.get("parameters", []):
        if "example" not in parameter:
            assert not parameter["required"], f"{method} {path}: {parameter['name']} has no example"
        elif parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(str(parameter["example"]), safe=""))
        else:
            query.append((parameter["name"], parameter["example"]))
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    assert "example" in body or "requestBody" not in operation, f"{method} {path}: the body has no example"
    return f"{path}?{urlencode(query, doseq=True)}".removesuffix("?"), body.get("example")


@pytest.mark.parametrize("data", [FULL, document(pipelines=[], custom_fields=[])], ids=["data", "nothing"])
def test_every_example_works_as_it_stands(data: dict[str, Any]) -> None:
    """Sent as the document has it, each gets 2xx, with data and on an empty server (`examples-work`)."""
    app = create_app(from_document(data), Settings(now=AT_ANCHOR, quiet=True))
    done = 0
    for path, method in [*[("/contacts", "post")] * 4, *operations(app)]:
        target, body = example(app, path, method)
        reply = control(app, method.upper(), target, body)
        assert 200 <= reply.status < 300, (method, target, body, reply.body)
        done += 1
    assert done > 40


def test_examples_are_readable() -> None:
    """An e-mail address, a phone and an instant look like ones, in answers as well (`examples-work`)."""
    app = create_app(from_document(FULL), Settings(now=AT_ANCHOR, quiet=True))
    schemas = json.loads(control(app, "GET", "/openapi.json").body)["components"]["schemas"]
    shown = {
        name: [one for part in (field, *field.get("anyOf", [])) for one in part.get("examples", [])]
        for name, field in schemas["StoredContact"]["properties"].items()
    }
    assert shown["email"] == ["maria@example.com"]
    assert shown["phone"] == ["+56912345678"]
    assert shown["created_at"] == ["2026-01-31T09:30:00.000Z"]


def test_in_public_the_examples_name_nothing() -> None:
    """Where a token is wanted, the document is for everybody, and the data is not (`examples-work`)."""
    settings = Settings(now=AT_ANCHOR, quiet=True, admin_token="s3cret")
    app = create_app(from_document(FULL), settings)
    shown = control(app, "GET", "/openapi.json").body.decode()
    assert "maria@example.com" in shown
    for private in (FULL["contacts"][0]["id"], FULL["client_id"], FULL["pipelines"][0]["id"], "score", NEW):
        assert private not in shown
