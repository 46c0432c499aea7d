"""Two targets compared: what is told, how often, and how whole."""

import json
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from io import StringIO
from typing import Any

from rich.console import Console
from starlette.types import Receive, Scope, Send

from mutants import matrix
from mutants.seams import KEY, Answer, Asgi, Contact, answered
from vambe_judge.asking.client import Limits
from vambe_judge.asking.in_process import AsgiTransport
from vambe_judge.judging import rules
from vambe_judge.judging.judge import Judge
from vambe_judge.judging_run import Target, prepare
from vambe_judge.reports import comparison
from vambe_judge.reports.comparison import Difference, Found
from vambe_mock.server.app import create_app
from vambe_mock.server.settings import Settings

URLS = ("http://127.0.0.1:1", "http://127.0.0.1:2")


def changed(app: Asgi, change: Callable[[Answer], Answer]) -> Asgi:
    """*app* with its answers changed on their way out."""

    async def outer(scope: Scope, receive: Receive, send: Send) -> None:
        answer = change(await answered(app, scope, receive))
        await send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers.items())})
        await send({"type": "http.response.body", "body": answer.body})

    return outer


def each(contact: Callable[[Contact], Any]) -> Callable[[Answer], Answer]:
    """Each contact of a list changed."""

    def change(answer: Answer) -> Answer:
        if answer.status != 200:
            return answer
        return replace(answer, body=json.dumps([contact(one) for one in json.loads(answer.body)]).encode())

    return change


def judges(change: Callable[[Answer], Answer]) -> tuple[Judge, Judge]:
    """The mock with the small set as the first target, and the same with *change* as the second."""
    plain: Asgi = create_app(matrix.served("tiny"), Settings(api_key=(KEY,), quiet=True).checked())
    transports = (AsgiTransport(plain), AsgiTransport(changed(plain, change)))
    first, second = (
        prepare(Target(url, KEY, transport=transport), matrix.known_of("tiny"), Limits())
        for url, transport in zip(URLS, transports, strict=True)
    )
    return first, second


def found(change: Callable[[Answer], Answer]) -> tuple[Found, str]:
    """What a comparison finds, and what it prints on a narrow terminal."""
    said = StringIO()
    first, second = judges(change)
    with closing(first.client), closing(second.client):
        differences = comparison.compared(first, second, rules.RULES)
        comparison.show(differences, first, second, Console(file=said, width=40))
    return differences, said.getvalue()


def test_unknown_field_is_told_once() -> None:
    """A field that only one target's contacts have is one difference, with the number of requests that showed it."""
    differences, said = found(each(lambda contact: {**contact, "tags": []}))
    assert list(differences) == [Difference("contact-fields", "field tags", "absent", "present")]
    (shown,) = differences.values()
    assert shown.requests > 20
    assert f"contact-fields: field tags ({shown.requests} requests)\n" in said


def test_fault_of_contacts_is_told_once() -> None:
    """A fault of one target's contacts is one difference, however different the faulty values are."""
    differences, _ = found(each(lambda contact: {**contact, "platform": contact["name"]}))
    told = [one for one in differences if one.rule == "platforms"]
    assert told == [Difference("platforms", "form of platform", "as expected", "text")]


def test_shape_of_refusals_is_told_by_kind() -> None:
    """Another form of refusals is a difference of each kind of refusal, not of each rule that refuses."""

    def change(answer: Answer) -> Answer:
        return answer if answer.status == 200 else replace(answer, body=b'{"message":"no"}')

    differences, _ = found(change)
    told = {one.rule for one in differences if one.respect == "fields of the refusal"}
    assert told == {"invalid-parameters", "refused-by-rule", "unauthorized", "not-found"}


def test_status_is_told_by_rule() -> None:
    """Another status is a difference of the rule that asked, told once, with the number of requests."""

    def change(answer: Answer) -> Answer:
        return answer if answer.status != 401 else replace(answer, status=403)

    differences, _ = found(change)
    told = {one.rule: shown.requests for one, shown in differences.items() if one.respect == "status"}
    assert told == {"api-key-required": 8, "401-before-400": 1}


def test_example_is_whole() -> None:
    """Each difference has a curl line that names one whole request, on a terminal of any width."""
    differences, said = found(lambda answer: replace(answer, status=500 if answer.status == 400 else answer.status))
    curls = [shown.curl for shown in differences.values()]
    assert len(curls) > 10
    assert [curl for curl in curls if f"  {curl}" not in said.splitlines()] == []
    assert [curl for curl in curls if not re.fullmatch(r'curl .*"http://127\.0\.0\.1:[12]/api/public/.*"', curl)] == []


def test_order_is_told_once() -> None:
    """Lists that stand the other way round are one difference of each time filter, whatever else they stand by."""

    def change(answer: Answer) -> Answer:
        turned = answer.status == 200 and b"last_message_at" in answer.body
        return replace(answer, body=json.dumps(json.loads(answer.body)[::-1]).encode()) if turned else answer

    differences, _ = found(change)
    told = {one.respect: (one.first, one.second) for one in differences if one.respect.startswith("order by ")}
    assert len([one for one in differences if one.respect.startswith("order by ")]) == len(told)
    assert told["order by updated_after"] == ("updated_at", "by no instant")
    assert told["order by days"] == ("last_message_at", "by no instant")


def test_same_target_twice_shows_no_difference() -> None:
    """A target is like itself, and so it is said; the exit code is 0."""
    first, second = judges(lambda answer: answer)
    with closing(first.client), closing(second.client):
        differences = comparison.compared(first, second, rules.RULES)
        said = StringIO()
        code = comparison.show(differences, first, second, Console(file=said, width=40))
    assert (differences, "0 differences between" in said.getvalue(), code) == ({}, True, 0)
