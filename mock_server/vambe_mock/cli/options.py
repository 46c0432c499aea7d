"""Options as Typer's parameters: Typer splits the command line, ``server.options`` reads the values.

Typer's own conversion is not used: its messages and help differ from release to release, and pydantic's messages do not
quote the value. So every option is text, a list of text, or a switch to Typer, and has no default or variable there.
"""

import inspect
import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, get_type_hints

import typer
from typer.models import OptionInfo

from vambe_mock.cli.help import HelpfulCommand, Word
from vambe_mock.cli.serve import OURS, read_flag, settings_from
from vambe_mock.cli.streams import complain
from vambe_mock.server.options import About, Option, did_you_mean
from vambe_mock.server.settings import options

_SERVICE_LINK: Final = re.compile(r".+_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_.+)?)?)")
"""Variables that Kubernetes and Docker's links set for a service that is called vambe-mock, too."""

EXAMPLES: Final = {
    "--about": "about.toml",
    "--allow-command": "'python my_sync.py'",
    "--ca-file": "ca.pem",
    "--compare": "http://127.0.0.1:8262",
    "--compare-key-env": "MOCK_KEY",
    "--compress": "gz",
    "--copy": "copy.json",
    "--copy-command": "'cat copy.json'",
    "--custom-field": "customer.status=Active",
    "--dialect": "vambe.toml",
    "--edge-cases": "all",
    "--explain": "days-window",
    "--fixtures": "fixtures",
    "--format": "ndjson",
    "--fresh": "'rm -f copy.json'",
    "--hazards": "list",
    "--history-file": "history.json",
    "--html": "report.html",
    "--json": "report.json",
    "--junit": "report.xml",
    "--known": "known.toml",
    "--map": "id=contact_id",
    "--only": "tie-across-pages",
    "--pipeline": "123e4567-e89b-12d3-a456-426614174000=770e8400-e29b-41d4-a716-446655440002",
    "--plot": "contacts.svg",
    "--profile": "profile.toml",
    "--replay": "history.json",
    "--scheduler": "tcp://127.0.0.1:8786",
    "--set": "tickets=0.5",
    "--shard": "2/7",
    "--skip": "tie-across-pages",
    "--target": "https://api.vambe.me",
    "--target-now": "2026-01-31T09:30:00Z",
    "--url": "http://127.0.0.1:8262",
    "--verify": "contacts.ndjson",
}
"""For messages, a value that works, for the flags of the commands whose type or default tells none."""

_variables: Final = {"VAMBE_MOCK_INTERNAL_SETTINGS"}
"""Every variable of every command."""

Run = Callable[[dict[str, Any], dict[str, Any]], None]
"""Gets a command's words by name, and the values of the flags that were given."""


def add_command(app: typer.Typer, name: str, function: Callable[..., None], *, example: str) -> None:
    """Register *function*, whose parameters are declared in Typer's way, as the command *name*."""
    words, found = _declared(function)

    def run(given: dict[str, Any], flags: dict[str, Any]) -> None:
        _warn_of_misspelt_variables()
        function(**given, **_values(found, flags))

    _register(app, name, function.__doc__, run, found, words, example)


def _declared(function: Callable[..., None]) -> tuple[list[inspect.Parameter], list[Option]]:
    """The words and the options that *function* declares in Typer's way."""
    hints = get_type_hints(function, include_extras=True)
    words: list[inspect.Parameter] = []
    found: list[Option] = []
    for parameter in inspect.signature(function).parameters.values():
        hint = hints[parameter.name]
        info = getattr(hint, "__metadata__", (None,))[0]
        if isinstance(info, OptionInfo):
            found.append(_option(parameter, hint.__origin__, info))
        else:
            words.append(parameter.replace(annotation=hint, kind=inspect.Parameter.KEYWORD_ONLY))
    return words, found


def _values(found: Sequence[Option], flags: Mapping[str, Any]) -> dict[str, Any]:
    """What a command gets for its options: of the flags, else of the environment, else the default."""
    values = dict[str, Any]()
    for one in found:
        value = flags[one.name] if one.name in flags else one.from_environment(os.environ, _warn)
        values[one.name] = one.default if value is None else list(value) if one.repeatable else value
    return values


def add_settings_command(  # noqa: PLR0913 - each is a part of the command
    app: typer.Typer,
    name: str,
    function: Callable[..., None],
    *,
    example: str,
    words: Sequence[inspect.Parameter] = (),
    without: Mapping[str, str] | None = None,
) -> None:
    """Register *function*, which gets the words and ``settings``, with all settings but those *without* as flags.

    *without* says why the command has no such option. What *function* declares in Typer's way is an option too.
    """
    left_out = without or {}
    own = _declared(function)[1]

    def run(given: dict[str, Any], flags: dict[str, Any]) -> None:
        warnings = list[str]()
        given |= _values(own, {one.name: flags.pop(one.name) for one in own if one.name in flags})
        settings = settings_from(flags, tuple(left_out), warnings.append)
        if not settings.quiet:
            _warn_of_misspelt_variables()
            for line in warnings:
                _warn(line)
        function(**given, settings=settings)

    found = [*own, *(one for one in options() if one.name not in left_out)]
    reasons = {one.flag: f"{name} has no {one.flag}: {left_out[one.name]}" for one in options() if one.name in left_out}
    _register(app, name, function.__doc__, run, found, words, example, reasons)


def _warn_of_misspelt_variables() -> None:
    """A variable that looks like one of ours is most likely meant to be it."""
    unknown = [name for name in sorted(os.environ) if OURS.match(name) and name not in _variables]
    for name in unknown:
        guess = "" if _SERVICE_LINK.fullmatch(name) else did_you_mean(name, _variables)
        if guess:
            _warn(f"{name} is no variable of vambe-mock; {guess}")


def _warn(line: str) -> None:
    complain(f"vambe-mock: warning: {line}")


def _register(  # noqa: PLR0913, PLR0917 - each is a part of the command
    app: typer.Typer,
    name: str,
    doc: str | None,
    run: Run,
    found: Sequence[Option],
    words: Sequence[inspect.Parameter],
    example: str,
    left_out: Mapping[str, str] | None = None,
) -> None:
    def command(**raw: Any) -> None:
        given = {word.name: raw[word.name] for word in words}
        run(given, {one.name: read_flag(one, raw[one.name]) for one in found if raw[one.name] not in (None, [], ())})

    parameters = [*words, *map(_typer_parameter, found)]
    command.__doc__ = doc
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    shown = tuple(Word.of(word) for word in words)
    _variables.update(variable for one in found for variable in one.variables)
    shape: type[HelpfulCommand] = type(
        "Command", (HelpfulCommand,), {"words": shown, "options": tuple(found), "left_out": left_out or {}}
    )
    app.command(name, cls=shape, epilog=f"Example: {example}")(command)


def _typer_parameter(option: Option) -> inspect.Parameter:
    """*option* as Typer takes it, with its choices for a shell to complete (`shell-completion`)."""
    flag = f"{option.flag}/{option.negative}" if option.negative else option.flag
    kind: Any = bool | None if option.kind == "switch" else list[str] | None if option.repeatable else str | None
    annotation = Annotated[
        kind, typer.Option(flag, autocompletion=(lambda: option.choices) if option.choices else None)
    ]
    return inspect.Parameter(option.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _option(parameter: inspect.Parameter, hint: Any, info: OptionInfo) -> Option:
    """The option that *parameter* declares in Typer's way."""
    # Inside Annotated, Typer keeps the first flag in the place of a default.
    declared = [one for one in (info.default, *(info.param_decls or ())) if isinstance(one, str)]
    flags = declared or ["--" + parameter.name.strip("_").replace("_", "-")]
    variables = [info.envvar] if isinstance(info.envvar, str) else info.envvar or ()
    about = About(
        panel=info.rich_help_panel if isinstance(info.rich_help_panel, str) else "Options",
        help=(info.help or "").replace(r"\[", "["),
        least=info.min,
        most=info.max,
        metavar=info.metavar,
        example=EXAMPLES.get(flags[0]),
        default_text=info.show_default if isinstance(info.show_default, str) else None,
    )
    return Option.of(parameter.name, hint, parameter.default, about, flag=flags[0], variables=variables)
