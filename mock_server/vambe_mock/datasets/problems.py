"""The error of a data set. A module of its own, so that catching it loads neither pydantic nor numpy."""

from vambe_mock.contract.terminal import escaped


class DatasetError(Exception):
    """A data set that cannot be used. The message is one line: where, what was found, what is wanted.

    It quotes files of others, so what a terminal would obey is escaped.
    """

    def __init__(self, message: str) -> None:
        """The error with this message."""
        super().__init__(escaped(message))
