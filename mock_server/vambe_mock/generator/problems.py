"""What the generator raises when it is asked for something it cannot do."""


class GeneratorError(Exception):
    """One line for the user: what came, what is wanted, an example that works."""
