"""``vambe-mock check``: judge a server, show what was found, write the reports that were asked for.

Exit codes: 0 conforms, 1 violates, 2 usage, or a target that could not be judged (``JudgeError``, one line).
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from vambe_mock.cli.streams import standard_output

WHAT: Final = "What to judge"
DATA: Final = "What the target's data has"
VERDICT: Final = "What fails"
MANNERS: Final = "How to ask"
REPORTS: Final = "Reports"


def _option(panel: str, flag: str, text: str, **more: Any) -> Any:
    name = flag.removeprefix("--").upper().replace("-", "_")
    text = text.replace("[", r"\[")  # or Rich takes it for markup, and shows nothing
    return typer.Option(flag, envvar=f"VAMBE_CHECK_{name}", help=text, rich_help_panel=panel, **more)


def check(  # noqa: PLR0913, PLR0917 - one parameter an option is how Typer has them
    target: Annotated[
        str | None, _option(WHAT, "--target", "Base URL of the server.  [default: a fresh mock]", metavar="URL")
    ] = None,
    api_key_env: Annotated[
        str, _option(WHAT, "--api-key-env", "Environment variable with its key; asked for if it is not set.")
    ] = "VAMBE_API_KEY",
    compare: Annotated[
        str | None, _option(WHAT, "--compare", "Base URL of a second server: where do the two differ?", metavar="URL")
    ] = None,
    compare_key_env: Annotated[
        str | None, _option(WHAT, "--compare-key-env", "Environment variable with its key.  [default: the same]")
    ] = None,
    plan: Annotated[bool, _option(WHAT, "--plan", "Print every request that would be sent, and send none.")] = False,
    pipeline: Annotated[
        list[str] | None,
        _option(DATA, "--pipeline", "A pipeline and its stages; repeatable.", metavar="ID=STAGE,STAGE"),
    ] = None,
    custom_field: Annotated[
        list[str] | None,
        _option(
            DATA,
            "--custom-field",
            "A custom field and a value that some contacts have, not all; repeatable.",
            metavar="ENTITY.KEY=VALUE",
        ),
    ] = None,
    about: Annotated[
        Path | None, _option(DATA, "--about", "The same as a TOML file: [pipelines] and [custom_fields].")
    ] = None,
    target_now: Annotated[
        str | None, _option(DATA, "--target-now", "The instant at which its clock is frozen.", metavar="INSTANT")
    ] = None,
    like_mock: Annotated[
        bool, _option(VERDICT, "--like-mock", "Fail, too, where the target only differs from the mock.")
    ] = False,
    strict: Annotated[bool, _option(VERDICT, "--strict", "Fail, too, where its data could not show a rule.")] = False,
    known_file: Annotated[
        Path | None, _option(VERDICT, "--known", "Accepted deviations as a TOML file.", metavar="FILE")
    ] = None,
    generated: Annotated[
        int,
        _option(
            MANNERS, "--generated", "Requests that schemathesis may make; -1: 100 on this machine, else 0.", min=-1
        ),
    ] = -1,
    max_requests: Annotated[int, _option(MANNERS, "--max-requests", "Requests in all.", min=1)] = 500,
    pace: Annotated[
        float | None,
        _option(
            MANNERS, "--pace", "Seconds from one request to the next.  [default: 0 on this machine, else 1]", min=0
        ),
    ] = None,
    timeout: Annotated[float, _option(MANNERS, "--timeout", "Seconds for a whole answer.", min=0.1)] = 10.0,
    patience: Annotated[
        float, _option(MANNERS, "--patience", "Seconds to wait in all because the target says 429 or 503.", min=0)
    ] = 120.0,
    large: Annotated[
        bool, _option(MANNERS, "--large", "Allow large answers on a foreign host: up to 1000 contacts, or all of them.")
    ] = False,
    junit: Annotated[Path | None, _option(REPORTS, "--junit", "Write JUnit XML, a case for each rule.")] = None,
    json: Annotated[Path | None, _option(REPORTS, "--json", "Write everything as JSON.")] = None,
    html: Annotated[Path | None, _option(REPORTS, "--html", "Write one page for a browser.")] = None,
) -> None:
    """Judge whether a server keeps the contract of GET /api/public/contacts. Sends nothing but GET."""
    from vambe_judge import accepted, checking
    from vambe_judge.asking.client import Manners
    from vambe_judge.asking.options import Options, instant

    options = Options(
        like_mock=like_mock, strict=strict, large=large, now=instant(target_now), generated=generated
    ).knowing(pipeline or (), custom_field or (), about)
    manners = Manners(pace=pace, timeout=timeout, max_requests=max_requests, patience=patience)
    deviations = accepted.read(known_file) if known_file else ()
    reports = checking.Reports(junit=junit, json=json, html=html)
    with standard_output(), ExitStack() as stack:
        if plan:
            code = checking.plan(target, api_key_env, options, manners, compared=bool(compare))
        elif compare:
            second = checking.target_of(compare, compare_key_env or api_key_env)
            first = checking.first_of(target, api_key_env, options, stack)
            code = checking.compare(*first, second, manners, reports)
        else:
            first = checking.first_of(target, api_key_env, options, stack)
            code = checking.judge(*first, manners, deviations, reports)
    raise typer.Exit(code)
