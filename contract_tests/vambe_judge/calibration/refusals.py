"""What refusals say: learnt from sheets of wrong values, and from each kind of refusal once.

Nothing here is guessed: what was not seen stays as it usually is, and what no template could say is told in words.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from vambe_judge.asking.contacts import PARAMETERS
from vambe_judge.calibration import usual
from vambe_judge.calibration.asker import Reply
from vambe_judge.calibration.bodies import (
    Issues,
    filled,
    general,
    in_json,
    issue_template,
    issues_of,
    named,
    spans,
    varying,
)
from vambe_judge.calibration.sheets import LEAST, MOST, Sheet, Wrong
from vambe_mock.contract.plural import plural

INVALID, TEXTS, RULE = "invalid-parameters", "issue-texts", "refused-by-rule"
UNAUTHORIZED, NOT_FOUND = "unauthorized", "not-found"
BAD_REQUEST: Final = 400
READ_AS_NONE: Final = ("number-syntax.empty", "number-syntax.blank", "number-syntax.infinity")
RULE_KINDS: Final = (
    "no-time-filter", "no-custom-key", "no-custom-value", "unknown-custom-field", "custom-field-entity",
    "custom-field-value", "lone-entity-type", "unknown-stage", "unknown-pipeline",
)  # fmt: skip
KEY_KINDS: Final = ("no-key", "wrong-key", "repeated-key")


@dataclass(frozen=True, slots=True)
class Told:
    """One fault that a refusal tells: of which value, and in which words."""

    wrong: Wrong
    fault: str
    raw: str
    reply: Reply


@dataclass(slots=True)
class Found:
    """What was learnt of refusals."""

    rules: dict[str, Any] = field(default_factory=dict)
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    beyond: dict[str, str] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)
    """Faults of which no text was seen."""


@dataclass(slots=True)
class Values:
    """The answers to sheets so far, and how the server tells faults: all, one at a time, or none by name."""

    asked: list[tuple[Sheet, Reply]] = field(default_factory=list)
    now: int | None = None
    bounds: dict[tuple[str, str], int] = field(default_factory=dict)
    """The ends of ranges that are not the usual ones, by parameter and fault (``below``, ``above``)."""

    def refused(self) -> list[tuple[Sheet, Reply]]:
        """The sheets that were refused."""
        return [(sheet, reply) for sheet, reply in self.asked if not reply.is_list and 400 <= reply.status < 500]

    def issues(self, sheet: Sheet, reply: Reply) -> Issues | None:
        """The faults that one refusal tells, if they stand in a list."""
        return issues_of(reply.text, [one.parameter for one in sheet.wrong])

    @property
    def tells_all(self) -> bool:
        """Whether some refusal told the faults of several parameters."""
        return any(
            (found := self.issues(sheet, reply)) is not None and len({name for name, _ in found.texts}) > 1
            for sheet, reply in self.refused()
        )

    @property
    def tells_none(self) -> bool:
        """Whether no refusal names any parameter, though each has wrong ones."""
        seen = self.refused()
        return bool(seen) and not any(
            named(without_target(reply), [one.parameter for one in sheet.wrong]) for sheet, reply in seen
        )

    @property
    def refuses_numbers(self) -> bool:
        """Whether a text that is no number was refused, and told so by the parameter's name."""
        return any(
            sheet.of(one.parameter) is one and one.taken == "malformed-values.offset"
            for sheet, reply in self.refused()
            for one in ([] if self.tells_none else sheet.wrong)
            if one not in self.untold(sheet, reply) and one.parameter in without_target(reply)
        )

    def told(self, sheet: Sheet, reply: Reply) -> list[Told]:
        """Each fault of a refusal that tells them in a list."""
        found = self.issues(sheet, reply)
        counts: Counter[str] = Counter()
        several = []
        for name, raw in found.texts if found else ():
            wrong = sheet.of(name)
            if wrong is not None:
                number = counts[name]
                counts[name] += 1
                fault = wrong.faults[min(number, len(wrong.faults) - 1)]
                several.append(Told(wrong, fault, raw, reply))
        return several

    def other_bound(self, one: Told) -> int | None:
        """The end of a range that a fault tells, if it is not the usual one: the only whole number in its words."""
        if one.fault not in ("below", "above"):
            return None
        usual_end = (LEAST if one.fault == "below" else MOST)[one.wrong.parameter]
        words = issue_template(one.raw, one.wrong.parameter, {"received": ",".join(one.wrong.texts)})
        found = {int(number) for number in _WHOLE.findall(words)}
        return found.pop() if len(found) == 1 and usual_end not in found else None

    def no_number(self) -> tuple[str, str] | None:
        """What a text that is no number is told, and of which parameter."""
        for sheet, reply in self.refused():
            for one in self.told(sheet, reply):
                if one.fault == "not-a-number" and not one.wrong.taken.startswith("number-syntax.rest"):
                    return one.wrong.parameter, one.raw
        return None

    def untold(self, sheet: Sheet, reply: Reply) -> list[Wrong]:
        """The values of a refused sheet that no fault names; of one that was not refused, all."""
        if reply.is_list:
            return list(sheet.wrong)
        if not self.tells_all:
            return []
        there = {one.wrong.parameter for one in self.told(sheet, reply)}
        return [one for one in sheet.wrong if one.parameter not in there] if there else []


_WHOLE: Final = re.compile(r"(?<![\w.{-])-?\d{1,16}(?![\w.]*\w)")


def _read_otherwise(one: Told, values: Values) -> Told:
    """*one*; an empty, blank or infinite number that is told as no number has that fault."""
    other = values.no_number()
    if other is None or one.wrong.taken not in READ_AS_NONE:
        return one
    same = one.raw.replace(one.wrong.parameter, _MARK) == other[1].replace(other[0], _MARK)
    return replace(one, fault="not-a-number") if same else one


def is_no_number(one: Told, values: Values) -> bool:
    """Whether a value is told as no number, where another fault of it would be told otherwise."""
    if _read_otherwise(one, values).fault != "not-a-number" or one.fault == "not-a-number":
        return False
    usual_fault = [
        other.raw.replace(other.wrong.parameter, _MARK)
        for sheet, reply in values.refused()
        for other in values.told(sheet, reply)
        if other.fault == one.fault and other.wrong.taken not in READ_AS_NONE
    ]
    return one.raw.replace(one.wrong.parameter, _MARK) not in usual_fault


def without_target(reply: Reply) -> str:
    """The body of *reply* without the echo of what was asked."""
    text = reply.text
    for one in (reply.request.target, in_json(reply.request.target), reply.request.query):
        text = text.replace(one, "") if one else text
    return text


def of_values(values: Values, *, with_seconds: bool) -> Found:  # noqa: C901, PLR0912 - one case after the other
    """The rules `invalid-parameters` and `issue-texts`, as far as the sheets show them."""
    found = Found()
    refused = [(sheet, reply) for sheet, reply in values.refused()]
    if not refused:
        return found
    if values.tells_all:
        refused = [(sheet, reply) for sheet, reply in refused if values.told(sheet, reply)]
    texts = usual.ISSUES_WITH_SECONDS if with_seconds else usual.ISSUES
    found.replies[INVALID] = [reply for _, reply in refused]
    rule: dict[str, Any] = {}
    statuses = Counter(reply.status for _, reply in refused)
    status = statuses.most_common(1)[0][0]
    if len(statuses) > 1:
        found.beyond[INVALID] = f"wrong values are refused with different statuses: {_all(sorted(statuses))}"
    if status != BAD_REQUEST:
        rule["status"] = status
    content_type = refused[0][1].content_type
    if content_type != usual.JSON_TYPE:
        rule["content_type"] = content_type
    told: list[Told] = []
    if values.tells_all:
        frames = _frames(values, refused, found)
        if frames is not None:
            body, between = frames
            if body != _with_status(usual.INVALID, status):
                rule["body"] = body
            if between != usual.BETWEEN:
                rule["between"] = between
        told = [_read_otherwise(one, values) for sheet, reply in refused for one in values.told(sheet, reply)]
        rule.update(_order(values, refused))
    elif values.tells_none:
        bodies = {general(reply.text, reply, values.now) for _, reply in refused}
        if len(bodies) == 1:
            rule["body"] = next(iter(bodies))
        else:
            found.beyond[INVALID] = "refusals of wrong values name no parameter, and differ otherwise"
    else:
        told = _one_at_a_time(values, refused, rule, found)
    found.rules.update({INVALID: rule} if rule else {})
    issue_rule = _issue_texts(_with_bounds(told, values), texts, found)
    if issue_rule:
        found.rules[TEXTS] = issue_rule
        found.replies[TEXTS] = [reply for _, reply in refused]
    seen = {one.fault for one in told}
    found.unseen = [] if values.tells_none else [fault for fault in usual.ISSUES if fault not in seen]
    if rule:
        queries = plural(len(refused), "query with wrong values was", "queries with wrong values were")
        found.evidence[INVALID] = f"{queries} refused so"
    if issue_rule:
        queries = plural(len(refused), "query", "queries")
        found.evidence[TEXTS] = f"what {queries} with {plural(len(told), 'wrong value')} got to read"
    return found


def _with_bounds(told: Sequence[Told], values: Values) -> list[Told]:
    """*told*, whose templates stand for the ends of ranges as they were measured."""
    return [
        replace(one, wrong=replace(one.wrong, bound=values.bounds.get((one.wrong.parameter, one.fault))))
        for one in told
    ]


def _frames(values: Values, refused: Sequence[tuple[Sheet, Reply]], found: Found) -> tuple[str, str] | None:
    """The body around the faults, and what joins them; None where it differs from one refusal to the next."""
    bodies, joints = [], []
    for sheet, reply in refused:
        issues = values.issues(sheet, reply)
        if issues is None:
            continue
        body = _frame(issues, reply, values.now)
        bodies.append((body, len(issues.texts)))
        if len(issues.texts) > 1:
            joints.append(issues.between)
    plain = {body for body, _ in bodies}
    if len(plain) > 1:
        plain = {_counted(body, count) for body, count in bodies}
    if len(plain) != 1:
        found.beyond[INVALID] = f"the body around the faults differs from one refusal to the next{_where(plain)}"
        return None
    return plain.pop(), joints[0] if joints else usual.BETWEEN


_MARK: Final = "\ue000"


def _frame(issues: Issues, reply: Reply, now: int | None) -> str:
    """The body around the faults, with a mark in their place that keeps it JSON: in a text, a list, or an object."""
    for mark in (_MARK, f'"{_MARK}"', f'"{_MARK}":0'):
        text = f"{issues.before}{mark}{issues.after}"
        if spans(text):
            return general(text, reply, now).replace(mark, "{{issues}}")
    return general(f"{issues.before}{_MARK}{issues.after}", reply, now).replace(_MARK, "{{issues}}")


def _counted(body: str, count: int) -> str:
    text = body.replace("{{issues}}", '"\ue000"')
    for span in spans(text):
        if span.value == count and not isinstance(span.value, bool):
            text = f"{text[: span.start]}{{{{count}}}}{text[span.end :]}"
            break
    return text.replace('"\ue000"', "{{issues}}")


def _where(bodies: set[str]) -> str:
    """In which member bodies differ."""
    scans = [{one.path: one.value for one in spans(body.replace("{{issues}}", ""))} for body in bodies]
    if not all(scans):
        return ""
    names = {
        str(path[-1])
        for path, value in scans[0].items()
        if path and any(path not in other or other[path] != value for other in scans[1:])
    }
    return f", in {_all(sorted(names))}" if names else ""


def _order(values: Values, refused: Sequence[tuple[Sheet, Reply]]) -> dict[str, Any]:
    """How many faults are told, and in which order of the parameters."""
    found: dict[str, Any] = {}
    orders: list[list[str]] = []
    first_of_each = False
    for sheet, reply in refused:
        told = values.told(sheet, reply)
        names = list(dict.fromkeys(one.wrong.parameter for one in told))
        orders.append(names)
        both = [one for one in told if len(one.wrong.faults) > 1]
        if len(both) == 1 and len(told) == len(names):
            first_of_each = True
    if first_of_each:
        found["tell"] = "first-of-each"
    if all(names == [one for one in PARAMETERS if one in names] for names in orders):
        return found
    sent = [list(dict.fromkeys(name for name, _ in sheet.parameters)) for sheet, _ in refused]
    if all(names == [one for one in every if one in names] for names, every in zip(orders, sent, strict=True)):
        found["order"] = "sent"
        return found
    merged: list[str] = []
    for names in sorted(orders, key=len, reverse=True):
        for place, name in enumerate(names):
            if name not in merged:
                before = next((one for one in reversed(names[:place]) if one in merged), None)
                merged.insert(merged.index(before) + 1 if before else 0, name)
    if all(names == [one for one in merged if one in names] for names in orders):
        found["order"] = merged
    return found


def _one_at_a_time(  # noqa: C901 - one case after the other
    values: Values, refused: Sequence[tuple[Sheet, Reply]], rule: dict[str, Any], found: Found
) -> list[Told]:
    """Of a server that tells the first fault alone: the body around it, and what it says."""
    single: list[tuple[Sheet, Reply, Wrong]] = []
    for sheet, reply in refused:
        names = named(without_target(reply), [one.parameter for one in sheet.wrong])
        wrong = sheet.of(names[0]) if names else None
        if wrong is None and len(sheet.wrong) == 1:
            wrong = sheet.wrong[0]
        if wrong is not None:
            single.append((sheet, reply, wrong))
    rule["tell"] = "first"
    frame: tuple[str, str] | None = None
    first = [values.issues(sheet, reply) for sheet, reply, _ in single]
    if first and all(one is not None and len(one.texts) == 1 for one in first):
        frames = {(one.before, one.after) for one in first if one is not None}
        frame = frames.pop() if len(frames) == 1 else None
    bodies = [general(reply.text, reply, values.now) for _, reply, _ in single]
    if frame is None:
        frame = varying(bodies)
    if frame is None:
        found.beyond[INVALID] = "one fault is told at a time, and no one part of the body has it"
        return []
    before, after = frame
    body = f"{before}{{{{first}}}}{after}"
    if body != _with_status(usual.INVALID, rule.get("status", BAD_REQUEST)).replace("{{issues}}", "{{first}}"):
        rule["body"] = body
    told = []
    for (_, reply, wrong), text in zip(single, bodies, strict=True):
        if text.startswith(before) and text.endswith(after):
            told.append(Told(wrong, wrong.faults[0], text[len(before) : len(text) - len(after)], reply))
    orders = [
        (wrong.parameter, list(dict.fromkeys(one.parameter for one in sheet.wrong)))
        for sheet, _, wrong in single
        if len(sheet.wrong) > 1
    ]
    if not all(name == min(names, key=PARAMETERS.index) for name, names in orders):
        if all(name == names[0] for name, names in orders):
            rule["order"] = "sent"
        else:
            found.beyond[INVALID] = "of several faults it tells one, by an order of its own"
    return told


def _issue_texts(told: Sequence[Told], texts: Mapping[str, str], found: Found) -> dict[str, str]:
    """What each fault says, where it is not as usual."""
    rule: dict[str, str] = {}
    for fault in usual.ISSUES:
        seen: dict[str, str] = {}
        for one in told:
            if one.fault != fault:
                continue
            name = one.wrong.parameter
            values = one.wrong.values(fault)
            if _is_usual(one, texts[fault], values):
                seen.setdefault(name, "")
                continue
            template = issue_template(one.raw, name, values)
            if not _is_filled(template, one.raw, name, values):
                found.beyond[f"{TEXTS}.{fault}"] = f"what {fault} in {name} says follows no template"
                continue
            if name in seen and seen[name] != template:
                template = _agreed(fault, seen[name], template, one, found)
            seen[name] = template
        if not seen or not any(seen.values()):
            continue
        common = Counter(template for template in seen.values() if template).most_common(1)[0][0]
        if "" in seen.values():
            rule.update({f"{fault}.{name}": template for name, template in seen.items() if template})
        else:
            rule[fault] = common
            rule.update({f"{fault}.{name}": template for name, template in seen.items() if template != common})
    return rule


def _agreed(fault: str, first: str, second: str, one: Told, found: Found) -> str:
    """One template of two that were seen for the same fault: the one that says both."""
    for template in (first, second):
        if filled(template, {"parameter": one.wrong.parameter, **one.wrong.values(fault)}) == one.raw:
            return template
    found.beyond[f"{TEXTS}.{fault}"] = f"{fault} in {one.wrong.parameter} says other things for other values"
    return first


def _is_usual(one: Told, template: str, values: Mapping[str, Any]) -> bool:
    return filled(template, {"parameter": one.wrong.parameter, **values}) == one.raw


def _is_filled(template: str, raw: str, name: str, values: Mapping[str, Any]) -> bool:
    return filled(template, {"parameter": name, **values}) == raw


@dataclass(frozen=True, slots=True)
class Kind:
    """A refusal of one kind: its reply, and what its placeholders stand for."""

    name: str
    reply: Reply
    values: Mapping[str, str] = field(default_factory=dict)


def of_kinds(  # noqa: C901, PLR0912 - one case after the other
    slug: str, kinds: Sequence[Kind], template: str, status: int, now: int | None
) -> Found:
    """The rule *slug*, `refused-by-rule` or `unauthorized`, from one refusal of each kind that was seen."""
    found = Found()
    if not kinds:
        return found
    found.replies[slug] = [one.reply for one in kinds]
    own: dict[str, tuple[int, str, str]] = {}
    shared: dict[tuple[int, str, str], list[str]] = {}
    for one in kinds:
        message = usual.MESSAGES.get(one.name, "")
        said = filled(message, one.values)
        body = general(one.reply.text, one.reply, now, one.values)
        usual_body = filled(template, {"message": said})
        if one.reply.status == status and one.reply.text == usual_body and one.reply.content_type == usual.JSON_TYPE:
            shared.setdefault((status, usual.JSON_TYPE, template), []).append(one.name)
            continue
        key = (one.reply.status, one.reply.content_type)
        said_raw = in_json(said)
        if said and said_raw in one.reply.text:
            frame = general(one.reply.text.replace(said_raw, _MARK), one.reply, now).replace(_MARK, "{{message}}")
            shared.setdefault((*key, frame), []).append(one.name)
        own[one.name] = (*key, body)
    rule: dict[str, Any] = {}
    general_one = max(shared, key=lambda one: len(shared[one])) if shared else None
    if general_one is None or len(shared[general_one]) * 2 < len(kinds):
        general_one = None
        alike = Counter(own.values()).most_common(1)
        if alike and alike[0][1] == len(kinds) and len(kinds) > 1:
            general_one = alike[0][0]
            shared[general_one] = [one.name for one in kinds]
    if general_one is not None:
        rule.update(_refused(general_one, status, template))
    else:
        statuses = Counter(one[0] for one in own.values())
        if len(statuses) == 1 and len(own) == len(kinds):
            only = next(iter(statuses))
            rule.update({"status": only} if only != status else {})
        types = {one[1] for one in own.values()}
        if len(types) == 1 and len(own) == len(kinds) and types != {usual.JSON_TYPE}:
            rule["content_type"] = next(iter(types))
    inside = shared.get(general_one, []) if general_one else []
    others: dict[str, Any] = {}
    for name, (code, content_type, body) in own.items():
        if name in inside:
            continue
        entry = {
            **({"status": code} if code != rule.get("status", status) else {}),
            **({"content_type": content_type} if content_type != rule.get("content_type", usual.JSON_TYPE) else {}),
            "body": body,
        }
        others[name] = body if set(entry) == {"body"} else entry
    if others:
        rule["kinds"] = others
    if rule:
        found.rules[slug] = rule
        seen = plural(len(kinds), "kind of refusal was", "kinds of refusals were")
        found.evidence[slug] = f"{seen} seen: {_all([one.name for one in kinds])}"
    return found


def of_place(reply: Reply, now: int | None) -> Found:
    """The rule `not-found`, from one answer to an unknown path."""
    found = Found(replies={NOT_FOUND: [reply]})
    said = filled(usual.NOT_FOUND, {"method": "GET", "target": reply.request.target})
    if reply.status == 404 and reply.text == said and reply.content_type == usual.JSON_TYPE:
        return found
    if reply.status < BAD_REQUEST:
        found.beyond[NOT_FOUND] = f"an unknown path is answered with {reply.answer.summary()}"
        return found
    body = general(reply.text, reply, now)
    body = body.replace("GET {{", "{{method}} {{")
    found.rules[NOT_FOUND] = _refused((reply.status, reply.content_type, body), 404, usual.NOT_FOUND)
    found.evidence[NOT_FOUND] = "an unknown path was answered so"
    return found


def _refused(seen: tuple[int, str, str], status: int, template: str) -> dict[str, Any]:
    """What is not usual in a refusal."""
    code, content_type, body = seen
    return {
        **({"status": code} if code != status else {}),
        **({"content_type": content_type} if content_type != usual.JSON_TYPE else {}),
        **({"body": body} if body != template or code != status else {}),
    }


def _with_status(template: str, status: int) -> str:
    """The usual body of another status, which the mock sends where a file gives the status alone."""
    return re.sub(r'"statusCode":\d+', f'"statusCode":{status}', template)


def _all(items: Sequence[Any]) -> str:
    texts = [str(one) for one in items]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else ""
