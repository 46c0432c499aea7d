"""Keys are masked wherever they stand; the log's own tests show most of it."""

import re

import pytest

from vambe_mock.organisations.masking import LONGEST_FOUND, KeyMasker

KEY = "0123456789abcdef" * 4
ENCODED = "".join(f"%{ord(letter):x}" for letter in KEY)


@pytest.mark.parametrize("ahead", range(0, 64, 9))
@pytest.mark.parametrize("piece", [f"/{KEY}", f"&a={KEY}", f"&a={ENCODED}"])
def test_a_key_that_the_cut_halves_is_not_shown(piece: str, ahead: int) -> None:
    """Masking may shorten a cut target so much that its end shows; no part of a key does (`keys-are-masked`)."""
    target = ("/x?" + "x" * ahead + piece * 999)[:LONGEST_FOUND]
    masker = KeyMasker([KEY])
    assert re.fullmatch(r"/x\?x*([/&](a=)?\*{0,3})+", masker.target(target))
    assert re.fullmatch(r"(/\*{0,3})+", masker.text((f"/{KEY}" * 999)[:LONGEST_FOUND]))
