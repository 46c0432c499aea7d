"""Standard output as a place that can be closed, full, or left by its reader."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, TextIO

import typer

from mock_server.generator.files import reason
from mock_server.generator.problems import GeneratorError
from mock_server.standard_error import drop

if TYPE_CHECKING:
    from collections.abc import Iterator

READER_GONE = 141
"""What a shell tells of a program that ended by SIGPIPE."""


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
