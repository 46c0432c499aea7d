"""The file of ``--stubs``: a list of stubs in JSON or YAML, and the bodies that lie beside it (docs/stubs.md)."""

from collections.abc import Iterable
from mimetypes import guess_type
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from vambe_mock.admin.problems import field_errors
from vambe_mock.datasets.files import BOM, size_of
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.organisations.organisation import Organisation
from vambe_mock.organisations.stubs import MOST, MOST_BYTES, Reply, StubRule, Stubs, check_path
from vambe_mock.server.options import SettingsError

MOST_IN_FILE: Final = 1 << 22
"""Bytes of a stub file, which is parsed as a whole."""

EXAMPLE: Final = '[{"path": "/api/public/ticket/{id}", "body": {"id": "7"}}]'

_RULES: Final = TypeAdapter(list[StubRule])


def add_stubs(organisations: Iterable[Organisation], path: Path, *, neighbours: bool) -> None:
    """Let each of *organisations* begin with the stubs of the file at *path*. Raises SettingsError with one line."""
    replies = read_stubs(path, neighbours=neighbours)
    for organisation in organisations:
        organisation.stubs = Stubs(replies)


def read_stubs(path: Path, *, neighbours: bool) -> list[Reply]:
    """The replies of the file at *path*. Raises SettingsError with one line.

    With *neighbours*, their paths are taken.
    """
    try:
        value = _parsed(path, _read(path, MOST_IN_FILE).removeprefix(BOM))
    except ValueError as error:
        raise _refused(str(error), path) from error
    try:
        rules = _RULES.validate_python(value)
    except ValidationError as error:
        raise _refused(_fault(error, value), path) from error
    if len(rules) > MOST:
        raise _refused(f"{len(rules):,} stubs; wanted {MOST:,} at most", path)
    replies = [_reply(number, rule, path, neighbours=neighbours) for number, rule in enumerate(rules, 1)]
    if sum(len(reply.body) for reply in replies) > MOST_BYTES:
        raise _refused(f"the bodies have more than {MOST_BYTES:,} bytes together; wanted fewer or smaller ones", path)
    return replies


def _refused(why: str, path: Path) -> SettingsError:
    return SettingsError(f"--stubs {path}: {why}")


def _read(path: Path, most: int) -> bytes:
    """The bytes of a regular file. Raises ValueError for anything else, and for more than *most* bytes."""
    try:
        if (size := size_of(path)) > most:
            raise ValueError(f"{size:,} bytes; wanted {most:,} at most")
        return path.read_bytes()
    except OSError as error:
        raise ValueError(f"{(error.strerror or str(error)).lower()}; wanted a file that can be read") from error
    except DatasetError as error:
        raise ValueError(str(error).removeprefix(f"{path}: ")) from error


def _parsed(path: Path, raw: bytes) -> Any:
    """The value of the file. Raises ValueError."""
    suffix = path.suffix.lower()
    if suffix not in (".json", ".yaml", ".yml"):
        raise ValueError("unknown file type; wanted .json, .yaml or .yml")
    try:
        return from_json(raw, allow_inf_nan=False) if suffix == ".json" else _yaml(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        kind = "JSON" if suffix == ".json" else "YAML"
        raise ValueError(f"not {kind}: {' '.join(str(error).split())}") from error


def _yaml(text: str) -> Any:
    """YAML with the types of JSON alone: a date is a text, and no value refers to another. Raises ValueError."""
    import yaml  # slow to import

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.AliasEvent):
                line = self.peek_event().start_mark.line + 1  # type: ignore[no-untyped-call]
                raise ValueError(f"line {line}: a reference to another value; wanted the value itself")
            return super().compose_node(parent, index)

    Loader.yaml_implicit_resolvers = {
        first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        return yaml.load(text, Loader)  # noqa: S506 - it is a safe one
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        raise ValueError(f"line {mark.line + 1}: {problem}" if mark else str(error)) from error


def _fault(error: ValidationError, value: Any) -> str:
    if not isinstance(value, list):
        return f"no list; wanted one like {EXAMPLE}"
    errors = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
    fault = field_errors(errors, value, list[StubRule])[0]
    _, place, *field = fault.where.split(".")
    named = f", {'.'.join(field)}" if field else ""
    return f"stub {int(place) + 1}{named}: {fault.message}"


def _reply(number: int, rule: StubRule, path: Path, *, neighbours: bool) -> Reply:
    try:
        check_path(rule, neighbours=neighbours)
        if rule.file is None:
            return Reply.of(rule)
        content = _content(path.parent, rule.file)
        return Reply.of(rule, content, _media_type(rule.file))
    except ValueError as error:
        raise _refused(f"stub {number}, {error}", path) from error


def _content(folder: Path, name: str) -> bytes:
    """The content of a file below *folder*. Raises ValueError for one elsewhere, or if it cannot be read.

    A link that leads out of the folder is one elsewhere.
    """
    own = folder.resolve()
    found = (own / name).resolve()
    if not found.is_relative_to(own):
        raise ValueError(f"file {name}: it is outside the folder of the stub file; wanted one like answers/ticket.json")
    try:
        return _read(found, MOST_BYTES)
    except ValueError as error:
        raise ValueError(f"file {name}: {error}") from error


def _media_type(name: str) -> str:
    guessed = guess_type(name)[0]
    if guessed is None:
        return "application/octet-stream"
    text = guessed.startswith("text/") or guessed == "application/json"
    return f"{guessed}; charset=utf-8" if text else guessed
