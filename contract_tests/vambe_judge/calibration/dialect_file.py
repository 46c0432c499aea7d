"""The dialect file: TOML, written whole or not at all.

A small writer of its own: the standard library only reads TOML, and what is written here are tables, lists, texts,
numbers and dates of known shapes.
"""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from vambe_judge.asking.options import did_you_mean, toml
from vambe_judge.asking.problems import JudgeError

FORMAT: Final = 1
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rule that was measured."""

    value: Any
    requests: tuple[str, ...]
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a file says. ``open`` and ``beyond`` are sentences by slug; ``shape`` is the table for the generator."""

    on: date
    requests: int
    rules: Mapping[str, Entry] = field(default_factory=dict)
    open: Mapping[str, str] = field(default_factory=dict)
    beyond: Mapping[str, str] = field(default_factory=dict)
    shape: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The file."""
        head = "# How one account's API answers where its documents leave room, as vambe-mock calibrate measured it.\n"
        parts = [_table("dialect", {"format": FORMAT, "made_on": self.on, "requests": self.requests})]
        for slug, entry in self.rules.items():
            told = {
                "value": entry.value,
                "grade": "measured",
                "on": self.on,
                "requests": list(entry.requests),
                "evidence": entry.evidence,
            }
            parts.append(_table(f"rules.{_key(slug)}", told))
        parts += [_table(f"open.{_key(slug)}", {"needs": needs}) for slug, needs in self.open.items()]
        parts += [_table(f"beyond.{_key(slug)}", {"says": says}) for slug, says in self.beyond.items()]
        parts += [_table("shape", self.shape)] if self.shape else []
        return head + "\n" + "\n".join(parts)


def _table(name: str, values: Mapping[str, Any]) -> str:
    return "\n".join((f"[{name}]", *(f"{_key(key)} = {_value(value)}" for key, value in values.items()), ""))


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    """Raises TypeError for what TOML does not have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    raise TypeError(f"{type(value).__name__} is nothing that TOML has")


def shown(value: Any) -> str:
    """*value* as the file has it."""
    return _value(value)


def _text(text: str) -> str:
    """A basic string. What is no character of its own becomes U+FFFD; DEL, which JSON leaves alone, is escaped."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def write(path: Path, dialect: Dialect) -> None:
    """Write the file in one step, so that nobody reads half of it. Raises JudgeError."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(dialect.text())
            mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise JudgeError(f"{path}: {(error.strerror or 'cannot be written').lower()}; wanted a file to write") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def read(path: Path) -> dict[str, Any]:
    """The tables of a dialect file. Raises JudgeError."""
    content = toml(path, "--dialect")
    unknown = set(content) - {"dialect", "rules", "open", "beyond", "shape"}
    if unknown:
        raise JudgeError(
            f"--dialect {path}: has [{min(unknown)}]; wanted a file that vambe-mock calibrate wrote"
            + did_you_mean(unknown, ("dialect", "rules", "open", "beyond", "shape"))
        )
    return content


def explained(path: Path, slug: str) -> list[str]:
    """What a file says of one rule, in lines. Raises JudgeError for what is none."""
    content = read(path)
    head = content.get("dialect", {})
    rule = content.get("rules", {}).get(slug)
    lines = []
    if isinstance(rule, dict):
        lines.append(
            f"{slug}: {rule.get('grade', 'measured')} on {rule.get('on', head.get('made_on', 'an unknown day'))}"
        )
        lines.append(f"  value     {_value(rule.get('value', ''))}")
        lines += [f"  request   {one}" for one in rule.get("requests", ())]
        lines.append(f"  because   {rule.get('evidence', 'nothing is said')}")
    for table, key, words in (("open", "needs", "open; it would take"), ("beyond", "says", "beyond the mock:")):
        for name, said in content.get(table, {}).items():
            if (name == slug or name.startswith(f"{slug}.")) and isinstance(said, dict):
                lines.append(f"{name}: {words} {said.get(key, '')}")
    if not lines:
        names = [name for table in ("rules", "open", "beyond") for name in content.get(table, {})]
        known = f"; it names {', '.join(names)}" if names else "; it names no rule, so all are as usual"
        from vambe_mock.contract.full_dialect import FIELDS_BY_SLUG

        if slug in FIELDS_BY_SLUG:
            return [f"{slug}: not in {path}, so the mock goes its usual way (docs/decisions.md)"]
        near = did_you_mean([slug], [*names, *FIELDS_BY_SLUG])
        example = next(iter(names), "days-window").partition(".")[0]
        raise JudgeError(f'{path} says nothing of "{slug}"{known}{near}; for example: --explain {example}')
    return lines
