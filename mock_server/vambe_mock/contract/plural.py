"""How many of something, in words: ``1 contact``, ``1,000 contacts``."""


def plural(count: float | str, one: str, many: str | None = None) -> str:
    """*count* with the noun *one*, or with its plural unless there is exactly one: *many*, by default *one* with an s.

    A whole number has commas between thousands; a text stands as it is.
    """
    told = f"{count:,}" if isinstance(count, int) else count if isinstance(count, str) else f"{count:g}"
    return f"{told} {one if told == '1' else many or one + 's'}"
