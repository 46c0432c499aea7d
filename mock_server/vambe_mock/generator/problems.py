"""The generator's error, and how it words what the operating system refuses."""


class GeneratorError(Exception):
    """One line for the user: what came, what is wanted, an example that works."""


def reason(error: OSError) -> str:
    """The operating system's own words, in lower case: `no space left on device`."""
    return (error.strerror or str(error)).lower()
