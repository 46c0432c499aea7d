"""What stands in the way of a sync check."""


class SyncError(Exception):
    """The client cannot be checked. The message is one line; the exit code is 2."""


class NoCopyError(FileNotFoundError):
    """The client has written no copy, which it may do later."""
