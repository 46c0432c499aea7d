"""Knobs from a profile (a TOML or YAML file) and from the command line, which wins."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from vambe_mock.generator.problems import GeneratorError, reason
from vambe_mock.generator.recipe import profile_shape
from vambe_mock.generator.recipe.knobs import Shape, unknown_knob

if TYPE_CHECKING:
    from pathlib import Path

_UNREADABLE = (ValueError, RecursionError, LookupError, AttributeError)
"""What the parsers raise; for a value that does not fit its tag, PyYAML lets Python's own errors through."""

_MOST_BYTES = 1 << 16
"""Of a profile; one with every knob has 4,000."""

_MOST_BYTES_OF_TOML = 1 << 20
"""A dialect, which may have every body of a server in it, and is always TOML; YAML of that size takes half a minute."""

_DIALECT = "dialect"
"""A table that every dialect has."""

_EXAMPLE = 'for example: --set tickets=0.5 --set recency.older=0.3 --set "locales={es_MX=1}"'


def shape_of(profile: Path | None, settings: list[str], **switches: Any) -> Shape:
    """The shape of a profile, overridden by `name=value` settings, and these by the switches that are not None."""
    knobs = read_profile(profile) if profile else {}
    for setting in settings:
        _apply_setting(knobs, setting)
    knobs |= {name: value for name, value in switches.items() if value is not None}
    return Shape.of(knobs)


def read_profile(path: Path) -> dict[str, Any]:
    """Read the knobs of a profile. Raises GeneratorError with one line for a file that cannot be read or parsed."""
    try:
        text = _text(path)
        knobs = tomllib.loads(text) if path.suffix.lower() == ".toml" else _parse_yaml(text)
        repr(knobs)  # ValueError for an integer with too many digits for any error message
    except OSError as error:
        raise GeneratorError(f"--profile {path}: {reason(error)}; wanted a TOML or YAML file") from error
    except _UNREADABLE as error:
        problem = _parse_problem(error)
        raise GeneratorError(f"--profile {path}: {problem}; wanted TOML or YAML, for example: tickets = 0.5") from error
    if not isinstance(knobs, dict):
        raise GeneratorError(f"--profile {path}: wanted a table of knobs, for example: tickets: 0.5")
    if profile_shape.TABLE in knobs:
        return _measured(path, knobs)
    if isinstance(knobs.get(_DIALECT), dict):
        raise GeneratorError(f"--profile {path}: no [shape] in it; wanted a file of vambe-mock calibrate --shape")
    return {str(name): _with_text_keys(value) for name, value in knobs.items()}


def _measured(path: Path, tables: dict[str, Any]) -> dict[str, Any]:
    """The knobs of `[shape]`. The file may be a whole dialect, so its other tables are no concern of ours."""
    beside = [name for name in tables if name in {knob.name for knob in fields(Shape)}]
    if beside:
        raise GeneratorError(f"--profile {path}: {beside[0]} beside [shape]; wanted --set {beside[0]}=VALUE instead")
    try:
        return profile_shape.knobs_of(tables[profile_shape.TABLE])
    except GeneratorError as error:
        raise GeneratorError(f"--profile {path}: {error}") from error


def _text(path: Path) -> str:
    """The text of the file, which may be a pipe such as /dev/stdin."""
    most = _MOST_BYTES_OF_TOML if path.suffix.lower() == ".toml" else _MOST_BYTES
    with path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise ValueError(f"more than {most:,} bytes")
    return raw.decode("utf-8-sig")


def _parse_yaml(text: str) -> Any:
    import yaml  # only for a profile: it takes as long to import as a small set to generate

    class Loader(yaml.SafeLoader):
        """Without references: nine lines of them can stand for a billion values."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                raise ValueError(f"line {self.peek_event().start_mark.line + 1}: a reference to another value")  # type: ignore[no-untyped-call]
            return super().compose_node(parent, index)

    try:
        return yaml.load(text, Loader) or {}  # noqa: S506 - it is a safe one
    except yaml.YAMLError as error:
        raise ValueError(_yaml_problem(error)) from error


def _yaml_problem(error: Exception) -> str:
    """The problem and its line, in one line; PyYAML's own message has several."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    return f"line {mark.line + 1}: {problem or 'not YAML'}" if mark else str(error)


def _parse_problem(error: Exception) -> str:
    """The problem in one line."""
    if isinstance(error, LookupError | AttributeError):
        return "a value that does not fit its tag"
    return " ".join(str(error).split())


def _with_text_keys(value: Any) -> Any:
    """A table of weights with text as keys: YAML reads the bucket 7 as a number."""
    return {str(key): weight for key, weight in value.items()} if isinstance(value, dict) else value


def _apply_setting(knobs: dict[str, Any], setting: str) -> None:
    name, equals, text = setting.partition("=")
    if not equals or not name:
        raise GeneratorError(f"--set {setting}; wanted name=value, {_EXAMPLE}")
    name, dot, key = name.strip().partition(".")
    value = _parse_value(text.strip())
    if not dot:
        knobs[name] = value
        return
    if name not in {knob.name for knob in fields(Shape)}:
        raise GeneratorError(unknown_knob(name))
    defaults = getattr(Shape(), name)
    table = knobs.get(name, defaults)
    if not isinstance(defaults, dict) or not isinstance(table, dict):
        raise GeneratorError(f"--set {setting}: {name} is not a table of weights; {_EXAMPLE}")
    knobs[name] = {**table, key: value}


def _parse_value(text: str) -> Any:
    """The text as a TOML value; as it is if it is none."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
        repr(value)  # as in `read_profile`
    except (ValueError, RecursionError):
        return text
    return value


def knob_lines() -> list[str]:
    """The lines of a TOML profile with every knob, its meaning as a comment and its default."""
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
