"""``vambe-mock calibrate``: measure the rules that the vendor's documents leave open, on one account.

Exit codes: 0 calibrated, and the file is written; 2 usage, or a target that could not be asked; 1 never.
"""

from pathlib import Path
from typing import Annotated, Any, Final

from vambe_mock.cli.streams import standard_output
from vambe_mock.cli.target_options import TARGET, CommandOptions, require

FILE: Final = "Dialect"


_option: Final = CommandOptions("VAMBE_CALIBRATE")


def calibrate(  # noqa: PLR0913, PLR0917 - Typer wants one parameter per option
    target: Annotated[
        str | None,
        _option(TARGET, "--target", "Base URL of the server to measure.", metavar="URL", show_default="a fresh mock"),
    ] = None,
    api_key_env: Annotated[str, _option.api_key_env()] = "VAMBE_API_KEY",
    plan: Annotated[
        bool, _option(TARGET, "--plan", "Print the requests that would be sent and what each decides, and send none.")
    ] = False,
    dialect: Annotated[Path, _option(FILE, "--dialect", "The file to write, or to --explain.", metavar="FILE")] = Path(
        "vambe.toml"
    ),
    explain: Annotated[
        str | None,
        _option(FILE, "--explain", "Print what the file says about this rule, and send no request.", metavar="SLUG"),
    ] = None,
    shape: Annotated[
        bool,
        _option(FILE, "--shape", "Also measure the data's shape, for generate --profile, with the remaining requests."),
    ] = False,
    pipeline: Annotated[list[str] | None, _option.pipeline()] = None,
    custom_field: Annotated[list[str] | None, _option.custom_field()] = None,
    about: Annotated[Path | None, _option.about()] = None,
    target_now: Annotated[str | None, _option.target_now()] = None,
    max_requests: Annotated[int, _option.max_requests()] = 40,
    pace: Annotated[float | None, _option.pace()] = None,
    timeout: Annotated[float, _option.timeout()] = 10.0,
    ca_file: Annotated[Path | None, _option.ca_file()] = None,
    patience: Annotated[float, _option.patience()] = 120.0,
    large: Annotated[bool, _option.large()] = False,
) -> None:
    """Measure how a server answers where the vendor's documents leave room. Sends only GET requests.

    What differs from the mock is written to a dialect file, which serve, exec, check and VambeMock can use. It contains
    no personal data.
    """
    if explain is not None:
        from vambe_judge.calibration.dialect_file import explained

        with standard_output():
            print("\n".join(explained(dialect, explain)))  # noqa: T201
        return
    require(["httpx"], "calibrate")
    from vambe_judge import calibrating  # --help need not wait for httpx
    from vambe_judge.asking.client import Limits
    from vambe_judge.asking.options import Options, instant

    options = Options(large=large, now=instant(target_now)).with_target_data(pipeline or (), custom_field or (), about)
    limits = Limits(pace=pace, timeout=timeout, max_requests=max_requests, patience=patience, ca_file=ca_file)
    with standard_output():
        if plan:
            print("\n".join(calibrating.plan(target, api_key_env, options, limits)))  # noqa: T201
            return
        found, url = _measured(target, api_key_env, options, limits, dialect, with_shape=shape)
        print("\n".join(calibrating.summary(found, url, dialect)))  # noqa: T201


def _measured(  # noqa: PLR0913 - as calibrating.calibrate takes them
    target: str | None, variable: str, options: Any, limits: Any, path: Path, *, with_shape: bool
) -> Any:
    """Calibrate, with a line on a terminal that tells what is being asked."""
    from rich.console import Console

    from vambe_judge import calibrating

    console = Console(stderr=True)
    if not console.is_terminal:
        return calibrating.calibrate(target, variable, options, limits, path, lambda _: None, with_shape=with_shape)
    with console.status("survey") as status:
        return calibrating.calibrate(
            target, variable, options, limits, path, lambda step: status.update(step.name), with_shape=with_shape
        )
