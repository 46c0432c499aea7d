"""Text of others, made safe for a terminal."""


def escaped(text: str) -> str:
    """*text* with every character escaped that a terminal would obey or cannot show, as in a Python literal.

    What is escaped once stays as it is when it is escaped again.
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
