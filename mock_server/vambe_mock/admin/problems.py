"""The refusals of the admin API: ``application/problem+json`` (RFC 9457, `admin-one-line-problems`)."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import Scope

from vambe_mock.admin.paths import DOCUMENT
from vambe_mock.admin.suggestions import did_you_mean, kind_of, models_at, no_such
from vambe_mock.contract.plural import plural
from vambe_mock.contract.vocabulary import UUID_PATTERN
from vambe_mock.datasets import complaints
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.organisations.background import run_in_thread
from vambe_mock.organisations.changes import ChangeError

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 20
"""How many errors a problem lists."""
MOST_JUDGED: Final = 1_000
"""How many errors are looked at, to find the most relevant ones."""
LONGEST_INPUT: Final = 60
KEY_PATTERN: Final = "^[!-~](?:[ -~]*[!-~])?$"
"""An API key, which a header must be able to carry."""

ORGANISATIONS: Final = "vambe_mock.organisations"
"""Where a request's scope has the organisations of its server."""

Masked = Callable[[str], str]
"""Takes secrets out of a text."""


def masker(scope: Scope) -> Masked:
    """What takes the secrets of the server of *scope* out of a text."""
    masked: Masked = scope[ORGANISATIONS].masker.text
    return masked


class FieldError(BaseModel):
    """What is wrong with one field of a body, or with one parameter."""

    where: str
    message: str


class Invalid(Exception):  # noqa: N818 - it is an answer, not an error
    """A body, a parameter or a path is not what the route wants: 422 with these errors, the most relevant one first."""

    def __init__(self, errors: list[FieldError]) -> None:
        """Refuse because of *errors*, of which there is at least one."""
        super().__init__(errors[0].message)
        self.errors = errors


class Problem(BaseModel):
    """An error of the admin API; nothing was changed."""

    title: str
    status: int
    detail: str
    errors: list[FieldError] = []


class Refused(Exception):  # noqa: N818 - it is an answer, not an error
    """A request is refused: the answer is a problem with this status and detail."""

    def __init__(self, status: int, detail: str) -> None:
        """Refuse with *status*; *detail* is one line."""
        super().__init__(detail)
        self.status = status


def answer(status: int, detail: str, errors: list[FieldError] | None = None) -> Response:
    """Return a problem as a response."""
    body: dict[str, Any] = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if errors:
        body["errors"] = [error.model_dump() for error in errors]
    return Response(json.dumps(body).encode(), status, media_type=MEDIA_TYPE)


def nothing_at(path: str, masked: Masked) -> Response:
    """Return the 404 for a path without a route."""
    return answer(404, f"the admin API has no {masked(path)[:LONGEST_INPUT]}; see GET {DOCUMENT}")


def handle(app: FastAPI) -> None:
    """Make *app* answer every error with a problem."""

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        return answer(error.status, masker(request.scope)(str(error)))

    @app.exception_handler(ChangeError)
    async def no_change(request: Request, error: ChangeError) -> Response:
        return answer(error.status, masker(request.scope)(str(error)))

    @app.exception_handler(DatasetError)
    async def no_data(request: Request, error: DatasetError) -> Response:
        return answer(422, masker(request.scope)(str(error)))

    @app.exception_handler(Invalid)
    async def invalid(request: Request, error: Invalid) -> Response:
        masked = masker(request.scope)
        errors = [FieldError(where=masked(one.where), message=masked(one.message)) for one in error.errors]
        return answer(422, f"{errors[0].where}: {errors[0].message}", errors)

    @app.exception_handler(RequestValidationError)
    async def invalid_request(request: Request, error: RequestValidationError) -> Response:
        return await invalid(request, Invalid(field_errors(error.errors(), error.body, Any)))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return nothing_at(request.scope["path"], masker(request.scope))
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return await _wrong_method(request)
        return answer(error.status_code, masker(request.scope)(str(error.detail)))

    @app.exception_handler(Exception)
    async def defect(request: Request, error: Exception) -> Response:
        return answer(500, masker(request.scope)(f"a bug in vambe-mock: {error!r}"))


def describe(app: FastAPI, paths: Sequence[str]) -> None:
    """Give problems their own media type in the document of *app*; FastAPI writes application/json for all bodies.

    The document has the operations in the order of *paths*.
    """
    plain = app.openapi

    once = threading.Lock()

    def document() -> dict[str, Any]:
        with once:  # each in a thread of its own, several requests may want it
            if app.openapi_schema is None:
                made = plain()
                made["paths"] = {path: made["paths"][path] for path in dict.fromkeys(paths)}
                for operation in (one for operations in made["paths"].values() for one in operations.values()):
                    content = operation["responses"]["4XX"]["content"]
                    if MEDIA_TYPE not in content:
                        content[MEDIA_TYPE] = content.pop("application/json")
                app.openapi_schema = made
            return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to change it


async def document_of(app: FastAPI) -> dict[str, Any]:
    """The document of *app*. Making it takes a tenth of a second, so it is made in a thread."""
    made: dict[str, Any] | None = app.openapi_schema
    return await run_in_thread(app.openapi) if made is None else made


async def reject_unknown_parameters(request: Request) -> None:
    """Raise Refused for a query parameter that the route does not have; ignoring it would answer another question."""
    if not request.scope["query_string"]:
        return
    # From the route itself: making the API's document for it would take a tenth of a second.
    names = list(dict.fromkeys(_parameters(getattr(request.scope["route"], "dependant", None))))
    for name in request.query_params:
        if name not in names:
            raise Refused(422, f"query.{name[:LONGEST_INPUT]}: no such parameter; {no_such(name, names)}")


def _parameters(dependant: Any) -> Iterator[str]:
    """The names of the query parameters of a route, those of its dependencies included."""
    if dependant is not None:
        yield from (field.alias for field in dependant.query_params)
        for one in dependant.dependencies:
            yield from _parameters(one)


async def _operations(request: Request) -> dict[str, Any]:
    """All operations at the path of *request*, by method, from the API's own document."""
    document = await document_of(request.app)
    operations: dict[str, Any] = document["paths"].get(request.scope["route"].path_format, {})
    return operations


async def _wrong_method(request: Request) -> Response:
    allowed = [method.upper() for method in await _operations(request)]
    allowed = allowed or sorted(request.scope["route"].methods)  # a page
    allowed += ["HEAD"] if "GET" in allowed and "HEAD" not in allowed else []
    masked = masker(request.scope)
    method, path = masked(request.method)[:20], masked(request.scope["path"])
    refusal = answer(405, f"{method} is not allowed at {path}; wanted {', '.join(allowed)}")
    refusal.headers["Allow"] = ", ".join(allowed)
    return refusal


def field_errors(errors: Sequence[Any], body: Any, wanted: Any) -> list[FieldError]:
    """The *errors* that pydantic found in *body*, which should be a *wanted*: the most relevant ones first."""
    found = sorted(errors[:MOST_JUDGED], key=lambda one: _weight(one, body), reverse=True)
    return [_field_error(one, body, wanted) for one in found[:MOST_ERRORS]]


def _path(error: Any, body: Any) -> list[str]:
    """The path to the error in the client's own terms: without the tags by which pydantic decided a union.

    A model that the client chose by a tag, ``kind`` or ``do``, may have the name of one of its own fields.
    """
    kind, *location = error["loc"]
    if kind != "body":
        return [str(part) for part in error["loc"]]
    path, here, tagged = ["body"], body, None
    for part in location:
        if isinstance(here, dict) and here is not tagged and part in (here.get(tag) for tag in TAGS):
            tagged = here
            continue
        there = (isinstance(here, dict) and part in here) or (isinstance(here, list) and part in range(len(here)))
        if there:
            here = here[part]
        if there or (error["type"] == "missing" and part == location[-1]):
            path.append(str(part))
    return path


def _weight(error: Any, body: Any) -> float:
    """How relevant an error is to the client: deeper in the body is better, and a wrong value beats a missing field."""
    nearer = {"value_error": 1.0, "missing": -0.5, "extra_forbidden": -0.4}
    return len(_path(error, body)) + nearer.get(error["type"], 0.0)


def _field_error(error: Any, body: Any, annotation: Any) -> FieldError:
    """An error found by pydantic, in our words: what came and what is wanted."""
    path = _path(error, body)
    wanted = _wanted_at(path, error)
    given = complaints.shown(error["input"])
    match error["type"]:
        case "missing":
            message = "missing" + (f"; wanted {wanted}" if wanted else "")
        case "extra_forbidden":
            message = _no_such_field(error, annotation)
        case "union_tag_invalid":
            kinds = [tag.strip(" '") for tag in error["ctx"]["expected_tags"].split(",")]
            path.append(_tag_field(error))
            tag = str(error["ctx"]["tag"])
            nearest = did_you_mean(tag, kinds)
            listed = f"{nearest} The kinds are" if nearest else "wanted one of"
            message = f"{complaints.shown(tag)}; {listed} {', '.join(kinds)}"
        case "union_tag_not_found":
            path.append(_tag_field(error))
            message = f"missing; wanted {TAGS[path[-1]]}"
        case "string_pattern_mismatch" | "string_type" | "value_error" | "literal_error" | "bool_type" if (
            wanted and len(path) > 1
        ):
            message = f"{given}; wanted {wanted}"
        case "float_type" if type(error["input"]) is int:
            message = f"{given}; wanted a number of fewer digits"
        case _ if error["type"] in _WANTED:
            message = f"{given}; wanted {_WANTED[error['type']].format(**_limits(error))}"
        case _:
            reason = error["msg"].removeprefix("Value error, ")
            message = f"{given}; {reason[:1].lower()}{reason[1:]}"
    return FieldError(where=".".join(path), message=message)


def _limits(error: Any) -> dict[str, Any]:
    """What an error tells of its bounds, without the point of a whole number."""
    told = error.get("ctx", {})
    told = {name: int(one) if isinstance(one, float) and one.is_integer() else one for name, one in told.items()}
    lengths = {name: one for name, one in told.items() if isinstance(one, int) and name.endswith("_length")}
    return told | {f"{name[:3]}_characters": plural(one, "character") for name, one in lengths.items()}


def _wanted_at(path: list[str], error: Any) -> str:
    """What is wanted where *error* is; empty if that is not known."""
    if len(path) == 1:
        return "a JSON body"
    wanted = _OF_PATTERN.get(error.get("ctx", {}).get("pattern")) or complaints.wanted(tuple(path[1:]), "")
    return wanted or (_MISSING.get(path[-1], "") if error["type"] == "missing" else "")


def _tag_field(error: Any) -> str:
    """The name of the field that decides a union; pydantic quotes it, and not a function that decides in its place."""
    named = str(error["ctx"]["discriminator"])
    return named.strip("'") if named.startswith("'") else "kind"


TAGS: Final = {
    "kind": 'one of the kinds of faults, like {"kind": "status", "status": 503}',
    "do": 'what to do, like {"do": "delete", "contact": {"place": 10}}',
}


def _no_such_field(error: Any, annotation: Any) -> str:
    *location, name = error["loc"][1:]
    models = models_at(annotation, location)
    known = list(dict.fromkeys(field for model in models for field in model.model_fields))
    kind = kind_of(models[0]) if len(models) == 1 else None
    others = {kind_of(model) for model in models_at(annotation, location[:-1])} if kind else set()
    if name in others:
        own = f"{name} is a kind of its own: wanted a second fault, beside this one"
        return f"no such field in {_with_article(kind)}; {own}"
    return f"no such field{f' in {_with_article(kind)}' if kind else ''}; {no_such(str(name), known)}"


def _with_article(noun: str | None) -> str:
    """*noun* with its article."""
    return f"{'an' if str(noun)[:1] in tuple('aeiou') else 'a'} {noun}"


_OF_PATTERN: Final = {
    UUID_PATTERN: complaints.wanted(("id",), ""),
    KEY_PATTERN: "printable ASCII without blanks around it, like test-key",
}
"""What is wanted where a text does not match a pattern, which nobody likes to read."""

_MISSING: Final = {
    "contact": 'a contact: its id, {"place": 10} or {"earlier": 10}',
    "changes": 'a list of changes, like [{"do": "delete", "contact": {"place": 10}}]',
    "path": 'a path below /api/, like "/api/public/ticket/{id}"',
    "effect": 'what the fault does, like {"kind": "status", "status": 503}',
    "status": "a status from 400 to 599, like 503",
    "per_second": "a number of requests, like 2",
    "location": "an address, like /elsewhere",
    "how": "one of same_page, row_repeated, row_left_out, unstable_ties",
    "seconds": "a number of seconds, like 0.5",
    "minimum": "a number of seconds, like 0.1",
    "maximum": "a number of seconds, like 1",
    "median": "a number of seconds, like 0.5",
    "sigma": "a number, like 0.2",
    "bytes_per_second": "a whole number of bytes, like 100",
    "text": "a text, like <h1>502 Bad Gateway</h1>",
    "move": "open, move or close",
    "fault": 'a fault, like {"effect": {"kind": "status", "status": 503}}',
}
"""What is wanted where a field is missing that is no field of a data set."""

_WANTED: Final = {
    "int_type": "a whole number, without quotes",
    "float_type": "a number, without quotes",
    "bool_type": "true or false",
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "list_type": "a list",
    "greater_than_equal": "a number from {ge} on",
    "less_than_equal": "a number up to {le}",
    "finite_number": "a finite number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of fewer digits",
    "string_too_short": "at least {min_characters}",
    "string_too_long": "at most {max_characters}",
    "literal_error": "{expected}",
    "too_short": "at least {min_length} of them",
    "too_long": "at most {max_length} of them",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
"""What is wanted where pydantic found another type of JSON."""
