"""The program's first lines: ``vambe-mock`` and ``python -m vambe_mock`` start here.

Ctrl-C must end it without a traceback even while the rest is still being loaded, so the handler comes before that, and
before the handler the system's own way: ``signal`` is itself a module to load, what it wraps is not.
"""

import _signal  # type: ignore[import-not-found]

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)

import os
import signal
import sys
from io import TextIOWrapper

from vambe_mock.server.signals import leave_at, leave_if_asked


def main() -> None:
    """Run the command line. A signal is the usual end of ``serve`` (`clean-end`); Ctrl-C interrupts anything else."""
    if sys.stderr is None:  # the caller closed it; print would take standard output instead
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - quick, and open to the end
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")  # a pipe on Windows has no arrow for the log's line
    serves = sys.argv[1:2] == ["serve"]
    leave_at(signal.SIGINT, 0 if serves else 128 + signal.SIGINT)
    for name in ("SIGTERM", "SIGHUP") if serves else ():
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # as nohup leaves SIGHUP
            leave_at(number, 0)
    try:
        from vambe_mock.cli.main import main as run
    except ImportError as error:  # Python would exit with 1, which says that a command found something
        sys.stderr.write(
            f"vambe-mock: {error}; wanted a whole installation: pip install --force-reinstall vambe-mock\n"
        )
        sys.exit(2)
    leave_if_asked()
    run()


if __name__ == "__main__":
    main()
