"""The settings of ``vambe-mock serve`` and of ``VambeMock``, each written once: name, type, range, default, help.

A field of ``Settings`` is a flag, an environment variable and a keyword argument of the same name: ``api_key`` is
``--api-key``, ``VAMBE_MOCK_API_KEY`` and ``VambeMock(api_key=...)``. A flag beats its variable. Plain dataclasses
because pydantic-settings costs a tenth of the server's start (docs/decisions.md, `settings-once`).
"""

import json
import re
import secrets
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

from vambe_mock.contract.dialect import USUAL, StageFilter
from vambe_mock.contract.known_dialect import NO_FILE, SWITCHED, DialectFile
from vambe_mock.contract.vocabulary import FixtureSet
from vambe_mock.organisations.masking import hint
from vambe_mock.server.listening import LOCALHOST, is_of_this_machine
from vambe_mock.server.options import INSTANT_EXAMPLE, About, Option, SettingsError, Warn

DEFAULT_KEY: Final = "test-key"
DEFAULT_CONTACTS: Final = 1_000
DEFAULT_SEED: Final = 8262
SOURCES: Final = ("fixture", "data", "contacts", "seed")
"""Each of these says what to serve."""
STANDALONE: Final = ("workers", "url_file", "root_path", "trust_proxy", "admin_port", "watch", "read_only")
"""Settings that only make sense for a server in a process of its own, not around a command or in a test."""

_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.\-]+(?::[0-9]{1,5})?|https?://\[[0-9a-fA-F:]+\](?::[0-9]{1,5})?")

_ROOT_PATH: Final = re.compile(r"(?!/(?:api|docs|__admin)(?:/|$))(?:/[A-Za-z0-9._~-]+)+")
"""A path without a slash at its end, which is not where our own paths begin."""

LogFormat = Literal["text", "json"]

DATA: Final = "Data"
TIME: Final = "Time"
SERVER: Final = "Server"
CONTROL: Final = "Control (docs/control.md)"
SWITCHES: Final = "Where the sources leave room (docs/decisions.md)"
OUTPUT: Final = "Output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to serve. Instants are milliseconds since 1970 UTC; a repeatable setting is a tuple."""

    host: Annotated[
        tuple[str, ...],
        About(
            panel=SERVER,
            help="Listen on this address; localhost means 127.0.0.1 and ::1; repeatable.",
            also="HOST",
            also_fits=is_of_this_machine,
        ),
    ] = (LOCALHOST,)
    port: Annotated[
        int, About(panel=SERVER, help="Listen on this port; 0 takes any free one.", least=0, most=65_535, also="PORT")
    ] = 8262
    api_key: Annotated[
        tuple[str, ...],
        About(panel=SERVER, help="Accept this API key; repeatable (in the environment, separate keys with spaces)."),
    ] = (DEFAULT_KEY,)
    workers: Annotated[
        int,
        About(panel=SERVER, help="Serve with this many processes, which give the same answers.", least=1, most=64),
    ] = 1
    url_file: Annotated[
        Path | None,
        About(
            panel=SERVER,
            help="Write the base URL into this file when ready (for --port 0, and for readyz).",
            example="vambe-mock.url",
        ),
    ] = None
    tls: Annotated[
        bool,
        About(panel=SERVER, help="Serve HTTPS, with a certificate for localhost that is generated at start-up."),
    ] = False
    tls_cert: Annotated[
        Path | None,
        About(panel=SERVER, help="Serve HTTPS with this certificate (PEM, with the chain).", example="server.pem"),
    ] = None
    tls_key: Annotated[
        Path | None,
        About(panel=SERVER, help="The private key of --tls-cert, unless it is in the same file.", example="server.key"),
    ] = None
    root_path: Annotated[
        str | None,
        About(
            panel=SERVER,
            help="The path at which a proxy serves this server; links begin with it.",
            metavar="PATH",
            example="/vambe",
        ),
    ] = None
    trust_proxy: Annotated[
        bool, About(panel=SERVER, help="Take scheme and host from a proxy's X-Forwarded-Proto and X-Forwarded-Host.")
    ] = False
    organisation: Annotated[
        tuple[str, ...],
        About(
            panel=CONTROL,
            help="Add an organisation: a key with its own data, clock, faults and journal; repeatable.",
            metavar="KEY=FILE",
            example="other-key=other.json",
        ),
    ] = ()
    admin_port: Annotated[
        int | None,
        About(
            panel=CONTROL,
            help="Serve the admin API, /__admin, on a separate port; 0: any.",
            least=0,
            most=65_535,
        ),
    ] = None
    admin_token: Annotated[
        str | None,
        About(panel=CONTROL, help="Require this token for /__admin; beyond loopback, the default is a generated one."),
    ] = None
    read_only: Annotated[bool, About(panel=CONTROL, help="Disable the admin API, so that nothing can change.")] = False
    prefer: Annotated[bool, About(panel=CONTROL, help="Honour Prefer: code=500 and Prefer: wait=2 in a request.")] = (
        True
    )
    cors: Annotated[
        tuple[str, ...],
        About(
            panel=CONTROL,
            help="Allow pages from this origin to call the endpoint (never the admin API); repeatable.",
            metavar="ORIGIN",
            example="http://localhost:5173",
        ),
    ] = ()
    watch: Annotated[bool, About(panel=CONTROL, help="Reload --data when the file changes.")] = False
    record: Annotated[
        int,
        About(panel=CONTROL, help="Keep this many requests for /__admin/requests.", least=0, most=1_000_000),
    ] = 1_000
    fixture: Annotated[
        FixtureSet | None,
        About(panel=DATA, help="Serve a bundled fixture set.", default_text="default, if nothing else is chosen"),
    ] = None
    data: Annotated[
        Path | None,
        About(
            panel=DATA,
            help="Serve this data set: a .json document or captured answer (-: from standard input), or a folder.",
        ),
    ] = None
    prepared: Annotated[
        Path | None,
        About(
            panel=DATA,
            help="Store a large --data set in this folder in its in-memory form, so that the next start is fast.",
            example=".prepared",
        ),
    ] = None
    contacts: Annotated[
        int | None,
        About(
            panel=DATA,
            help="Serve a generated set of this many contacts.",
            least=0,
            example=str(DEFAULT_CONTACTS),
            default_text=f"{DEFAULT_CONTACTS} with --seed",
        ),
    ] = None
    seed: Annotated[
        int | None,
        About(
            panel=DATA,
            help="Generate the set from this seed.",
            least=0,
            example=str(DEFAULT_SEED),
            default_text=f"{DEFAULT_SEED} with --contacts",
        ),
    ] = None
    stubs: Annotated[
        Path | None,
        About(
            panel=DATA,
            help="Fixed answers for other paths below /api/, as JSON or YAML (docs/stubs.md).",
            example="stubs.yaml",
        ),
    ] = None
    now: Annotated[
        int | None,
        About(
            panel=TIME,
            help=f"Freeze the clock at this instant and anchor the data there, e.g. {INSTANT_EXAMPLE}.",
            instant=True,
        ),
    ] = None
    keep_timestamps: Annotated[
        bool, About(panel=TIME, help="Serve the data's timestamps as written, instead of shifting them to now.")
    ] = False
    fractional_days: Annotated[
        bool, About(panel=SWITCHES, help="Accept days=1.5 as a day and a half; --no-fractional-days refuses it.")
    ] = True
    seconds_required: Annotated[
        bool, About(panel=SWITCHES, help="Refuse timestamps without seconds, in the words of zod 4.5 and later.")
    ] = False
    stage_filter: Annotated[
        StageFilter,
        About(panel=SWITCHES, help="Compare stage_id with the active ticket's stage, or with default_stage_id."),
    ] = "active_ticket"
    expand_current_stage: Annotated[
        bool,
        About(panel=SWITCHES, help="With pipeline_id, add the undocumented active_ticket_v2.current_stage."),
    ] = False
    dialect: Annotated[
        Path | None,
        About(
            panel=SWITCHES,
            help="Answer as this dialect file of vambe-mock calibrate says; explicit switches override it.",
            example="vambe.toml",
        ),
    ] = None
    neighbours: Annotated[
        bool,
        About(
            panel=SWITCHES, help="Answer the vendor's other paths too: pipelines, search, info, the deprecated list."
        ),
    ] = True
    mock_headers: Annotated[bool, About(panel=OUTPUT, help="Add X-Mock-* headers with facts about the answer.")] = True
    log_format: Annotated[LogFormat, About(panel=OUTPUT, help="Write the log in this format.")] = "text"
    quiet: Annotated[bool, About(panel=OUTPUT, help="Print nothing but errors.")] = False

    started_at: int = 0
    """When the command started; the same for every worker, so that they agree. No option."""
    given: tuple[str, ...] = ()
    """The switches that were given, which beat the dialect file even where they are as usual. No option."""
    dialect_text: str | None = None
    """The dialect file as it was when the command started. No option."""

    def checked(self) -> "Settings":
        """These settings with their start noted. Raises SettingsError for options that do not go together."""
        generated = [
            flag for flag, value in (("--contacts", self.contacts), ("--seed", self.seed)) if value is not None
        ]
        sources = [flag for flag, value in (("--fixture", self.fixture), ("--data", self.data)) if value is not None]
        sources += generated[:1]
        if len(sources) > 1:
            raise SettingsError(f"{sources[0]} and {sources[1]} both say what to serve; wanted one of them")
        if not self.api_key or not all(_can_be_sent(key) for key in self.api_key):
            raise SettingsError(
                f"--api-key is empty, or a header cannot carry it; wanted printable ASCII without blanks around it, "
                f"like {DEFAULT_KEY}"
            )
        if self.tls and self.tls_cert is not None:
            raise SettingsError("--tls and --tls-cert both say which certificate to use; wanted one of them")
        if self.tls_key is not None and self.tls_cert is None:
            raise SettingsError("--tls-key without --tls-cert; wanted --tls-cert server.pem --tls-key server.key")
        if self.root_path is not None and not _ROOT_PATH.fullmatch(self.root_path):
            raise SettingsError(f'--root-path "{self.root_path[:100]}" is none of a proxy; wanted one like /vambe')
        self._check_control()
        self._check_data()
        self._check_organisations()
        token = secrets.token_urlsafe(24) if self.has_admin and not self.on_loopback else None
        started = replace(self, started_at=time.time_ns() // 1_000_000, admin_token=self.admin_token or token)
        if self.dialect is None:
            return started
        started = replace(started, dialect_text=self._dialect_text(self.dialect))
        started.spoken()
        return started

    def spoken(self) -> DialectFile:
        """Which way the open rules go, and how that is known: the dialect file, and the switches that beat it.

        Raises SettingsError for a file that cannot be used.
        """
        file = NO_FILE
        if self.dialect is not None:
            from vambe_mock.contract.dialect_file import DialectError, parse

            text = self._dialect_text(self.dialect) if self.dialect_text is None else self.dialect_text
            try:
                file = parse(text, str(self.dialect))
            except DialectError as error:
                raise SettingsError(f"--dialect {error}") from None
        beaten = {
            name: getattr(self, name)
            for name in SWITCHED
            if name in self.given or getattr(self, name) != getattr(USUAL, name)
        }
        return file.beaten_by(beaten)

    def _dialect_text(self, path: Path) -> str:
        from vambe_mock.contract.dialect_file import DialectError, text_of

        try:
            return text_of(path)
        except DialectError as error:
            raise SettingsError(f"--dialect {error}") from None

    @property
    def has_admin(self) -> bool:
        """Whether there is an admin API (`read-only`, `one-truth`)."""
        return not self.read_only and self.workers == 1

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can reach the server; a proxy is there for others."""
        return not self.trust_proxy and all(map(_is_loopback, self.host))

    def data_of_organisations(self) -> dict[str, Path]:
        """The data file of each further organisation by its key."""
        return {key: Path(file) for key, _, file in (one.partition("=") for one in self.organisation)}

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
        token = self.admin_token
        if token is not None and not (token.isascii() and token.isprintable() and token.strip(" ") == token != ""):
            raise SettingsError("--admin-token is empty, or no header can have it; wanted one like s3cret-token")
        for origin in self.cors:
            if origin != "*" and not _ORIGIN.fullmatch(origin):
                raise SettingsError(f'--cors "{origin}" is no origin; wanted one like http://localhost:5173, or *')

    def _check_data(self) -> None:
        """What does not go with the source of the data. Raises SettingsError."""
        if self.data == Path("-") and (self.workers > 1 or self.watch):
            flag = "--watch" if self.watch else f"--workers {self.workers}"
            raise SettingsError(f"--data - and {flag}: standard input is read once; wanted a file")
        if self.prepared is not None and self.workers > 1:
            raise SettingsError(
                f"--prepared and --workers {self.workers}: workers read a copy of their own; wanted --workers 1"
            )
        if self.prepared is not None and self.data is None:
            raise SettingsError(
                "--prepared without --data: there is nothing to keep; wanted --data FILE --prepared FOLDER"
            )
        if self.watch and self.data is None:
            raise SettingsError("--watch without --data: there is no file to watch; wanted --data FILE --watch")

    def _check_organisations(self) -> None:
        """Each has a key of its own. Raises SettingsError."""
        keys = list(self.api_key)
        for one in self.organisation:
            key, equals, file = one.partition("=")
            if not (equals and file and _can_be_sent(key)):
                raise SettingsError(
                    f'--organisation "{hint(one)}" is no KEY=FILE; wanted one like other-key=other.json'
                )
            if key in keys:
                raise SettingsError(f"--organisation {hint(key)}={file}: the key is taken; wanted one of its own")
            keys.append(key)

    def anchored_at(self) -> int:
        """Where the data's anchor is moved to: the frozen instant (`frozen-now`), or the start of the command."""
        return self.started_at if self.now is None else self.now

    def shift(self, anchor: int) -> int:
        """By how many milliseconds data with that *anchor* is moved (`re-anchored-on-load`, `keep-timestamps`)."""
        return 0 if self.keep_timestamps else self.anchored_at() - anchor

    def all_keys(self) -> tuple[str, ...]:
        """The keys of all organisations."""
        return (*self.api_key, *self.data_of_organisations())

    def to_json(self) -> str:
        """All settings as text, for the environment of a worker process."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> "Settings":
        """The settings that ``to_json`` wrote."""
        values: dict[str, Any] = json.loads(text)
        for name in ("data", "prepared", "stubs", "tls_cert", "tls_key", "url_file", "dialect"):
            values[name] = None if values[name] is None else Path(values[name])
        values = {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}
        return cls(**values)


@cache
def options() -> tuple[Option, ...]:
    """All options, in the order of the help."""
    hints = get_type_hints(Settings, include_extras=True)
    found = []
    for field in fields(Settings):
        hint, *extras = get_args(hints[field.name]) if hasattr(hints[field.name], "__metadata__") else (None,)
        if not extras:
            continue
        flag, variable = "--" + field.name.replace("_", "-"), f"VAMBE_MOCK_{field.name.upper()}"
        flag += f"/--no-{flag.removeprefix('--')}" if field.default is True else ""
        about: About = extras[0]
        variables = (variable, about.also) if about.also else (variable,)
        found.append(Option.of(field.name, hint, field.default, about, flag=flag, variables=variables))
    return tuple(found)


def from_environment(
    environment: Mapping[str, str], *, without: Collection[str] = (), warn: Warn = lambda _: None
) -> dict[str, Any]:
    """The settings that the variables of *environment* give, but those *without*. Raises SettingsError.

    *warn* gets one line on each variable that is somebody else's.
    """
    found = {one.name: one.from_environment(environment, warn) for one in options() if one.name not in without}
    return {name: value for name, value in found.items() if value is not None}


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == LOCALHOST


def _can_be_sent(key: str) -> bool:
    """Whether every client can put *key* into a header: some refuse what is not ASCII, blanks around it are lost."""
    return key.isascii() and key.isprintable() and key.strip() == key != ""
