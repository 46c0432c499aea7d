"""``vambe-mock check``: check a server, print the result, write reports.

Exit codes: 0 conforms, 1 violates, 2 usage, or a target that could not be judged (``JudgeError``, one line).
"""

from collections.abc import Iterable
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from vambe_judge.asking.problems import JudgeError
from vambe_mock.cli.streams import standard_output

TARGET: Final = "Target"
DATA: Final = "Target's data"
VERDICT: Final = "Verdict"
REQUESTS: Final = "Requests"
REPORTS: Final = "Reports"


def _option(panel: str, flag: str, text: str, **more: Any) -> Any:
    name = flag.removeprefix("--").upper().replace("-", "_")
    text = text.replace("[", r"\[")  # otherwise Rich reads it as markup and prints nothing
    return typer.Option(flag, envvar=f"VAMBE_CHECK_{name}", help=text, rich_help_panel=panel, **more)


def check(  # noqa: PLR0913, PLR0917 - Typer wants one parameter per option
    target: Annotated[
        str | None,
        _option(TARGET, "--target", "Base URL of the server to check.  [default: a fresh mock]", metavar="URL"),
    ] = None,
    api_key_env: Annotated[
        str,
        _option(
            TARGET, "--api-key-env", "Environment variable that holds its API key; you are prompted if it is unset."
        ),
    ] = "VAMBE_API_KEY",
    compare: Annotated[
        str | None, _option(TARGET, "--compare", "Base URL of a second server to compare with.", metavar="URL")
    ] = None,
    compare_key_env: Annotated[
        str | None,
        _option(
            TARGET, "--compare-key-env", "Environment variable that holds the second server's key.  [default: the same]"
        ),
    ] = None,
    plan: Annotated[bool, _option(TARGET, "--plan", "Print the requests that would be sent, and send none.")] = False,
    pipeline: Annotated[
        list[str] | None,
        _option(DATA, "--pipeline", "A pipeline and its stages; repeatable.", metavar="ID=STAGE,STAGE"),
    ] = None,
    custom_field: Annotated[
        list[str] | None,
        _option(
            DATA,
            "--custom-field",
            "A custom field and a value that some contacts have and others lack; repeatable.",
            metavar="ENTITY.KEY=VALUE",
        ),
    ] = None,
    about: Annotated[
        Path | None,
        _option(DATA, "--about", "Pipelines and custom fields from a TOML file: [pipelines] and [custom_fields]."),
    ] = None,
    target_now: Annotated[
        str | None, _option(DATA, "--target-now", "Instant at which the server's clock is frozen.", metavar="INSTANT")
    ] = None,
    like_mock: Annotated[
        bool, _option(VERDICT, "--like-mock", "Also fail where the server merely differs from the mock.")
    ] = False,
    strict: Annotated[
        bool, _option(VERDICT, "--strict", "Also fail where the data cannot show whether a rule holds.")
    ] = False,
    known_file: Annotated[
        Path | None, _option(VERDICT, "--known", "TOML file of accepted deviations.", metavar="FILE")
    ] = None,
    dialect: Annotated[
        Path | None,
        _option(
            VERDICT,
            "--dialect",
            "Judge by the rules that calibrate measured, and tell what has changed since.",
            metavar="FILE",
        ),
    ] = None,
    generated: Annotated[
        int,
        _option(
            REQUESTS,
            "--generated",
            "Requests to generate with schemathesis; -1: 100 for a local server, else 0.",
            min=-1,
        ),
    ] = -1,
    thorough: Annotated[
        bool,
        _option(REQUESTS, "--thorough", "Try more values and combinations: up to 400 requests instead of 120."),
    ] = False,
    max_requests: Annotated[int, _option(REQUESTS, "--max-requests", "Maximum number of requests.", min=1)] = 500,
    pace: Annotated[
        float | None,
        _option(
            REQUESTS,
            "--pace",
            "Minimum seconds between requests.  [default: 0 for a local server, else 1]",
            min=0,
            max=3600,
        ),
    ] = None,
    timeout: Annotated[
        float, _option(REQUESTS, "--timeout", "Seconds to wait for a complete response.", min=0.1, max=3600)
    ] = 10.0,
    ca_file: Annotated[
        Path | None,
        _option(REQUESTS, "--ca-file", "Trust this authority (PEM) for HTTPS, and no other.", metavar="FILE"),
    ] = None,
    patience: Annotated[
        float,
        _option(
            REQUESTS,
            "--patience",
            "Total seconds to wait while the server answers 429 or 503.",
            min=0,
            max=86400,
        ),
    ] = 120.0,
    large: Annotated[
        bool, _option(REQUESTS, "--large", "Allow large responses from a remote server: 1000 contacts, or no limit.")
    ] = False,
    junit: Annotated[
        Path | None, _option(REPORTS, "--junit", "Write a JUnit XML report, one test case per rule.")
    ] = None,
    json: Annotated[Path | None, _option(REPORTS, "--json", "Write the complete report as JSON.")] = None,
    html: Annotated[Path | None, _option(REPORTS, "--html", "Write the report as a single HTML page.")] = None,
) -> None:
    """Check that a server keeps the contract of GET /api/public/contacts. Sends only GET requests."""
    wanted = {
        "httpx": True,
        "schemathesis": generated != 0,
        "jinja2": html is not None,
        "junitparser": junit is not None,
    }
    require([module for module, needed in wanted.items() if needed], "check")
    from vambe_judge import accepted, checking  # --help need not wait for httpx
    from vambe_judge.asking.client import Limits
    from vambe_judge.asking.options import Options, instant

    options = Options(
        like_mock=like_mock,
        strict=strict,
        large=large,
        thorough=thorough,
        now=instant(target_now),
        generated=generated,
    ).with_target_data(pipeline or (), custom_field or (), about)
    limits = Limits(pace=pace, timeout=timeout, max_requests=max_requests, patience=patience, ca_file=ca_file)
    deviations = accepted.read(known_file) if known_file else ()
    reports = checking.Reports(junit=junit, json=json, html=html)
    with standard_output(), ExitStack() as stack:
        if plan:
            code = checking.plan(target, api_key_env, options, limits, compared=bool(compare))
        elif compare:
            second = checking.target_of(compare, compare_key_env or api_key_env)
            first = checking.target_or_fresh_mock(target, api_key_env, options, stack)
            code = checking.compare(*first, second, limits, reports, dialect)
        else:
            first = checking.target_or_fresh_mock(target, api_key_env, options, stack)
            code = checking.judge(*first, limits, deviations, reports, dialect)
    raise typer.Exit(code)


def require(modules: Iterable[str], command: str) -> None:
    """Raise JudgeError at the start for what is not installed, not after a run whose report cannot be written."""
    for module in modules:
        if find_spec(module) is None:
            raise JudgeError(f"{command} needs {module}, which is not installed: pip install 'vambe-mock[check]'")
