"""What the admin API says when it refuses: RFC 9457, ``application/problem+json``."""

import json
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from mock_server.changes import ChangeError
from mock_server.dataset import DatasetError

MEDIA_TYPE: Final = "application/problem+json"
MOST_ERRORS: Final = 20
LONGEST_INPUT: Final = 60


class Fault(BaseModel):
    """One thing that is wrong with a body or a parameter."""

    where: str
    message: str


class Problem(BaseModel):
    """A refusal of the admin API; nothing was changed."""

    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class Refused(Exception):  # noqa: N818 - it is an answer, not an error
    """A problem to answer with."""

    def __init__(self, status: int, detail: str) -> None:
        """Keep the *status* and the one line of *detail*."""
        super().__init__(detail)
        self.status = status


def answer(status: int, detail: str, errors: list[Fault] | None = None) -> Response:
    """A problem as a response."""
    body: dict[str, Any] = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if errors:
        body["errors"] = [error.model_dump() for error in errors]
    return Response(json.dumps(body).encode(), status, media_type=MEDIA_TYPE)


def handle(app: FastAPI) -> None:
    """Let *app* answer every error with a problem."""

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
        faults = [_fault(one) for one in error.errors()[:MOST_ERRORS]]
        return answer(422, f"{faults[0].where}: {faults[0].message}", faults)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == HTTPStatus.NOT_FOUND:
            return answer(404, f"the admin API has nothing at {request.url.path}; GET /__admin/openapi.json tells what")
        return answer(error.status_code, str(error.detail))

    @app.exception_handler(Exception)
    async def defect(_request: Request, error: Exception) -> Response:
        return answer(500, f"a defect of the mock: {error!r}")


def _fault(error: dict[str, Any]) -> Fault:
    """A fault that pydantic found, with what was there."""
    where = ".".join(str(part) for part in error["loc"]) or "body"
    shown = json.dumps(error.get("input"), default=str, ensure_ascii=True)
    came = "" if error["type"] == "missing" else f"; came {shown[:LONGEST_INPUT]}{'...' * (len(shown) > LONGEST_INPUT)}"
    return Fault(where=where, message=error["msg"] + came)
