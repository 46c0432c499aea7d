"""A profile: a small TOML or YAML file with knobs, and the knobs of a command line on top of it."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import yaml

from vambe_mock.generator.problems import GeneratorError, reason
from vambe_mock.generator.recipe.knobs import Shape

if TYPE_CHECKING:
    from pathlib import Path

_UNREADABLE = (ValueError, RecursionError, yaml.YAMLError, LookupError, AttributeError)
"""What the readers raise; PyYAML leaves a value that its tag or form does not fit to the errors of Python."""

_EXAMPLE = 'for example: --set tickets=0.5 --set recency.older=0.3 --set "locales={es_MX=1}"'


def shape_of(profile: Path | None, settings: list[str], **switches: Any) -> Shape:
    """The shape by a profile, then by `name=value` settings, then by switches that are not None."""
    knobs = read(profile) if profile else {}
    for setting in settings:
        _set(knobs, setting)
    knobs |= {name: value for name, value in switches.items() if value is not None}
    return Shape.of(knobs)


def read(path: Path) -> dict[str, Any]:
    """The knobs of a profile. Raises GeneratorError with one line."""
    try:
        text = path.read_text("utf-8-sig")
        knobs = tomllib.loads(text) if path.suffix.lower() == ".toml" else yaml.safe_load(text) or {}
        repr(knobs)  # ValueError for a number that no complaint could show
    except OSError as error:
        raise GeneratorError(f"--profile {path}: {reason(error)}; wanted a TOML or YAML file") from error
    except _UNREADABLE as error:
        told = _told(error)
        raise GeneratorError(f"--profile {path}: {told}; wanted TOML or YAML, for example: tickets = 0.5") from error
    if not isinstance(knobs, dict):
        raise GeneratorError(f"--profile {path}: wanted a table of knobs, for example: tickets: 0.5")
    return {str(name): _textual(value) for name, value in knobs.items()}


def _told(error: Exception) -> str:
    """The fault and its place; PyYAML alone would quote the line, with a pointer below it."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f"line {mark.line + 1}: {getattr(error, 'problem', None) or 'no YAML'}"
    if isinstance(error, LookupError | AttributeError):
        return "a value that is not what its tag says"
    return " ".join(str(error).split())


def _textual(value: Any) -> Any:
    """Weights by text keys: YAML reads the bucket 7 as a number."""
    return {str(key): one for key, one in value.items()} if isinstance(value, dict) else value


def _set(knobs: dict[str, Any], setting: str) -> None:
    name, equals, text = setting.partition("=")
    if not equals or not name:
        raise GeneratorError(f"--set {setting}; wanted name=value, {_EXAMPLE}")
    name, dot, key = name.strip().partition(".")
    value = _value(text.strip())
    if not dot:
        knobs[name] = value
        return
    defaults = getattr(Shape(), name, None)
    table = knobs.get(name, defaults)
    if not isinstance(defaults, dict) or not isinstance(table, dict):
        raise GeneratorError(f"--set {setting}: {name} is not a table of weights; {_EXAMPLE}")
    knobs[name] = {**table, key: value}


def _value(text: str) -> Any:
    """A TOML value, or a plain text."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
        repr(value)  # as above
    except (ValueError, RecursionError):
        return text
    return value


def knob_lines() -> list[str]:
    """Every knob with its default and meaning, as a profile has them."""
    from dataclasses import fields  # noqa: PLC0415 - only for this list
    from textwrap import wrap  # noqa: PLC0415 - as above

    shape = Shape()
    lines = []
    for knob in fields(shape):
        value = getattr(shape, knob.name)
        shown = (
            "{ " + ", ".join(f"{json.dumps(key)} = {weight}" for key, weight in value.items()) + " }"
            if isinstance(value, dict)
            else json.dumps(value)
        )
        lines += [*wrap(knob.metadata["meaning"], 100, initial_indent="# ", subsequent_indent="# ")]
        lines.append(f"{knob.name} = {shown}")
    return lines
