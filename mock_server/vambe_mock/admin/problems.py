"""The refusals of the admin API: ``application/problem+json`` (RFC 9457)."""

import json
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from vambe_mock.admin.paths import DOCS, DOCUMENT
from vambe_mock.datasets import complaints
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.organisations.changes import ChangeError

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 20
LONGEST_INPUT: Final = 60


class FieldError(BaseModel):
    """What is wrong with one field of a body, or with one parameter."""

    where: str
    message: str


class Problem(BaseModel):
    """A refusal of the admin API; nothing was changed."""

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


def nothing_at(path: str) -> Response:
    """Return the 404 for a path without a route."""
    return answer(404, f"the admin API has no {path[:LONGEST_INPUT]}; see GET {DOCUMENT}")


def handle(app: FastAPI) -> None:
    """Make *app* answer every error with a problem."""

    @app.exception_handler(Refused)
    async def refused(_request: Request, error: Refused) -> Response:
        return answer(error.status, str(error))

    @app.exception_handler(ChangeError)
    async def no_change(_request: Request, error: ChangeError) -> Response:
        return answer(error.status, str(error))

    @app.exception_handler(DatasetError)
    async def no_data(_request: Request, error: DatasetError) -> Response:
        return answer(422, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        found = sorted(error.errors(), key=lambda one: _weight(one, error.body), reverse=True)
        errors = [_field_error(one, error.body) for one in found[:MOST_ERRORS]]
        return answer(422, f"{errors[0].where}: {errors[0].message}", errors)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return nothing_at(request.url.path)
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return _wrong_method(request)
        return answer(error.status_code, str(error.detail))

    @app.exception_handler(Exception)
    async def defect(_request: Request, error: Exception) -> Response:
        return answer(500, f"a bug in vambe-mock: {error!r}")


def describe(app: FastAPI) -> None:
    """Give problems their own media type in the document of *app*; FastAPI writes application/json for all bodies."""
    plain = app.openapi

    def document() -> dict[str, Any]:
        made = plain()
        for operations in made["paths"].values():
            for operation in operations.values():
                content = operation["responses"]["4XX"]["content"]
                if MEDIA_TYPE not in content:
                    content[MEDIA_TYPE] = content.pop("application/json")
        return made

    app.openapi = document  # type: ignore[method-assign]  # FastAPI's own way to change it


async def reject_unknown_parameters(request: Request) -> None:
    """Raise Refused for a query parameter that the route does not have; ignoring it would answer another question."""
    if not request.scope["query_string"]:
        return
    known = _operation(request).get("parameters", [])
    names = [one["name"] for one in known if one["in"] == "query"]
    for name in request.query_params:
        if name not in names:
            wanted = f"one of: {', '.join(names)}" if names else "none"
            raise Refused(422, f"query.{name[:LONGEST_INPUT]}: no such parameter; wanted {wanted}")


def _operation(request: Request) -> dict[str, Any]:
    """The operation of *request* in the API's own document."""
    operation: dict[str, Any] = _operations(request).get(request.method.lower(), {})
    return operation


def _operations(request: Request) -> dict[str, Any]:
    """All operations at the path of *request*, by method."""
    operations: dict[str, Any] = request.app.openapi()["paths"].get(request.scope["route"].path_format, {})
    return operations


def _wrong_method(request: Request) -> Response:
    allowed = [method.upper() for method in _operations(request)] or sorted(request.scope["route"].methods)  # a page
    allowed += ["HEAD"] if "GET" in allowed else []
    refusal = answer(405, f"{request.method[:20]} is not allowed at {request.url.path}; wanted {', '.join(allowed)}")
    refusal.headers["Allow"] = ", ".join(allowed)
    return refusal


def _path(error: Any, body: Any) -> list[str]:
    """The path to the error in the client's own terms: without the names of the models that pydantic tried.

    A model that the client chose by ``kind`` may have the name of one of its own fields.
    """
    kind, *location = error["loc"]
    if kind != "body":
        return [str(part) for part in error["loc"]]
    path, here, tagged = ["body"], body, None
    for part in location:
        if isinstance(here, dict) and here is not tagged and here.get("kind") == part:
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
    nearer = {"value_error": 1.0, "missing": -0.5, "extra_forbidden": -0.5}
    return len(_path(error, body)) + nearer.get(error["type"], 0.0)


def _field_error(error: Any, body: Any) -> FieldError:
    """An error found by pydantic, in our words: what came and what is wanted."""
    path = _path(error, body)
    wanted = complaints.wanted(tuple(path[1:]), "") if len(path) > 1 else "a JSON body"
    match error["type"]:
        case "missing":
            message = "missing" + (f"; wanted {wanted}" if wanted else "")
        case "extra_forbidden":
            message = f"no such field; see {DOCS}"
        case "string_pattern_mismatch" | "string_type" | "value_error" | "literal_error" | "bool_type" if wanted:
            message = f"{complaints.shown(error['input'])}; wanted {wanted}"
        case _:
            reason = error["msg"].removeprefix("Value error, ")
            message = f"{complaints.shown(error['input'])}; {reason[:1].lower()}{reason[1:]}"
    return FieldError(where=".".join(path), message=message)
