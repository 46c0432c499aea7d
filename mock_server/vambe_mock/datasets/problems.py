"""The error of a data set. A module of its own, so that catching it loads neither pydantic nor numpy."""


class DatasetError(Exception):
    """A data set that cannot be used. The message is one line: where, what was found, what is wanted."""
