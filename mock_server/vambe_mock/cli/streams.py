"""Standard output and standard error, which may be closed or full, or have lost their reader."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from errno import ENOENT
from io import BufferedWriter, RawIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Any, TextIO

from vambe_mock.contract.terminal import escaped
from vambe_mock.generator.problems import GeneratorError, reason

if TYPE_CHECKING:
    from collections.abc import Iterator

READER_GONE = 141
"""The exit code that a shell reports for a program killed by SIGPIPE."""


def complain(text: str) -> None:
    """Print a line on standard error, escaped for a terminal. If that fails, only the exit code reports the error."""
    try:
        print(escaped(text), file=sys.stderr, flush=True)  # noqa: T201
    except OSError:
        drop(sys.stderr)


def drop(stream: Any) -> None:
    """Discard what is still buffered: Python would try to write it at exit, fail, and end with 120."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def opened() -> TextIO:
    """Return standard output. Raises GeneratorError if the caller has closed it: Python would discard all text."""
    if sys.stdout is None:  # `>&-`, which typeshed does not know
        raise GeneratorError("standard output is closed; wanted an open one, or a file name as OUT")
    if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")  # not every encoding has the bars, or the letters of a file name
    return sys.stdout


@contextmanager
def standard_output() -> Iterator[None]:
    """Make sure that what the block writes arrives: otherwise GeneratorError, or exit code 141 if the reader is gone.

    A reader that leaves once everything is in the pipe cannot be noticed (`reader-gone`).
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
        from typer import Exit  # which takes long, and serve needs none of it

        raise Exit(READER_GONE) from None
    except OSError as error:
        if error.errno == ENOENT and error.filename is None:  # no folder for temporary files: not of an open output
            raise
        drop(sys.stdout)
        raise GeneratorError(
            f"{error.filename or 'standard output'}: {reason(error)}; wanted a place that can be written"
        ) from error


@contextmanager
def told_in_full() -> Iterator[None]:
    """The same for help and version, which end the program themselves."""
    from typer import Exit

    code: object = 0
    try:
        with standard_output():
            try:
                yield
            except SystemExit as end:
                code = READER_GONE if end.code == 1 else end.code  # rich ends with 1 if the reader is gone
    except Exit as end:
        code = end.exit_code
    raise SystemExit(code)


@contextmanager
def _buffered() -> Iterator[None]:
    """Buffer standard output despite PYTHONUNBUFFERED: unbuffered, Python loses what a pipe does not take at once."""
    bare = sys.stdout
    if not isinstance(getattr(bare, "buffer", None), RawIOBase):
        yield
        return
    buffer = BufferedWriter(bare.buffer)
    sys.stdout = TextIOWrapper(buffer, bare.encoding, bare.errors, line_buffering=bare.isatty())
    try:
        yield
    finally:
        with suppress(OSError):  # reported already
            sys.stdout.detach()
            buffer.detach()
        sys.stdout = bare
