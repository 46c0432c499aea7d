"""The options of ``pytest contract_tests``: the words of ``vambe-mock check``, as far as pytest leaves them free.

``--strict`` is pytest's own and means here what it means there; ``--timeout`` belongs to a plugin that many have.
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from vambe_judge import accepted, fresh_mock
from vambe_judge.asking.client import MOST_REQUESTS, Manners
from vambe_judge.asking.keys import key_of
from vambe_judge.asking.options import Options, instant
from vambe_judge.judging_run import Run, Target, prepare

FLAGS: Final[dict[str, dict[str, Any]]] = {
    "--target": {"metavar": "URL", "help": "Base URL of the server to judge; without it, a fresh mock."},
    "--api-key-env": {"default": "VAMBE_API_KEY", "help": "Environment variable that holds the target's key."},
    "--pipeline": {"action": "append", "default": [], "metavar": "ID=STAGE,STAGE", "help": "A pipeline of the target."},
    "--custom-field": {
        "action": "append",
        "default": [],
        "metavar": "ENTITY.KEY=VALUE",
        "help": "A custom field and a value that some contacts have.",
    },
    "--about": {"type": Path, "metavar": "FILE", "help": "Pipelines and custom fields as a TOML file."},
    "--known": {"type": Path, "metavar": "FILE", "help": "Accepted deviations as a TOML file."},
    "--like-mock": {"action": "store_true", "help": "Fail, too, where the target only differs from the mock."},
    "--large": {"action": "store_true", "help": "Allow large answers on a foreign host."},
    "--target-now": {"metavar": "INSTANT", "help": "The instant at which the target's clock is frozen."},
    "--generated": {"type": int, "default": -1, "metavar": "N", "help": "Requests that schemathesis may make."},
    "--max-requests": {"type": int, "default": MOST_REQUESTS, "help": "Requests in all."},
    "--pace": {"type": float, "help": "Seconds from one request to the next."},
    "--request-timeout": {"type": float, "default": 10.0, "help": "Seconds for a whole answer."},
}


def run_of(config: pytest.Config, stack: ExitStack) -> Run:
    """The run that pytest's command line asks for. Raises JudgeError."""
    get = config.getoption
    options = Options(
        like_mock=get("--like-mock"),
        strict=bool(get("strict", default=False)),
        large=get("--large"),
        now=instant(get("--target-now")),
        generated=get("--generated"),
    ).knowing(get("--pipeline"), get("--custom-field"), get("--about"))
    manners = Manners(pace=get("--pace"), timeout=get("--request-timeout"), max_requests=get("--max-requests"))
    if get("--target"):
        variable = get("--api-key-env")
        target = Target(get("--target"), key_of(variable), variable)
    else:
        target, options = stack.enter_context(fresh_mock.mock()), fresh_mock.knowing_default_set(options)
    deviations = accepted.read(get("--known")) if get("--known") else ()
    judge = prepare(target, options, manners)
    stack.callback(judge.client.close)
    return Run(judge, deviations)
