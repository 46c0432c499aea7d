"""Refusals in the words of a dialect: the templates of its file, and our own words where it has none."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from vambe_mock.contract import refusals
from vambe_mock.contract.full_dialect import Fault, FullDialect, InvalidParameters, KeyFault, Refused, RuleKind
from vambe_mock.contract.templates import filled, in_json

Values = Mapping[str, Any]

_HTML: Final = "text/html"


class Worded(refusals.Refusal):
    """A refusal whose body is made of a template, for the request that is refused."""

    def __init__(self, status: int, template: str, values: Values, content_type: str | None, said: str) -> None:
        """Keep what the body is made of; *said* is the sentence for the log."""
        Exception.__init__(self, said)
        self.status = status
        self.content_type = None if content_type is None else content_type.encode()
        self._template, self._values = template, values
        self._html = content_type is not None and content_type.lower().startswith(_HTML)

    @property
    def body(self) -> bytes:  # type: ignore[override]
        """The body for a request of which nothing is known."""
        return self.body_for({})

    def body_for(self, request: Values) -> bytes:
        """The body for a *request*: its method, target, path and instant."""
        return filled(
            self._template, {"uuid": str(uuid4()), **request, **self._values}, escape if self._html else in_json
        ).encode()


class Found:
    """A fault of one value: what our own issue says of it, and what a template may say."""

    __slots__ = ("fault", "issue", "name", "values")

    def __init__(self, fault: Fault, name: str, issue: refusals.Issue, **values: Any) -> None:
        self.fault = fault
        self.name = name
        self.issue = issue
        self.values = values

    def told(self, texts: Mapping[str, str], received: list[str], *, html: bool = False) -> str:
        """What the body says of it, by the templates *texts*."""
        template = texts.get(f"{self.fault}.{self.name}", texts.get(self.fault))
        if template is None:
            text = json.dumps(self.issue, ensure_ascii=False, separators=(",", ":"))
            return escape(text) if html else text
        return filled(
            template,
            {
                "parameter": self.name,
                "received": ",".join(received),
                "received-json": received[0] if len(received) == 1 else received,
                "number-json": None,
                **self.values,
            },
            escape if html else in_json,
        )


def invalid_parameters(dialect: FullDialect, found: Iterable[Found], sent: Mapping[str, list[str]]) -> Worded:
    """The refusal of single values, whose faults are in the order in which they are told."""
    wording: InvalidParameters = dialect.invalid_parameters
    told = list(found)
    said = "; ".join(["Validation failed", *(f"{one.name}: {one.issue['message']}" for one in told)])
    if wording.tell == "first":
        del told[1:]
    elif wording.tell == "first-of-each":
        told = [one for place, one in enumerate(told) if one.name not in {before.name for before in told[:place]}]
    html = (wording.content_type or "").lower().startswith(_HTML)
    texts = [one.told(dialect.issue_texts, sent.get(one.name, []), html=html) for one in told]
    status = wording.status or 400
    ours = f'{{"statusCode":{status},"message":"Validation failed","errors":[{{{{issues}}}}]}}'
    template = ours if wording.body is None else wording.body  # an empty one is a body without anything
    values = {"issues": wording.between.join(texts), "first": texts[0], "count": len(texts)}
    return Worded(status, template, values, wording.content_type, said)


def refused_by_rule(dialect: FullDialect, kind: RuleKind, message: str, **values: Any) -> Worded:
    """The refusal for the broken rule *kind*, of which our own *message* would tell."""
    rule = dialect.refused_by_rule
    return _worded(rule, rule.kinds.get(kind), 400, message, values)


def unauthorized(dialect: FullDialect, kind: KeyFault) -> Worded:
    """The refusal of a key."""
    rule = dialect.unauthorized
    message = "Missing API key" if kind == "no-key" else "Invalid API key"
    return _worded(rule, rule.kinds.get(kind), 401, message, {})


def not_found(dialect: FullDialect, method: str, target: str) -> Worded:
    """The answer to an unknown path."""
    return _worded(dialect.not_found, None, 404, f"Cannot {method} {target}", {})


def _worded(rule: Any, special: str | Refused | None, usual: int, message: str, values: Values) -> Worded:
    """The refusal by the template for its kind, or that of the rule, or else in our own words."""
    own = Refused(body=special) if isinstance(special, str) else special or Refused()
    status = own.status or rule.status or usual
    ours = f'{{"message":"{{{{message}}}}","error":"{_PHRASES.get(status, "Error")}","statusCode":{status}}}'
    template = next((one for one in (own.body, rule.body) if one is not None), ours)
    content_type = own.content_type or rule.content_type
    return Worded(status, template, {"message": message, **values}, content_type, message)


_PHRASES: Final = {one.value: one.phrase for one in HTTPStatus}
