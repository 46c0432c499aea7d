"""Every option of ``vambe-mock serve`` once: flag, environment variable, default, help.

The fields of ``Settings`` are the options; ``cli.py`` makes the command's parameters of them, so none is written twice.
A flag beats its environment variable.
"""

import json
import re
import secrets
import time
from dataclasses import asdict, dataclass, fields, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

import typer

from vambe_mock.contract import instants
from vambe_mock.contract.vocabulary import FixtureSet

DEFAULT_KEY: Final = "test-key"
DEFAULT_CONTACTS: Final = 1_000
DEFAULT_SEED: Final = 8262

_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?|https?://\[[0-9a-fA-F:]+\](?::[0-9]{1,5})?")

LogFormat = Literal["text", "json"]
StageFilter = Literal["active_ticket", "default_stage"]

DATA: Final = "Data"
TIME: Final = "Time"
SERVER: Final = "Server"
CONTROL: Final = "Control (docs/control.md)"
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
    organisations: Annotated[
        tuple[str, ...],
        _option(
            CONTROL,
            "--organisation",
            "Another key with its own data, clock, faults and record; repeatable.",
            metavar="KEY=FILE",
        ),
    ] = ()
    admin_port: Annotated[
        int | None,
        _option(
            CONTROL,
            "--admin-port",
            "Have the admin API, /__admin, on a port of its own.",
            min=0,
            max=65_535,
        ),
    ] = None
    admin_token: Annotated[
        str | None,
        _option(
            CONTROL,
            "--admin-token",
            "What /__admin asks for; made up beyond loopback, where none is given.",
            show_default=False,
        ),
    ] = None
    read_only: Annotated[bool, _option(CONTROL, "--read-only", "Have no admin API, so that nothing changes.")] = False
    prefer: Annotated[
        bool,
        _option(CONTROL, "--prefer/--no-prefer", "Obey Prefer: code=500 and wait=2 in a request."),
    ] = True
    cors: Annotated[
        tuple[str, ...],
        _option(
            CONTROL,
            "--cors",
            "An origin whose pages may ask the endpoint (never the admin API); repeatable.",
            metavar="ORIGIN",
        ),
    ] = ()
    watch: Annotated[bool, _option(CONTROL, "--watch", "Load --data again when the file changes.")] = False
    record: Annotated[
        int,
        _option(CONTROL, "--record", "How many requests are remembered for /__admin/requests.", min=0, max=1_000_000),
    ] = 1_000
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
        if not self.api_keys or not all(_can_be_sent(key) for key in self.api_keys):
            raise SettingsError(
                f"--api-key is empty, or a header cannot carry it; wanted printable ASCII without blanks around it, "
                f"like {DEFAULT_KEY}"
            )
        if self.fixture is not None and self.fixture not in get_args(FixtureSet):
            raise SettingsError(f'--fixture "{self.fixture}"; wanted one of {", ".join(get_args(FixtureSet))}')
        self._check_control()
        self._check_organisations()
        token = secrets.token_urlsafe(24) if self.has_admin and not self.on_loopback else None
        return replace(self, started_at=time.time_ns() // 1_000_000, admin_token=self.admin_token or token)

    @property
    def has_admin(self) -> bool:
        """Whether there is an admin API."""
        return not self.read_only and self.workers == 1

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    def data_of_organisations(self) -> dict[str, Path]:
        """The data file of each further organisation by its key."""
        return {key: Path(file) for key, _, file in (one.partition("=") for one in self.organisations)}

    def _check_control(self) -> None:
        """What the control plane cannot be. Raises SettingsError."""
        asked = [
            ("--admin-port", self.admin_port is not None),
            ("--admin-token", self.admin_token is not None),
            ("--watch", self.watch),
        ]
        for flag, given in asked:
            if given and self.workers > 1:
                raise SettingsError(
                    f"{flag} and --workers {self.workers}: a change would reach one worker alone; wanted --workers 1"
                )
            if given and self.read_only and flag != "--watch":
                raise SettingsError(f"{flag} and --read-only: there is no admin API then; wanted one of them")
        if self.watch and self.data is None:
            raise SettingsError("--watch without --data: there is no file to watch; wanted --data FILE --watch")
        token = self.admin_token
        if token is not None and not (token.isascii() and token.isprintable() and token.strip(" ") == token != ""):
            raise SettingsError("--admin-token is empty, or no header can have it; wanted one like s3cret-token")
        for origin in self.cors:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise SettingsError(f'--cors "{origin}" is no origin; wanted one like http://localhost:5173, or *')

    def _check_organisations(self) -> None:
        """Each has a key of its own. Raises SettingsError."""
        keys = list(self.api_keys)
        for one in self.organisations:
            key, equals, file = one.partition("=")
            if not (equals and file and _can_be_sent(key)):
                raise SettingsError(f'--organisation "{one}" is no KEY=FILE; wanted one like other-key=other.json')
            if key in keys:
                raise SettingsError(f'--organisation "{one}": the key {key} is there already; wanted one of its own')
            keys.append(key)

    def anchored_at(self) -> int:
        """Where the data's anchor is moved to: the frozen instant, or the start of the command."""
        return self.started_at if self.frozen_at is None else self.frozen_at

    def shift(self, anchor: int) -> int:
        """By how many milliseconds the instants of data with that *anchor* are moved."""
        return 0 if self.keep_timestamps else self.anchored_at() - anchor

    def all_keys(self) -> tuple[str, ...]:
        """The keys of all organisations."""
        return (*self.api_keys, *self.data_of_organisations())

    def to_json(self) -> str:
        """All settings as text, for the environment of a worker process."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """The settings that ``to_json`` wrote."""
        values: dict[str, Any] = json.loads(text)
        for name in ("data", "url_file"):
            values[name] = None if values[name] is None else Path(values[name])
        values = {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}
        return cls(**values)


def names() -> list[str]:
    """The names of all options."""
    return [one.name for one in fields(Settings) if one.name != "started_at"]


def _can_be_sent(key: str) -> bool:
    """Whether every client can put *key* into a header: some refuse what is not ASCII, blanks around it are lost."""
    return key.isascii() and key.isprintable() and key.strip() == key != ""
