"""What `generate` says of a slip: what was meant, and an example that works."""

import re
import shlex
from pathlib import Path

import pytest

from commands import refused, vambe

SLIPS = [
    ("--preview 1 --set tikets=0.5", "unknown knob 'tikets'; did you mean tickets? known: locales, "),
    ("--preview 1 --set Tickets=0.5", "did you mean tickets? "),
    ("--preview 1 --set recensy.older=1", "unknown knob 'recensy'; did you mean recency? "),
    ("--preview 1 --set recency.oldest=1", "knob recency names 'oldest'; did you mean older? known: 1, 7, "),
    ("--preview 1 --set platforms.watsapp=1", "did you mean whatsapp? "),
    ("--preview 1 --edge-cases null_fone", "knob edge_cases names 'null_fone'; did you mean null_phone? wanted: "),
    ("--preview 1 --edge-cases al", "did you mean all? "),
    ("- --format jsno", "--format jsno; did you mean json? wanted one of json, "),
    ("set.ndjsn", "unknown format; did you mean .ndjson? wanted .json, "),
    ("- --compress gzip", "--compress gzip; did you mean gz? wanted one of gz, zst, "),
    ("- --engine dusk", "--engine dusk; did you mean dask? wanted local or dask, "),
]


@pytest.mark.parametrize(("call", "told"), SLIPS, ids=[call for call, _ in SLIPS])
def test_a_misspelt_name_is_told_the_nearest(call: str, told: str) -> None:
    """Knobs, their weights, edge cases, formats and engines."""
    assert told in refused("generate", *shlex.split(call))


@pytest.mark.parametrize("text", ["tikets = 0.5\n", "tikets: 0.5\n"])
def test_a_misspelt_key_of_a_profile_is_told_the_nearest(text: str, tmp_path: Path) -> None:
    """In TOML and in YAML."""
    profile = tmp_path / ("knobs.toml" if "=" in text else "knobs.yaml")
    profile.write_text(text)
    line = refused("generate", "--preview", 1, "--profile", profile)
    assert "unknown knob 'tikets'; did you mean tickets? known: " in line


def test_a_name_like_no_other_is_told_no_other() -> None:
    """What is nearest to nothing is nearer to confusion than to help."""
    line = refused("generate", "--preview", 1, "--set", "xyzzy=1")
    assert "unknown knob 'xyzzy'; known: locales, " in line


@pytest.mark.parametrize("option", ["--contacts", "--seed", "--preview", "--processes", "--chunk"])
def test_a_number_that_is_none_comes_with_an_example_that_works(option: str, tmp_path: Path) -> None:
    """The example in the message is taken when it is typed."""
    out = [] if option == "--preview" else [tmp_path / "a.json"]
    line = refused("generate", *out, option, "abc")
    assert f"{option} " in line
    assert "abc" in line
    assert "wanted a whole number" in line
    (example,) = re.findall(rf"for example:? ({option} \d+)$", line.strip())
    assert vambe("generate", *out, "--quiet", *example.split()).code == 0
