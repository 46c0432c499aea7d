"""The options of ``pytest contract_tests``, named as those of ``vambe-mock check`` where they are free.

``--strict`` is pytest's own flag and is read here as well; ``--timeout`` belongs to a common plugin (pytest-timeout).
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from vambe_judge import accepted, fresh_mock
from vambe_judge.asking.client import MOST_REQUESTS, Limits
from vambe_judge.asking.keys import key_of
from vambe_judge.asking.options import Options, instant
from vambe_judge.judging_run import Run, Target, prepare

FLAGS: Final[dict[str, dict[str, Any]]] = {
    "--target": {"metavar": "URL", "help": "Base URL of the server to check; by default a fresh mock."},
    "--api-key-env": {"default": "VAMBE_API_KEY", "help": "Environment variable that holds its API key."},
    "--pipeline": {
        "action": "append",
        "default": [],
        "metavar": "ID=STAGE,STAGE",
        "help": "A pipeline and its stages; repeatable.",
    },
    "--custom-field": {
        "action": "append",
        "default": [],
        "metavar": "ENTITY.KEY=VALUE",
        "help": "A custom field and a value that some contacts have and others lack; repeatable.",
    },
    "--about": {"type": Path, "metavar": "FILE", "help": "Pipelines and custom fields from a TOML file."},
    "--known": {"type": Path, "metavar": "FILE", "help": "TOML file of accepted deviations."},
    "--like-mock": {"action": "store_true", "help": "Also fail if the server merely differs from the mock."},
    "--large": {"action": "store_true", "help": "Allow large responses from a remote server."},
    "--thorough": {"action": "store_true", "help": "Up to 400 requests instead of 120."},
    "--target-now": {"metavar": "INSTANT", "help": "Instant at which the server's clock is frozen."},
    "--generated": {
        "type": int,
        "default": -1,
        "metavar": "N",
        "help": "Requests to generate with schemathesis; -1: 100 for a local server, else 0.",
    },
    "--max-requests": {"type": int, "default": MOST_REQUESTS, "help": "Maximum number of requests."},
    "--pace": {"type": float, "help": "Minimum seconds between requests."},
    "--ca-file": {"type": Path, "metavar": "FILE", "help": "Trust only this certificate authority (PEM) for HTTPS."},
    "--request-timeout": {"type": float, "default": 10.0, "help": "Seconds to wait for a complete response."},
}


def run_of(config: pytest.Config, stack: ExitStack) -> Run:
    """Return the run described by pytest's command line. Raises JudgeError."""
    get = config.getoption
    options = Options(
        like_mock=get("--like-mock"),
        strict=bool(get("strict", default=False)),
        large=get("--large"),
        thorough=get("--thorough"),
        now=instant(get("--target-now")),
        generated=get("--generated"),
    ).with_target_data(get("--pipeline"), get("--custom-field"), get("--about"))
    limits = Limits(
        pace=get("--pace"),
        timeout=get("--request-timeout"),
        max_requests=get("--max-requests"),
        ca_file=get("--ca-file"),
    )
    if get("--target"):
        variable = get("--api-key-env")
        target = Target(get("--target"), key_of(variable), variable)
    else:
        target, options = stack.enter_context(fresh_mock.mock()), fresh_mock.with_default_set(options)
    deviations = accepted.read(get("--known")) if get("--known") else ()
    judge = prepare(target, options, limits)
    stack.callback(judge.client.close)
    return Run(judge, deviations)
