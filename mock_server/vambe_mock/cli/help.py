"""The help of every command, which never cuts a name, however narrow the terminal.

Typer's own help cuts long names with an ellipsis, and some of its releases print ``--force <bool>`` for a switch that
takes no value.
"""

import inspect
import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from vambe_mock.server.options import FALSE, TRUE, Option, SettingsError, did_you_mean

WIDEST: Final = 100
NARROWEST: Final = 40
COLUMN: Final = 30
"""Where the explanations begin; a longer name has a line of its own."""

HELP: Final = ("-h, --help", "Show this help and exit.")
COMPLETION: Final = (
    ("--install-completion", "Install completion for the current shell."),
    ("--show-completion", "Print the completion script, to copy it or to customise its installation."),
)
BOOLEAN_WORDS: Final = (TRUE | FALSE) - {"0", "1"}

Row = tuple[str, str]

_TOGETHER: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Word:
    """A positional argument as the help shows it."""

    metavar: str
    help: str
    required: bool

    @classmethod
    def of(cls, parameter: inspect.Parameter) -> "Word":
        """The argument that *parameter* declares in Typer's way."""
        info = parameter.annotation.__metadata__[0]
        required = parameter.default is inspect.Parameter.empty
        return cls(info.metavar or parameter.name.upper(), info.help or "", required)


class HelpfulCommand(TyperCommand):
    """A command with the help of this module."""

    words: ClassVar[tuple[Word, ...]] = ()
    options: ClassVar[tuple[Option, ...]] = ()
    left_out: ClassVar[Mapping[str, str]] = {}
    """Why this command lacks a flag that another one has, by flag."""

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the help."""
        usage = " ".join((ctx.command_path, "[OPTIONS]", *(_usage(word) for word in self.words)))
        blocks = [_usage_block(usage), _paragraph(self.help or "")]
        if self.words:
            blocks.append(_table("Arguments", [(word.metavar, word.help) for word in self.words]))
        panels = dict.fromkeys(["Options", *(one.about.panel for one in self.options)])
        for panel in panels:
            rows = [option_row(one) for one in self.options if one.about.panel == panel]
            blocks.append(_table(panel, [*rows, HELP] if panel == "Options" else rows))
        formatter.write("\n\n".join((*blocks, _paragraph(self.epilog or ""))) + "\n")

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Read the command line.

        Raises SettingsError for a flag without its value, and for ``--force no``, where "no" would be an argument.
        """
        own = args[: args.index("--")] if "--" in args else args
        switches = {flag for one in self.options if one.kind == "switch" for flag in (one.flag, one.negative)}
        for flag, word in pairwise(own):
            if self.words and flag in switches and word.lower() in BOOLEAN_WORDS:
                raise SettingsError(
                    f'{flag} "{word}"; wanted {flag} alone, which takes no value, '
                    f"or -- {word} if {word} is the {self.words[0].metavar}"
                )
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            for one in self.options:
                if getattr(error, "option_name", None) == one.flag and one.kind != "switch":
                    raise one.without_value() from None
            if type(error).__name__ == "NoSuchOption":
                raise self._no_such_option(ctx, getattr(error, "option_name", "")) from None
            raise

    def _no_such_option(self, ctx: typer.Context, name: str) -> SettingsError:
        if name in self.left_out:
            return SettingsError(f"{self.left_out[name]} (see {ctx.command_path} --help)")
        names = [flag for one in self.options for flag in (one.flag, one.negative) if flag]
        told = "; ".join(filter(None, (f"{ctx.info_name} has no option {name}", did_you_mean(name, names))))
        return SettingsError(f"{told} (see {ctx.command_path} --help)")


class HelpfulGroup(TyperGroup):
    """The program itself with the help of this module."""

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        """Write the help."""
        commands = [(name, _summary(one.help or "")) for name, one in self.commands.items()]
        blocks = (
            _usage_block(f"{ctx.command_path} [OPTIONS] COMMAND [ARGS]..."),
            _paragraph(self.help or ""),
            _table("Options", [("--version", "Print the version and exit."), *COMPLETION, HELP]),
            _table("Commands", commands),
            _paragraph(self.epilog or ""),
        )
        formatter.write("\n\n".join(blocks) + "\n")


def option_row(option: Option) -> Row:
    """The names of *option*, and what it does, with its range, default and variables."""
    names = ", ".join(name for name in (option.flag, option.negative) if name)
    facts = [
        option.range,
        f"default: {_default(option)}" if _default(option) else "",
        f"env: {', '.join(option.variables)}" if option.variables else "",
    ]
    name = f"{names} {option.metavar}".rstrip()
    return name, " ".join((option.about.help, *(f"[{fact}]".replace(" ", _TOGETHER) for fact in facts if fact)))


def _default(option: Option) -> str:
    if option.about.default_text:
        return option.about.default_text
    if option.kind == "switch":
        return option.flag.removeprefix("--") if option.default and option.negative else ""
    value = " ".join(option.default or ()) if option.repeatable else option.default
    return "" if value is None else str(value)


def _summary(text: str) -> str:
    """The first sentence of a docstring."""
    return " ".join(text.split()).partition(". ")[0].removesuffix(".") + "."


def _usage(word: Word) -> str:
    return word.metavar if word.required else f"[{word.metavar}]"


def _usage_block(usage: str) -> str:
    return "\n".join(_wrapped(f"Usage: {usage}", 0, first=0))


def _paragraph(text: str) -> str:
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join("\n".join(_wrapped(" ".join(one.split()), 0, first=0)) for one in paragraphs)


def _table(title: str, rows: Sequence[Row]) -> str:
    return "\n".join((*_wrapped(f"{title}:", 0, first=0), *(line for row in rows for line in _row_lines(*row))))


def _row_lines(name: str, text: str) -> Iterator[str]:
    column = COLUMN if _width() >= 2 * COLUMN else 6
    beside = len(name) + 4 <= column
    if not beside:
        yield f"  {name}"
    lines = _wrapped(text, column, first=column)
    if beside:
        lines[0] = f"  {name}".ljust(column) + lines[0][column:]
    yield from lines


def _wrapped(text: str, indent: int, *, first: int) -> list[str]:
    """*text* in lines; a word that is longer than a line stands out rather than being cut."""
    room = _width() - indent
    words = [one if len(one) <= room else one.replace(_TOGETHER, " ") for one in text.split(" ")]
    lines = textwrap.wrap(
        " ".join(words),
        width=_width(),
        initial_indent=" " * first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_TOGETHER, " ") for line in lines] or [""]


def _width() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
