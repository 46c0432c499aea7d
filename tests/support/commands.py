"""The command line without a process of its own: what it prints, how it ends."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from typing import NamedTuple
from unittest.mock import patch

import pytest

from vambe_mock.cli.main import main


class Done(NamedTuple):
    """Exit code and the two outputs of a program that has ended."""

    code: int
    out: str
    err: str


@contextmanager
def handlers_restored() -> Iterator[None]:
    """A process would be over after the command; here the next test would hear Ctrl-C with the server's handler."""
    before = {one: signal.getsignal(one) for one in signal.valid_signals()}
    try:
        yield
    finally:
        for one, handler in before.items():
            if handler is not None and signal.getsignal(one) is not handler:
                signal.signal(one, handler)


def vambe(*arguments: object, encoding: str = "utf-8") -> Done:
    """``vambe-mock`` with *arguments*, to its end; whatever it lets through, tracebacks as well, is raised here."""
    out, err = (TextIOWrapper(BytesIO(), encoding, errors) for errors in ("strict", "backslashreplace"))
    argv = ["vambe-mock", *map(str, arguments)]
    with (
        patch.object(sys, "argv", argv),
        redirect_stdout(out),
        redirect_stderr(err),
        handlers_restored(),
        pytest.raises(SystemExit) as end,
    ):
        main()
    for text in (out, err):
        text.flush()
        text.seek(0)
    code = end.value.code
    return Done(code if isinstance(code, int) else 0, out.read(), err.read())


def refused(*arguments: object) -> str:
    """The one line that a wrong call gets; anything else fails the test."""
    done = vambe(*arguments)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1), done
    assert done.err.startswith("vambe-mock: ")
    return done.err
