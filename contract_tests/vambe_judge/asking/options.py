"""What the user says about the target and the run."""

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from vambe_judge.asking import instants
from vambe_judge.asking.problems import JudgeError
from vambe_mock.contract.patience import told_when_slow

ENTITIES: Final = ("customer", "ticket")
LARGE_WINDOW: Final = 1_000
SMALL_WINDOW: Final = 100
GENERATED: Final = 100
LARGEST_FILE: Final = 1_000_000
"""Bytes of a TOML file."""

TABLES: Final = ("pipelines", "custom_fields", "contacts")
_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class CustomField(NamedTuple):
    """A custom field and a value that some contacts have and others lack."""

    entity: str
    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to judge. ``pipelines`` maps a pipeline's id to the ids of its stages.

    ``now`` is the target's frozen clock, if any, in milliseconds since 1970 UTC. ``window`` is the maximum
    number of contacts per response, unless ``large`` lifts it. ``generated`` is the number of generated requests; -1
    chooses by where the target runs. ``thorough`` allows 400 requests instead of 120. ``blocked`` is whether some
    contacts of the account are known to be blocked.
    """

    pipelines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    custom_fields: tuple[CustomField, ...] = ()
    now: int | None = None
    window: int = SMALL_WINDOW
    large: bool = False
    key_in_url: bool = False
    like_mock: bool = False
    strict: bool = False
    thorough: bool = False
    generated: int = -1
    blocked: bool = False

    def with_target_data(self, pipelines: Iterable[str], custom_fields: Iterable[str], file: Path | None) -> "Options":
        """Return these options plus the data described on the command line and in a TOML *file*. Raises JudgeError."""
        from_file = _file(file) if file else Options()
        return replace(
            self,
            pipelines={**from_file.pipelines, **dict(map(pipeline, pipelines))},
            custom_fields=(*from_file.custom_fields, *map(custom_field, custom_fields)),
            blocked=from_file.blocked or self.blocked,
        )


def pipeline(text: str) -> tuple[str, tuple[str, ...]]:
    """Parse ``ID=STAGE,STAGE``. Raises JudgeError."""
    name, _, stages = text.lower().partition("=")
    ids = tuple(stage.strip() for stage in stages.split(",") if stage.strip())
    if not ids or not all(_UUID.fullmatch(one) for one in (name.strip(), *ids)):
        raise JudgeError(f'--pipeline "{text}" is not understood; wanted ID=STAGE,STAGE with UUIDs')
    return name.strip(), ids


def custom_field(text: str) -> CustomField:
    """Parse ``ENTITY.KEY=VALUE``. Raises JudgeError, without the value, which may be personal."""
    name, equals, value = text.partition("=")
    entity, dot, key = name.partition(".")
    if entity not in ENTITIES or not (dot and key and equals and value):
        raise JudgeError(f'--custom-field "{name}=…" is not understood; wanted e.g. customer.status=Active')
    return CustomField(entity, key, value)


def instant(text: str | None) -> int | None:
    """Parse ``--target-now`` to milliseconds since 1970 UTC. Raises JudgeError."""
    if text is None:
        return None
    try:
        return instants.read(text)
    except ValueError:
        raise JudgeError(f'--target-now "{text}" is not an instant; wanted one like 2026-01-31T09:30:00Z') from None


def _file(path: Path) -> Options:
    """``[pipelines]`` with ``"ID" = ["STAGE", …]``, ``[custom_fields]`` with ``"ENTITY.KEY" = "VALUE"`` or several.

    ``[contacts]`` has ``blocked = true`` where some contacts are blocked.
    """
    content = toml(path, "--about")
    pipelines, fields, contacts = (content.pop(name, {}) for name in TABLES)
    if content or not isinstance(pipelines, dict) or not isinstance(fields, dict) or not isinstance(contacts, dict):
        raise JudgeError(
            f"--about {path}: wanted the tables [pipelines], [custom_fields] and [contacts] and nothing else"
            + did_you_mean(content, TABLES)
        )
    if contacts.keys() - {"blocked"} or not isinstance(contacts.get("blocked", False), bool):
        raise JudgeError(f"--about {path}: [contacts] has something else; wanted blocked = true, or no such table")
    return Options(
        pipelines=dict(pipeline(f"{name}={','.join(map(str, _several(ids)))}") for name, ids in pipelines.items()),
        custom_fields=tuple(
            custom_field(f"{name}={value}") for name, values in fields.items() for value in _several(values)
        ),
        blocked=contacts.get("blocked", False),
    )


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def did_you_mean(came: Iterable[str], known: Collection[str]) -> str:
    """Return ``; did you mean "x"?`` for the first of the unknown names that is close to a known one, or nothing."""
    close = next((found[0] for one in came if (found := get_close_matches(one, known, 1))), "")
    return f'; did you mean "{close}"?' if close else ""


def toml(path: Path, flag: str) -> dict[str, Any]:
    """Read a TOML file. Raises JudgeError."""
    try:
        with told_when_slow(f"{flag} {path}"), path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
        if len(raw) > LARGEST_FILE:
            raise JudgeError(f"{flag} {path}: larger than {LARGEST_FILE // 1_000_000} MB; wanted a TOML file")
        return tomllib.loads(raw.decode())
    except OSError as error:
        raise JudgeError(f"{flag} {path}: {(error.strerror or 'cannot be read').lower()}; wanted a TOML file") from None
    except RecursionError:
        raise JudgeError(f"{flag} {path} is nested too deep; wanted tables of texts and lists") from None
    except ValueError as error:  # not TOML, not UTF-8, or a number with thousands of digits
        raise JudgeError(f"{flag} {path} is not TOML: {' '.join(str(error).split())}") from None
