"""The dialect file: TOML that gives values to rules of ``FullDialect``, and says how they were learnt.

Only ``value`` changes answers. ``grade``, ``on``, ``requests`` and ``evidence`` say where it comes from; ``[open]``
lists what could not be settled, ``[beyond]`` what the mock cannot imitate, and ``[shape]`` describes data for the
generator.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from vambe_mock.contract.full_dialect import FIELDS_BY_SLUG, FullDialect
from vambe_mock.contract.known_dialect import DialectFile, Rule
from vambe_mock.contract.patience import told_when_slow
from vambe_mock.contract.plural import plural
from vambe_mock.contract.suggestions import did_you_mean
from vambe_mock.contract.vocabulary import FIELDS

FORMAT: Final = 1
TABLES: Final = ("dialect", "rules", "open", "beyond", "shape")
LARGEST: Final = 1 << 20
"""Bytes of a file."""

LONGEST: Final = 80
"""Characters of a value that a complaint quotes."""

_HEAD: Final = {"format": int, "made_on": (date, str), "requests": int, "target": str, "about": str, "tool": str}
_RULE: Final = {"value": object, "grade": str, "on": (date, str), "requests": list, "evidence": str}
_EXAMPLE: Final = 'for example [dialect] format = 1, then [rules.days-window] value = {edge = "exclusive"}'


class DialectError(Exception):
    """A dialect file that cannot be used; the message is one line."""


def text_of(path: Path) -> str:
    """The text of a file. Raises DialectError with one line."""
    try:
        with told_when_slow(str(path)), path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise DialectError(f"{path}: more than {LARGEST >> 20} MB; wanted a file of vambe-mock calibrate")
        return raw.decode("utf-8-sig")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise DialectError(f"{path}: {reason}; wanted a file of vambe-mock calibrate") from None
    except UnicodeDecodeError:
        raise DialectError(f"{path}: not UTF-8; wanted TOML, {_EXAMPLE}") from None


def read(path: Path) -> DialectFile:
    """Read a dialect file. Raises DialectError with one line."""
    return parse(text_of(path), str(path))


def parse(text: str, name: str) -> DialectFile:
    """Read the *text* of the dialect file called *name*. Raises DialectError with one line."""
    try:
        document = tomllib.loads(text)
        repr(document)  # ValueError for a number with too many digits for any message
    except (ValueError, RecursionError) as error:
        raise DialectError(f"{name}: {' '.join(str(error).split())}; wanted TOML, {_EXAMPLE}") from None
    try:
        return _read(document, name)
    except _Wrong as wrong:
        raise DialectError(f"{name}: {wrong}") from None


class _Wrong(Exception):  # noqa: N818 - becomes a DialectError once the file's name is before it
    """What is wrong in a file, in one line."""


def _read(document: dict[str, Any], name: str) -> DialectFile:
    _known(document, TABLES, "", "a table like [rules.days-window]")
    for table in TABLES:
        _typed(table, document.get(table, {}), dict, f"[{table}] with keys below it")
    head = document.get("dialect", {})
    _known(head, _HEAD, "dialect.", "[dialect] format = 1, made_on = 2026-01-31, requests = 23")
    for key, value in head.items():
        _typed(f"dialect.{key}", value, _HEAD[key], {"format": "1", "requests": "23"}.get(key, "2026-01-31"))
    if document and head.get("format") != FORMAT:
        if "format" not in head:
            raise _Wrong(f"dialect.format is missing; wanted {FORMAT}: [dialect] with format = {FORMAT} below it")
        raise _Wrong(
            f"dialect.format is {_shown(head['format'])}; wanted {FORMAT}, the only format that this version reads"
        )
    rules = tuple(_rule(slug, table) for slug, table in document.get("rules", {}).items())
    try:
        values = {FIELDS_BY_SLUG[rule.slug]: _value(rule) for rule in rules}
    except RecursionError:
        raise _Wrong("its tables are nested too deeply; wanted fewer levels") from None
    dialect = FullDialect(**values)
    _check_fields(dialect)
    return DialectFile(
        name=name,
        made_on=str(head.get("made_on", "")),
        dialect=dialect,
        rules=rules,
        open=_said(document, "open", "needs"),
        beyond=_said(document, "beyond", "says"),
    )


def _rule(slug: str, table: Any) -> Rule:
    where = f"rules.{slug}"
    if slug not in FIELDS_BY_SLUG:
        raise _Wrong(
            f"{where}: no rule has this name; {did_you_mean(slug, FIELDS_BY_SLUG)}wanted one of docs/calibration.md, "
            f"such as days-window"
        )
    _typed(where, table, dict, f"[{where}] with value = ... below it")
    inside = [key for key in table if key not in _RULE and key in _keys_of(slug)]
    wanted = f"value = {{{inside[0]} = ...}}" if inside else "value, grade, on, requests, evidence"
    _known(table, _RULE, f"{where}.", wanted)
    for key, value in table.items():
        _typed(f"{where}.{key}", value, _RULE[key], {"on": "2026-01-31", "requests": '["days=1"]'}.get(key, '"text"'))
    if "value" not in table:
        raise _Wrong(f"{where} has no value; wanted value = ..., or no such table")
    requests = table.get("requests", [])
    for request in requests:
        _typed(f"{where}.requests", request, str, '["days=1", "days=1&limit=5"]')
    return Rule(
        slug=slug,
        value=table["value"],
        grade=table.get("grade", ""),
        on=str(table.get("on", "")),
        requests=tuple(requests),
        evidence=table.get("evidence", ""),
    )


def _check_fields(dialect: FullDialect) -> None:
    """Fields are named that exist."""
    known = {*FIELDS, *(name for name in dialect.extra_fields if "." not in name)}
    for slug, names in (("contact-fields", dialect.contact_fields), ("nullable-fields", dialect.nullable_fields)):
        for name in names:
            if name.partition(".")[0] not in known:
                raise _Wrong(
                    f"rules.{slug}.value: no field is called {_shown(name)}; {did_you_mean(name, known)}wanted fields "
                    f"of the document, or of rules.extra-fields"
                )
    for name in dialect.extra_fields:
        outer, dot, _ = name.partition(".")
        if dot and outer != "active_ticket_v2":
            raise _Wrong(
                f"rules.extra-fields.value: {_shown(name)} is in no object of the document; wanted a path below "
                f"active_ticket_v2, or a table under the name of the outer field"
            )


def _said(document: dict[str, Any], table: str, key: str) -> dict[str, str]:
    """The texts of ``[open]`` or ``[beyond]`` by slug; these may name rules of later versions."""
    found = {}
    for slug, entry in document.get(table, {}).items():
        _typed(f"{table}.{slug}", entry, dict, f'[{table}.{slug}] with {key} = "..." below it')
        _known(entry, (key,), f"{table}.{slug}.", f'{key} = "..."')
        _typed(f"{table}.{slug}.{key}", entry.get(key, ""), str, '"text"')
        found[slug] = entry.get(key, "")
    return found


def _known(table: Mapping[str, Any], known: Any, prefix: str, wanted: str) -> None:
    for key in table:
        if key not in known:
            raise _Wrong(f"{prefix}{key}: no such key; {did_you_mean(key, known)}wanted {wanted}")


def _typed(where: str, value: Any, kind: Any, example: str) -> None:
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise _Wrong(f"{where} is {_shown(value)}; wanted something like {example}")


def _value(rule: Rule) -> Any:
    """The value of *rule* as ``FullDialect`` keeps it."""
    try:
        return _adapter(FIELDS_BY_SLUG[rule.slug]).validate_python(rule.value)
    except ValidationError as error:
        raise _Wrong(_complaint(rule, error)) from None


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_hints()[name])


@cache
def _hints() -> dict[str, Any]:
    return get_type_hints(FullDialect, include_extras=True)


def _complaint(rule: Rule, error: ValidationError) -> str:
    """The first thing that is wrong with the value, where it is, and what is wanted there."""
    errors = error.errors(include_url=False)
    deepest = max(len(_path(rule.value, one["loc"])) for one in errors)
    here = [one for one in errors if len(_path(rule.value, one["loc"])) == deepest]
    path = _path(rule.value, here[0]["loc"])
    here = [one for one in here if _path(rule.value, one["loc"]) == path]
    where = ".".join([f"rules.{rule.slug}.value", *map(str, path)])
    return f"{where}{_fault(rule, path, here)}, for example value = {example(rule.slug)}"


def _fault(rule: Rule, path: tuple[int | str, ...], here: Sequence[Any]) -> str:
    """What is wrong at *path*, where pydantic found the errors *here*, and what is wanted."""
    if here[0]["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
        known = [one.name for one in fields(_table_at(rule, path))]
        return f": no such key; {did_you_mean(str(path[-1]), known)}wanted one of {', '.join(known)}"
    if here[0]["type"] == "value_error":
        return f": {here[0]['msg'].removeprefix('Value error, ')}"
    wanted = " or ".join(dict.fromkeys(map(_wanted, here)))
    if here[0]["type"] in {"missing", "missing_keyword_only_argument"}:
        return " is missing; wanted a value"
    if here[0]["loc"][-1:] == ("[key]",):
        key = str(here[0]["input"])
        return f": no such key; {did_you_mean(key, _choices(here[0]))}wanted {wanted}"
    return f" is {_shown(here[0]['input'])}; wanted {wanted}"


def _choices(error: Any) -> list[str]:
    """The texts of which one is wanted, as pydantic writes them in a sentence; none for other errors."""
    return re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))


def _path(value: Any, loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The keys of *loc* that lead into *value*; pydantic names the branches of its unions as well."""
    path: list[int | str] = []
    for key in loc:
        in_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
        if in_list or (isinstance(value, dict) and key in value):
            path, value = [*path, key], value[key]
        elif key == loc[-1] and isinstance(value, dict) and key not in value and str(key).isidentifier():
            path.append(key)
    return tuple(path)


def _table_at(rule: Rule, path: tuple[int | str, ...]) -> Any:
    """The table that ought to have the last key of *path*."""
    found = _tables(_hints()[FIELDS_BY_SLUG[rule.slug]])
    if len(path) > 1 and found and path[0] in getattr(found[0], "__dataclass_fields__", {}):
        inner = _tables(get_type_hints(found[0], include_extras=True)[str(path[0])])
        found = inner or found
    return found[0]


def _tables(hint: Any) -> list[Any]:
    """The tables that a type of the vocabulary admits."""
    found = [hint] if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__") else []
    return [*found, *(one for argument in get_args(hint) for one in _tables(argument))]


def _keys_of(slug: str) -> list[str]:
    """The keys that a table which is the value of the rule can have."""
    return [one.name for table in _tables(_hints()[FIELDS_BY_SLUG[slug]])[:1] for one in fields(table)]


def _wanted(error: Any) -> str:
    kind, more = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return str(more["expected"]).replace("'", '"')
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(more["pattern"], f"a text like {more['pattern']}")
    if kind in _BOUNDS:
        lengths = {name: one for name, one in more.items() if isinstance(one, int) and name.endswith("_length")}
        characters = {f"{name[:3]}_characters": plural(one, "character") for name, one in lengths.items()}
        return _BOUNDS[kind].format(**more, **characters)
    return _WANTED.get(kind) or str(error["msg"]).lower()


_BOUNDS: Final = {
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "string_too_short": "a text of {min_characters} or more",
    "string_too_long": "a text of {max_characters} or less",
}
_PATTERNS: Final = {
    r"^[+-](?:0[0-9]|1[0-4]):[0-5][0-9]$": 'an offset like "-03:00"',
    r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$": 'the name of a header, like "x-request-id"',
    r"^[\x20-\x7e]*$": "printable ASCII",
}
"""What the patterns of the vocabulary admit, in words."""

_WANTED: Final = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "string_type": "a text",
    "list_type": "a list",
    "dict_type": "a table",
    "dataclass_type": "a table",
}

_EXAMPLES: Final = {
    "chat-statuses": '["UNATTENDED", "SNOOZED"]',
    "contact-fields": '["id", "name", "updated_at"]',
    "days-window": '{edge = "exclusive"}',
    "default-limit": "50",
    "empty-values": '{stage_id = "absent"}',
    "extra-fields": '{tags = ["string"], owner = {id = "uuid?"}}',
    "invalid-parameters": "{status = 422}",
    "issue-texts": """{below = '"{{parameter}} must be at least {{minimum}}"'}""",
    "limit-cap": "100",
    "malformed-values": '{entity_type = "ignore"}',
    "not-found": '{body = "not found"}',
    "nullable-fields": '["name"]',
    "order": '{updated_after = "updated_at descending"}',
    "order-ties": '{updated_at = "id-down"}',
    "platforms": '["whatsapp", "telegram"]',
    "rate-limit-numbers": "{limit = 100, seconds = 60}",
    "refused-by-rule": "{status = 422}",
    "repeated-parameter": '{limit = "last"}',
    "response-headers": '{x-powered-by = "Express"}',
    "time-filter-required": "30",
    "time-filters-together": '{"days+updated_after" = "updated_after"}',
    "unauthorized": "{status = 403}",
}
"""Values of the rules of which the type tells none."""


def example(slug: str) -> str:
    """A value that the rule can have, as the file writes it."""
    if slug in _EXAMPLES:
        return _EXAMPLES[slug]
    hint = _hints()[FIELDS_BY_SLUG[slug]]
    table = _tables(hint)
    if table:
        one = fields(table[0])[0]
        return f"{{{one.name} = {_shown(one.default)}}}"
    literals = [one for part in (hint, *get_args(hint)) if get_origin(part) is Literal for one in get_args(part)]
    return _shown(literals[-1]) if literals else "true"


def _shown(value: Any) -> str:
    """*value* as a complaint quotes it."""
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
