"""Memory that a large set needed while it was loaded, and that nobody uses afterwards."""

from contextlib import suppress


def give_back() -> None:
    """Give it back to the system. glibc keeps it between what is still in use: an eighth of what a large set takes."""
    import ctypes  # only after a large set

    with suppress(AttributeError, OSError, TypeError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)
