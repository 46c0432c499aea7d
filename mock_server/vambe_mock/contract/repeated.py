"""What was made of texts that come again and again: clients poll with a few queries, or with a new one each time."""

from typing import Final, Generic, TypeVar

MOST: Final = 1_000
LONGEST: Final = 400
"""How many texts are remembered, and of how many characters or bytes; one more, and all are forgotten."""

SLOTS: Final = 1_024
"""How many texts that came once are known by their hash. A power of two."""

Text = TypeVar("Text", str, bytes)
Made = TypeVar("Made")


class Repeated(dict[Text, Made], Generic[Text, Made]):
    """What was made of each text that came twice.

    To keep one that never comes again costs more than to make it: the oldest is no longer in the processor's cache
    when it is forgotten.
    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        super().__init__()
        self._once = [0] * SLOTS

    def keep(self, text: Text, made: Made) -> None:
        """Remember what was *made* of *text*, if that has come before, lately."""
        number = hash(text)
        slot = number % SLOTS
        if self._once[slot] != number:
            self._once[slot] = number
        elif len(text) <= LONGEST:
            if len(self) >= MOST:
                self.clear()
            self[text] = made
