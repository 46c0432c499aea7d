"""Standard output and standard error, which can be closed, full, or left by their reader."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

import typer

from vambe_mock.contract.terminal import escaped
from vambe_mock.generator.problems import GeneratorError, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

READER_GONE = 141
"""What a shell tells of a program that ended by SIGPIPE."""


def complain(text: str) -> None:
    """A line on standard error, or nowhere; the exit code still tells. What a terminal would obey is escaped."""
    try:
        print(escaped(text), file=sys.stderr, flush=True)  # noqa: T201
    except OSError:
        drop(sys.stderr)


def drop(stream: Any) -> None:
    """What still waits in the buffer goes nowhere: Python would write it at its end, and end with 120."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def opened() -> TextIO:
    """Standard output. Raises GeneratorError where the caller has closed it, since Python would drop all text."""
    if sys.stdout is None:  # typeshed does not know this case: `>&-`
        raise GeneratorError("standard output is closed; wanted an open one, or a file name as OUT")
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")  # not every encoding has bars, or the names of files
    return sys.stdout


@contextmanager
def standard_output() -> Iterator[None]:
    """What is written in the block arrives, or else: GeneratorError with one line, exit code 141 without a reader.

    A reader that goes when everything is in the pipe already has missed nothing that this program could know of.
    """
    with _buffered():
        yield from _written()


def _written() -> Iterator[None]:
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        drop(sys.stdout)
        raise typer.Exit(READER_GONE) from None
    except OSError as error:
        drop(sys.stdout)
        raise GeneratorError(
            f"{error.filename or 'standard output'}: {reason(error)}; wanted a place that can be written"
        ) from error


@contextmanager
def told_in_full() -> Iterator[None]:
    """The same around a program's help, which ends the program by itself."""
    code: object = 0
    try:
        with standard_output():
            try:
                yield
            except SystemExit as end:
                code = READER_GONE if end.code == 1 else end.code  # rich has its own for a reader that is gone
    except typer.Exit as end:
        code = end.exit_code
    raise SystemExit(code)


@contextmanager
def _buffered() -> Iterator[None]:
    """A buffer where PYTHONUNBUFFERED took it away: without it Python loses what a pipe did not take at one go."""
    bare = sys.stdout
    if not isinstance(getattr(bare, "buffer", None), RawIOBase):
        yield
        return
    buffer = BufferedWriter(bare.buffer)
    sys.stdout = TextIOWrapper(buffer, bare.encoding, bare.errors, line_buffering=bare.isatty())
    try:
        yield
    finally:
        with suppress(OSError):  # told already
            sys.stdout.detach()
            buffer.detach()
        sys.stdout = bare
