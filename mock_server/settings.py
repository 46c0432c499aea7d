"""Every option of ``vambe-mock serve`` once: flag, environment variable, default, help.

The fields of ``Settings`` are the options; ``cli.py`` makes the command's parameters of them, so none is written twice.
A flag beats its environment variable.
"""

import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import typer

from mock_server import instants
from mock_server.bundled import FIXTURE_SETS

DEFAULT_KEY: Final = "test-key"
DEFAULT_CONTACTS: Final = 1_000
DEFAULT_SEED: Final = 8262

FixtureSet = Literal["default", "tiny", "edge-cases", "empty"]
LogFormat = Literal["text", "json"]
StageFilter = Literal["active_ticket", "default_stage"]

DATA: Final = "Data"
TIME: Final = "Time"
SERVER: Final = "Server"
SWITCHES: Final = "Where the sources leave room (docs/decisions.md)"
OUTPUT: Final = "Output"


class SettingsError(Exception):
    """Options that do not go together. The message is one line."""


def _option(panel: str, flag: str, text: str, *, also: str = "", **more: Any) -> Any:
    """An option and its twin in the environment: ``--some-flag`` is ``VAMBE_MOCK_SOME_FLAG``."""
    name = flag.split("/", maxsplit=1)[0].removeprefix("--").upper().replace("-", "_")
    variables = [f"VAMBE_MOCK_{name}", *([also] if also else [])]
    return typer.Option(flag, envvar=variables, help=text, rich_help_panel=panel, **more)


def instant(text: str) -> int:
    """An option's instant in milliseconds since 1970 UTC."""
    try:
        return instants.parse(text)
    except ValueError as error:
        raise typer.BadParameter(f'"{text}" is not an instant; wanted one like 2026-01-31T09:30:00Z') from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to serve. Instants are milliseconds since 1970 UTC."""

    host: Annotated[str, _option(SERVER, "--host", "Address to listen on.", also="HOST")] = "127.0.0.1"
    port: Annotated[
        int,
        _option(SERVER, "--port", "Port to listen on; 0 takes any free one.", also="PORT", min=0, max=65_535),
    ] = 8262
    api_keys: Annotated[
        tuple[str, ...],
        _option(SERVER, "--api-key", "A key that may ask; repeatable (in the environment: separated by blanks)."),
    ] = (DEFAULT_KEY,)
    workers: Annotated[
        int,
        _option(
            SERVER,
            "--workers",
            "Processes that serve the same data and agree on every answer.",
            min=1,
            max=64,
        ),
    ] = 1
    url_file: Annotated[
        Path | None,
        _option(
            SERVER,
            "--url-file",
            "Write the base URL into this file when ready (for --port 0, and for readyz).",
        ),
    ] = None
    fixture: Annotated[
        FixtureSet | None,
        _option(
            DATA,
            "--fixture",
            "Serve a committed fixture set; without any of these options, default.",
            show_default=False,
        ),
    ] = None
    data: Annotated[
        Path | None,
        _option(
            DATA,
            "--data",
            "Serve this data set: a .json document, or a folder with dataset.json and contacts.",
        ),
    ] = None
    contacts: Annotated[
        int | None,
        _option(
            DATA,
            "--contacts",
            f"Serve a generated set of this many; with --seed alone, {DEFAULT_CONTACTS}.",
            min=0,
        ),
    ] = None
    seed: Annotated[
        int | None,
        _option(DATA, "--seed", f"Seed of the generated set; with --contacts alone, {DEFAULT_SEED}.", min=0),
    ] = None
    frozen_at: Annotated[
        int | None,
        _option(
            TIME,
            "--now",
            "Freeze the clock at this instant and anchor the data there, e.g. 2026-01-31T09:30:00Z.",
            parser=instant,
            metavar="INSTANT",
        ),
    ] = None
    keep_timestamps: Annotated[
        bool,
        _option(TIME, "--keep-timestamps", "Leave the data's instants as written, instead of moving them to now."),
    ] = False
    fractional_days: Annotated[
        bool,
        _option(SWITCHES, "--fractional-days/--whole-days", "days=1.5 is a day and a half, or is refused."),
    ] = True
    stage_filter: Annotated[
        StageFilter,
        _option(
            SWITCHES,
            "--stage-filter",
            "What stage_id looks at: the active ticket's stage or default_stage_id.",
        ),
    ] = "active_ticket"
    expand_current_stage: Annotated[
        bool,
        _option(
            SWITCHES,
            "--expand-current-stage",
            "With pipeline_id, add the undocumented active_ticket_v2.current_stage.",
        ),
    ] = False
    mock_headers: Annotated[
        bool, _option(OUTPUT, "--mock-headers/--no-mock-headers", "Tell mock-only facts in X-Mock-* headers.")
    ] = True
    log_format: Annotated[LogFormat, _option(OUTPUT, "--log-format", "How the log is written.")] = "text"
    quiet: Annotated[bool, _option(OUTPUT, "--quiet", "Print nothing but errors.")] = False

    started_at: int = 0
    """When the command started; the same for every worker, so that they agree."""

    def checked(self) -> "Settings":
        """These settings with their start noted. Raises SettingsError for options that do not go together."""
        generated = [
            flag for flag, value in (("--contacts", self.contacts), ("--seed", self.seed)) if value is not None
        ]
        sources = [flag for flag, value in (("--fixture", self.fixture), ("--data", self.data)) if value is not None]
        sources += generated[:1]
        if len(sources) > 1:
            raise SettingsError(f"{sources[0]} and {sources[1]} both say what to serve; wanted one of them")
        if not self.api_keys or not all(key.strip(" \t") == key != "" and key.isprintable() for key in self.api_keys):
            raise SettingsError(f"--api-key is empty, or has blanks around it; wanted one like {DEFAULT_KEY}")
        return replace(self, started_at=time.time_ns() // 1_000_000)

    def anchored_at(self) -> int:
        """Where the data's anchor is moved to: the frozen instant, or the start of the command."""
        return self.started_at if self.frozen_at is None else self.frozen_at

    def to_json(self) -> str:
        """All settings as text, for the environment of a worker process."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """The settings that ``to_json`` wrote."""
        values = json.loads(text)
        for name in ("data", "url_file"):
            values[name] = None if values[name] is None else Path(values[name])
        return cls(**{**values, "api_keys": tuple(values["api_keys"])})


assert set(FIXTURE_SETS) == {"default", "tiny", "edge-cases", "empty"}  # noqa: S101 - Literal cannot name a constant
