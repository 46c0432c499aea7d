"""``vambe-mock check``: check a server, print the result, write reports.

Exit codes: 0 conforms, 1 violates, 2 usage, or a target that could not be judged (``JudgeError``, one line).
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Final

import typer

from vambe_mock.cli.streams import standard_output
from vambe_mock.cli.target_options import REQUESTS, TARGET, CommandOptions, require

VERDICT: Final = "Verdict"
REPORTS: Final = "Reports"


_option: Final = CommandOptions("VAMBE_CHECK")


def check(  # noqa: PLR0913, PLR0917 - Typer wants one parameter per option
    target: Annotated[
        str | None,
        _option(TARGET, "--target", "Base URL of the server to check.", metavar="URL", show_default="a fresh mock"),
    ] = None,
    api_key_env: Annotated[str, _option.api_key_env()] = "VAMBE_API_KEY",
    compare: Annotated[
        str | None, _option(TARGET, "--compare", "Base URL of a second server to compare with.", metavar="URL")
    ] = None,
    compare_key_env: Annotated[
        str | None,
        _option(
            TARGET,
            "--compare-key-env",
            "Environment variable that holds the second server's key.",
            show_default="the same",
        ),
    ] = None,
    plan: Annotated[bool, _option(TARGET, "--plan", "Print the requests that would be sent, and send none.")] = False,
    pipeline: Annotated[list[str] | None, _option.pipeline()] = None,
    custom_field: Annotated[list[str] | None, _option.custom_field()] = None,
    about: Annotated[Path | None, _option.about()] = None,
    target_now: Annotated[str | None, _option.target_now()] = None,
    like_mock: Annotated[
        bool, _option(VERDICT, "--like-mock", "Also fail if the server merely differs from the mock.")
    ] = False,
    strict: Annotated[
        bool, _option(VERDICT, "--strict", "Also fail if the data cannot show whether a rule holds.")
    ] = False,
    known_file: Annotated[
        Path | None, _option(VERDICT, "--known", "TOML file of accepted deviations.", metavar="FILE")
    ] = None,
    dialect: Annotated[
        Path | None,
        _option(
            VERDICT,
            "--dialect",
            "Judge by the rules in this dialect file of calibrate, and report what has changed since.",
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
    max_requests: Annotated[int, _option.max_requests()] = 500,
    pace: Annotated[float | None, _option.pace()] = None,
    timeout: Annotated[float, _option.timeout()] = 10.0,
    ca_file: Annotated[Path | None, _option.ca_file()] = None,
    patience: Annotated[float, _option.patience()] = 120.0,
    large: Annotated[bool, _option.large()] = False,
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
            first = checking.target_or_fresh_mock(target, api_key_env, options, stack, dialect)
            code = checking.compare(*first, second, limits, reports, dialect)
        else:
            first = checking.target_or_fresh_mock(target, api_key_env, options, stack, dialect)
            code = checking.judge(*first, limits, deviations, reports, dialect)
    raise typer.Exit(code)
