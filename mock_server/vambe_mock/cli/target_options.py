"""The options of the commands that ask a server: check, calibrate and import declare what they share here."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

import typer

from vambe_judge.asking.problems import JudgeError

TARGET: Final = "Target"
DATA: Final = "Target's data"
REQUESTS: Final = "Requests"


@dataclass(frozen=True, slots=True)
class CommandOptions:
    """Declares options in Typer's way, whose variables begin with *prefix*; each method is an option by its name."""

    prefix: str

    def __call__(self, panel: str, flag: str, text: str, **more: Any) -> Any:
        """The option *flag*; *more* is what ``typer.Option`` takes."""
        variable = f"{self.prefix}_{flag.removeprefix('--').upper().replace('-', '_')}"
        return typer.Option(flag, envvar=variable, help=text, rich_help_panel=panel, **more)

    def api_key_env(self) -> Any:
        """The key is never an option: others on the machine see those."""
        return self(
            TARGET, "--api-key-env", "Environment variable that holds its API key; you are prompted if it is unset."
        )

    def pipeline(self) -> Any:
        """``--pipeline``."""
        return self(DATA, "--pipeline", "A pipeline and its stages; repeatable.", metavar="ID=STAGE,STAGE")

    def custom_field(self) -> Any:
        """``--custom-field``."""
        return self(
            DATA,
            "--custom-field",
            "A custom field and a value that some contacts have and others lack; repeatable.",
            metavar="ENTITY.KEY=VALUE",
        )

    def about(self) -> Any:
        """``--about``."""
        return self(DATA, "--about", "Describe the data in a TOML file: [pipelines], [custom_fields], [contacts].")

    def target_now(self, panel: str = DATA) -> Any:
        """``--target-now``."""
        return self(panel, "--target-now", "Instant at which the server's clock is frozen.", metavar="INSTANT")

    def max_requests(self) -> Any:
        """``--max-requests``."""
        return self(REQUESTS, "--max-requests", "Maximum number of requests.", min=1)

    def pace(self) -> Any:
        """``--pace``."""
        local = "0 for a local server, else 1"
        return self(REQUESTS, "--pace", "Minimum seconds between requests.", show_default=local, min=0, max=3600)

    def timeout(self) -> Any:
        """``--timeout``."""
        return self(REQUESTS, "--timeout", "Seconds to wait for a complete response.", min=0.1, max=3600)

    def ca_file(self) -> Any:
        """``--ca-file``."""
        text = "Trust only this certificate authority (PEM) for HTTPS."
        return self(REQUESTS, "--ca-file", text, metavar="FILE")

    def patience(self, text: str = "Total seconds to wait while the server answers 429 or 503.") -> Any:
        """``--patience``."""
        return self(REQUESTS, "--patience", text, min=0, max=86400)

    def large(self, text: str = "Allow large responses from a remote server: 1000 contacts, or no limit.") -> Any:
        """``--large``."""
        return self(REQUESTS, "--large", text)


def require(modules: Iterable[str], command: str) -> None:
    """Raise JudgeError at the start for what is not installed, not after a run whose report cannot be written."""
    for module in modules:
        if find_spec(module) is None:
            raise JudgeError(f"{command} needs {module}, which is not installed: pip install 'vambe-mock[check]'")
