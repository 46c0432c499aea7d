"""``vambe-mock serve``, and its command line as most people write it, read without Typer."""

import gc
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from vambe_mock.server.options import Option, SettingsError, Warn
from vambe_mock.server.settings import SOURCES, Settings, from_environment, options

OURS: Final = re.compile(r"VAMBE_(?:MOCK|CHECK|CALIBRATE|IMPORT|SYNC_CHECK)_")
"""How our variables begin."""

_COMPLETION: Final = "_VAMBE_MOCK_COMPLETE"
"""The variable by which a shell asks Typer to complete a command line."""


def serve(settings: Settings) -> None:
    """Serve the endpoint until Ctrl-C or SIGTERM.

    Every option can also be set by an environment variable; the option overrides the variable.
    """
    gc.disable()  # what starting makes is kept, so collecting in between finds nothing; serve() turns it on again
    from vambe_mock.server.process import serve

    serve(settings)


def settings_of(arguments: Sequence[str]) -> Settings | None:
    """The settings of a plain ``serve`` (`plain-command-line`); None where Typer has something to tell."""
    if arguments[0] != "serve" or _COMPLETION in os.environ:
        return None
    flags = _flags(arguments[1:])
    if flags is None:
        return None
    known = {variable for one in options() for variable in one.variables}
    if any(OURS.match(name) and name not in known for name in os.environ):
        return None
    warnings = list[str]()
    try:
        read = {one.name: read_flag(one, flags[one.name]) for one in options() if one.name in flags}
        settings = settings_from(read, (), warnings.append)
    except SettingsError:
        return None
    return None if warnings else settings


def _flags(words: Sequence[str]) -> dict[str, Any] | None:
    """What each option was given, as Typer leaves it; None where that takes more than looking at each word."""
    by_flag = {flag: one for one in options() for flag in (one.flag, one.negative) if flag}
    found: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        flag, equals, value = word.partition("=")
        option = by_flag.get(flag)
        if option is None or (equals and option.kind == "switch"):
            return None
        if option.kind == "switch":
            found[option.name] = flag == option.flag
            continue
        if not equals:
            value = next(rest, "-")
            if value.startswith("-"):
                return None
        found[option.name] = [*found.get(option.name, ()), value] if option.repeatable else value
    return found


def read_flag(option: Option, raw: Any) -> Any:
    """The value of a flag as Typer leaves it. Raises SettingsError."""
    if option.kind == "switch":
        return raw
    return tuple(option.read(text) for text in raw) if option.repeatable else option.read(raw)


def settings_from(flags: Mapping[str, Any], without: Sequence[str], warn: Warn) -> Settings:
    """The settings of *flags* and the environment. A flag beats its variable, and those of other sources of data.

    Raises SettingsError.
    """
    ignored = {*flags, *without, *(SOURCES if any(name in flags for name in SOURCES) else ())}
    values = {**from_environment(os.environ, without=ignored, warn=warn), **flags}
    return Settings(**values, given=tuple(values))
