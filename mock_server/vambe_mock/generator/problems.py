"""The generator's error, and how it words what the operating system refuses."""

from vambe_mock.contract.terminal import escaped


class GeneratorError(Exception):
    """One line for the user: what came, what is wanted, an example that works.

    It quotes files of others, so what a terminal would obey is escaped.
    """

    def __init__(self, message: str) -> None:
        """The error with this message."""
        super().__init__(escaped(message))


def reason(error: OSError) -> str:
    """The operating system's own words, in lower case: `no space left on device`."""
    return (error.strerror or str(error)).lower()
