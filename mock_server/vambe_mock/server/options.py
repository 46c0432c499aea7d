"""What an option is: its names, its type and range, and how a value is read from text or taken from Python code.

The name is the same word everywhere: ``api_key`` in Python, ``--api-key`` on the command line, and
``VAMBE_MOCK_API_KEY`` in the environment. A value that does not fit is refused in one line that quotes it and shows one
that does.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from vambe_mock.contract import instants

TRUE: Final = frozenset({"true", "t", "yes", "y", "on", "1"})
FALSE: Final = frozenset({"false", "f", "no", "n", "off", "0"})

Kind = Literal["switch", "int", "float", "str", "path", "choice", "instant"]

Warn = Callable[[str], None]
"""Gets one line on something that does not stop the program."""

SERVICE_LINK: Final = re.compile(r"(?:tcp|udp|sctp)://\S+")
"""What Kubernetes and Docker's links put into NAME_PORT for a service of that name."""

INSTANT_EXAMPLE: Final = "2026-01-31T09:30:00Z"


class SettingsError(Exception):
    """A value that does not fit, or settings that exclude each other. The message is one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an annotation adds to a field's type to make an option of it.

    ``least`` and ``most`` bound a number; ``also`` is a second environment variable, for the names that hosting
    platforms use, and ``also_fits`` says whether a text in it can be meant for us; ``default_text`` is shown in place
    of the default; ``instant`` marks milliseconds since 1970 UTC.
    """

    panel: str = "Options"
    help: str = ""
    least: float | None = None
    most: float | None = None
    also: str = ""
    also_fits: Callable[[str], bool] | None = None
    metavar: str | None = None
    example: str | None = None
    default_text: str | None = None
    instant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a command or of the server."""

    name: str
    kind: Kind
    flag: str
    negative: str | None = None
    variables: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    repeatable: bool = False
    default: Any = None
    about: About = About()

    @classmethod
    def of(  # noqa: PLR0913 - each is a part of the option
        cls, name: str, hint: Any, default: Any, about: About, *, flag: str, variables: Sequence[str] = ()
    ) -> "Option":
        """The option of a field or parameter with the type *hint*. Raises TypeError for a type that none can have."""
        kind, repeatable = _without_none(hint), False
        if get_origin(kind) in (list, tuple):
            kind, repeatable = get_args(kind)[0], True
        choices = get_args(kind) if get_origin(kind) is Literal else ()
        kinds: dict[Any, Kind] = {bool: "switch", int: "int", float: "float", str: "str", Path: "path"}
        named: Kind | None = "choice" if choices else "instant" if about.instant else kinds.get(kind)
        if named is None:
            raise TypeError(f"{name}: {hint} is no type of an option")
        flag, _, negative = flag.partition("/")
        return cls(
            name=name,
            kind=named,
            flag=flag,
            negative=negative or None,
            variables=tuple(variables),
            choices=choices,
            repeatable=repeatable,
            default=default,
            about=about,
        )

    @property
    def metavar(self) -> str:
        """What stands for the value in the help; empty for a switch, which takes none."""
        if self.kind == "switch":
            return ""
        usual = {"int": "N", "float": "NUMBER", "path": "PATH", "instant": "INSTANT"}
        return self.about.metavar or usual.get(self.kind) or "|".join(self.choices) or "TEXT"

    @property
    def range(self) -> str:
        """The range of a number as one reads it, or nothing."""
        least, most = self.about.least, self.about.most
        if least is None:
            return "" if most is None else f"{most} or less"
        return f"{least} or more" if most is None else f"{least} to {most}"

    def read(self, text: str, spelled: str | None = None) -> Any:
        """The value that *text* means, given as *spelled* (the flag, or a variable with ``=``).

        Raises SettingsError.
        """
        try:
            return self._in_range(self._read(text))
        except ValueError:
            raise self._refused(spelled or f"{self.flag} ", f'"{text}"', self._example()) from None

    def accept(self, value: Any) -> Any:
        """The value of a keyword argument in Python code, as ``Settings`` keeps it. Raises SettingsError."""
        if value is None and self.default is None:
            return None
        if not self.repeatable:
            return self._accept_one(value)
        one = isinstance(value, str | PathLike) or not isinstance(value, Iterable)
        return tuple(self._accept_one(each) for each in ([value] if one else value))

    def from_environment(self, environment: Mapping[str, str], warn: Warn = lambda _: None) -> Any:
        """The value in the first of its variables that is not empty, or None. Raises SettingsError.

        Several values of a repeatable option are separated by spaces. What others have put there for themselves is
        passed over, and *warn* gets one line on it (`environment-of-others`).
        """
        for variable in self.variables:
            text = environment.get(variable)
            if not text:
                continue
            if why := self._why_not_ours(variable, text):
                warn(f"{variable}={text if text.isprintable() else ascii(text)} is passed over: {why}")
                continue
            return self._from_variable(variable, text)
        return None

    def _from_variable(self, variable: str, text: str) -> Any:
        read = tuple(self.read(value, f"{variable}=") for value in (text.split() if self.repeatable else [text]))
        return read if self.repeatable else read[0]

    def _why_not_ours(self, variable: str, text: str) -> str:
        """Why *text* in *variable* is somebody else's; empty if it can be meant for us."""
        if variable.endswith("PORT") and SERVICE_LINK.fullmatch(text):
            return "it is an orchestrator's service link"
        if variable != self.about.also:
            return ""
        try:
            self._from_variable(variable, text)
            fits = self.about.also_fits is None or all(map(self.about.also_fits, text.split()))
        except SettingsError:
            fits = False
        wanted = "a whole number, " + self.range if self.range else "an address of this machine"
        return "" if fits else f"it is not {wanted}; {self.flag} and {self.variables[0]} are the server's own"

    def _accept_one(self, value: Any) -> Any:
        try:
            return self._in_range(self._taken(value))
        except (TypeError, ValueError):
            example = self._example()
            if self.kind == "switch":
                example = example.capitalize()
            elif self.kind not in {"int", "float"}:
                example = f'"{example}"'
            elif isinstance(value, str) and _reads(self, value):
                example = value.strip()
            raise self._refused(f"{self.name}=", repr(value), example) from None

    def _taken(self, value: Any) -> Any:
        """*value* from Python code, of whatever size. Raises ValueError or TypeError."""
        if self.kind == "instant":
            return _instant(value)
        if self.kind == "path":
            return Path(value)
        kinds: dict[str, Any] = {"switch": bool, "int": int, "float": (int, float)}
        if not isinstance(value, kinds.get(self.kind, str)) or (isinstance(value, bool) and self.kind != "switch"):
            raise TypeError(value)
        return self._read(value) if self.kind == "choice" else value

    def _read(self, text: str) -> Any:
        """The value that *text* means, of whatever size. Raises ValueError."""
        if self.kind == "switch":
            return _one_of(text.lower(), TRUE | FALSE) in TRUE
        if self.kind == "choice":
            return _one_of(text, self.choices)
        readers: dict[str, Any] = {"int": int, "float": float, "instant": instants.parse, "path": _path}
        return readers.get(self.kind, str)(text)

    def _in_range(self, value: Any) -> Any:
        """*value* itself. Raises ValueError for a number beyond its range, or for NaN."""
        if self.kind in {"int", "float"}:
            least, most = self.about.least, self.about.most
            if not ((least is None or value >= least) and (most is None or value <= most)) or value != value:  # noqa: PLR0124
                raise ValueError(value)
        return value

    def _example(self) -> str:
        """A value that fits."""
        if self.about.example is not None:
            return self.about.example
        if self.kind == "switch":
            return "true"
        if self.kind in {"int", "float"}:
            # 64 is in the range of every number that has neither: --preview, --chunk.
            return str(next(one for one in (self.default, self.about.least, 64) if one is not None))
        defaults = self.default if self.repeatable else [self.default]
        usual = {"path": "data.json", "instant": INSTANT_EXAMPLE}
        return usual.get(self.kind) or next(iter((*self.choices, *filter(None, defaults or ()))), "text")

    def without_value(self) -> SettingsError:
        """The error where the command line ends after the flag."""
        return self._refused(f"{self.flag} ", "without a value", self._example())

    def _refused(self, spelled: str, value: str, example: str) -> SettingsError:
        wanted = {
            "switch": "true or false",
            "int": "a whole number",
            "float": "a number",
            "path": "a path",
            "instant": "an instant with a time zone",
            "choice": f"one of {', '.join(self.choices)}",
            "str": "text",
        }[self.kind]
        if self.kind in {"int", "float"} and self.range:
            wanted += f", {self.range}"
        return SettingsError(f"{spelled}{value}; wanted {wanted}, for example {spelled}{example}")


def _reads(option: Option, text: str) -> bool:
    """Whether *text* would do on the command line."""
    try:
        option.read(text)
    except SettingsError:
        return False
    return True


def _instant(value: Any) -> int:
    """Milliseconds since 1970 UTC of an aware datetime, of a text, or of a number that is that already.

    Raises ValueError or TypeError for anything else, a naive datetime included.
    """
    if isinstance(value, datetime):
        return instants.of_datetime(value)
    if isinstance(value, str):
        return instants.parse(value)
    if isinstance(value, int) and not isinstance(value, bool):
        instants.write(value)  # which refuses what no answer could show
        return value
    raise TypeError(value)


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """``did you mean NAME?`` for the one of *names* that *name* looks like; empty if none does."""
    from difflib import get_close_matches  # only where something is wrong

    close = get_close_matches(name, names, 1, 0.75)
    return f"did you mean {close[0]}?" if close else ""


def _one_of(text: str, choices: Collection[str]) -> str:
    if text not in choices:
        raise ValueError(text)
    return text


def _path(text: str) -> Path:
    if not text:
        raise ValueError(text)
    return Path(text)


def _without_none(hint: Any) -> Any:
    """``X`` of ``X | None``."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    (kind,) = (one for one in get_args(hint) if one is not NoneType)
    return kind
