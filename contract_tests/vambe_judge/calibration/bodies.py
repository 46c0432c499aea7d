"""Refusals as templates: what of a body is the same each time, and what is put in.

Bodies are looked at as text, so that spacing and the order of keys are kept. Placeholders are those of a dialect file.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from vambe_judge.asking.contacts import PARAMETERS
from vambe_judge.calibration.asker import Reply
from vambe_judge.calibration.population import read

Path = tuple[str | int, ...]
_DECODER: Final = json.JSONDecoder()
_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_PLACEHOLDER: Final = re.compile(r"\{\{([a-z-]+)\}\}")
UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
WIRE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_DAY: Final = 86_400_000
JOINTS: Final = ("; ", ", ", " | ", "\\n", ". ", ";", ",")


@dataclass(frozen=True, slots=True)
class Span:
    """A value inside a JSON text: where it is, and what. ``key_start`` is where its name begins, in an object."""

    path: Path
    start: int
    end: int
    value: Any
    key_start: int


def spans(text: str) -> list[Span]:
    """Every value of a JSON text, outermost first. Empty for what is no JSON."""
    found: list[Span] = []
    try:
        end = _scan(text, _skip(text, 0), (), found, None)
    except (ValueError, IndexError, RecursionError):
        return []
    return sorted(found, key=lambda one: (len(one.path), one.start)) if not text[end:].strip() else []


def _skip(text: str, place: int) -> int:
    match = _BLANKS.match(text, place)
    return match.end() if match else place


def _scan(text: str, place: int, path: Path, found: list[Span], key_start: int | None) -> int:
    start = place
    value, end = _DECODER.raw_decode(text, place)
    if text[place] in "{[":
        is_object = text[place] == "{"
        place, number = _skip(text, place + 1), 0
        while text[place] not in "}]":
            own_start = place
            name: str | int = number
            if is_object:
                name, place = _DECODER.raw_decode(text, place)
                place = _skip(text, _skip(text, place) + 1)  # the colon
            place = _skip(text, _scan(text, place, (*path, name), found, own_start))
            number += 1
            if text[place] == ",":
                place = _skip(text, place + 1)
    found.append(Span(path, start, end, value, start if key_start is None else key_start))
    return end


def in_json(text: str) -> str:
    """*text* inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def filled(template: str, values: Mapping[str, Any]) -> str:
    """*template* with *values*; ``-json`` ones as JSON, ``issues`` and ``first`` as they are."""

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1], "")
        if match[1].endswith("-json"):
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return str(value) if match[1] in ("issues", "first") else in_json(str(value))

    return _PLACEHOLDER.sub(put, template)


def named(text: str, names: Iterable[str] = PARAMETERS) -> list[str]:
    """The parameters that *text* names, in the order of their first mention."""
    places = {one: match.start() for one in names if (match := re.search(rf"(?<!\w){one}(?!\w)", text))}
    return sorted(places, key=places.__getitem__)


@dataclass(frozen=True, slots=True)
class Issues:
    """Where the faults of a refusal stand: the text before and after them, what joins them, and each with its name."""

    before: str
    after: str
    between: str
    texts: tuple[tuple[str, str], ...]
    """Parameter and raw text, in order."""


def issues_of(text: str, wrong: Sequence[str]) -> Issues | None:
    """The faults of several parameters in one body; None where they do not stand in one list."""
    return _issues_of(text, tuple(wrong))


@lru_cache(maxsize=64)
def _issues_of(text: str, wrong: tuple[str, ...]) -> Issues | None:
    everything = spans(text)
    for span in everything:
        inner = [one for one in everything if one.path[:-1] == span.path and len(one.path) == len(span.path) + 1]
        inner.sort(key=lambda one: one.start)
        if not inner or not isinstance(span.value, list | dict):
            continue
        pieces = [text[one.key_start : one.end] for one in inner]
        if isinstance(span.value, dict):
            names = [str(one.path[-1]) for one in inner]
            if not set(names) <= set(wrong):
                continue
        else:
            own = [named(piece, wrong) for piece in pieces]
            if not all(own):
                continue
            names = [_subject(piece, some) for piece, some in zip(pieces, own, strict=True)]
        joints = {text[one.end : other.key_start] for one, other in pairwise(inner)}
        if len(joints) <= 1:
            return Issues(
                text[: inner[0].key_start],
                text[inner[-1].end :],
                next(iter(joints), ","),
                tuple(zip(names, pieces, strict=True)),
            )
    return _joined(text, everything, wrong)


def _subject(piece: str, names: Sequence[str]) -> str:
    """Whose fault a text tells: the name that stands alone as a JSON text, else the first."""
    alone = [one for one in names if f'"{one}"' in piece]
    return alone[0] if alone else names[0]


def _joined(text: str, everything: Sequence[Span], wrong: Sequence[str]) -> Issues | None:
    """Faults that are joined to one sentence."""
    for span in everything:
        if not isinstance(span.value, str) or len(named(span.value, wrong)) < 2:
            continue
        raw = text[span.start + 1 : span.end - 1]
        for joint in JOINTS:
            pieces = raw.split(joint)
            names = [named(piece, wrong) for piece in pieces]
            if len(pieces) > 1 and all(len(one) == 1 for one in names):
                flat = [one[0] for one in names]
                return Issues(
                    text[: span.start + 1], text[span.end - 1 :], joint, tuple(zip(flat, pieces, strict=True))
                )
    return None


def general(text: str, reply: Reply, now: int | None, extra: Mapping[str, str] | None = None) -> str:
    """A body with what belongs to its request replaced by placeholders: target, path, method, instant, ids.

    *extra* are further values by placeholder, longest first.
    """
    request = reply.request
    known = {"target": request.target, **({} if request.path == request.target else {"path": request.path})}
    for name, value in sorted({**(extra or {}), **known}.items(), key=lambda pair: -len(pair[1])):
        if value:
            for written in dict.fromkeys((in_json(value), value)):
                text = text.replace(written, f"{{{{{name}}}}}")
    for span in reversed(spans(text)):
        if isinstance(span.value, str):
            raw = text[span.start + 1 : span.end - 1]
            new = raw
            if WIRE.fullmatch(raw) and (now is None or abs((read(raw) or 0) - now) < _DAY):
                new = "{{now}}"
            elif UUID.fullmatch(raw):
                new = "{{uuid}}"
            elif raw == "GET" and span.path and str(span.path[-1]).lower() in ("method", "verb"):
                new = "{{method}}"
            if new != raw:
                text = f"{text[: span.start + 1]}{new}{text[span.end - 1 :]}"
                return general(text, reply, now, extra)
    return text


def issue_template(raw: str, parameter: str, values: Mapping[str, Any]) -> str:
    """What a fault says, with the parameter's name and *values* (placeholder to value) replaced."""
    text = _word(raw, parameter, "{{parameter}}")
    for name, value in values.items():
        if value in ("", None):
            continue
        written = json.dumps(value) if name.endswith("-json") else in_json(str(value))
        text = _word(text, written, f"{{{{{name}}}}}")
    return text


def _word(text: str, written: str, placeholder: str) -> str:
    return re.sub(rf"(?<![\w.-]){re.escape(written)}(?![\w.]*\w)", lambda _: placeholder, text)


def varying(texts: Sequence[str]) -> tuple[str, str] | None:
    """What stands before and after the one part in which JSON bodies of one structure differ; None for none such.

    The part is a whole value, the least that has all differences; of texts alone, what is inside the quotes.
    """
    scans = [{one.path: one for one in spans(text)} for text in texts]
    if not all(scans) or len(set(texts)) < 2:
        return None
    first = scans[0]
    differing = [
        path
        for path, span in first.items()
        if any(path not in other or other[path].value != span.value for other in scans[1:])
    ]
    differing += [path for other in scans[1:] for path in other if path not in first]
    leaves = [path for path in differing if not any(len(o) > len(path) and o[: len(path)] == path for o in differing)]
    if not leaves:
        return None
    common: Path = leaves[0]
    for path in leaves[1:]:
        while path[: len(common)] != common:
            common = common[:-1]
    parts = [scan.get(common) for scan in scans]
    if any(part is None for part in parts):
        return None
    spans_of = [part for part in parts if part is not None]
    quoted = all(isinstance(part.value, str) for part in spans_of)
    frames = {
        (text[: part.start + quoted], text[part.end - quoted :]) for text, part in zip(texts, spans_of, strict=True)
    }
    return next(iter(frames)) if len(frames) == 1 else None
