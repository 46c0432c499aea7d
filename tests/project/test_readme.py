"""The README says what is so."""

import re
from typing import Final

import typer.main

from installs import ROOT
from servers import Server
from vambe_mock.cli.commands import app

README: Final = (ROOT / "README.md").read_text(encoding="utf-8")
FOREIGN: Final = {"--from", "--help", "--rm"}
"""Options of other programs that the README shows, and the one that every command has."""


def test_every_option_that_it_names_is_one() -> None:
    """What the README has of ``--options`` some command of ours has, but those of other programs."""
    group = typer.main.get_command(app)
    commands = [group, *getattr(group, "commands").values()]  # noqa: B009 - typer tells of a command, which is a group
    known = {name for command in commands for one in command.params for name in (*one.opts, *one.secondary_opts)}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README))
    assert named - known <= FOREIGN
    assert {"--port", "--data", "--verify", "--target"} <= named


def test_the_first_request_is_answered_and_logged_as_it_shows(server: Server) -> None:
    """The request of the README gets the contact that stands there first, and its line in the log."""
    (target,) = re.findall(r"curl .*8262/api/public/contacts\?(days=30&Limit=2)'", README)
    (shown,) = re.findall(r"^\[(\{.*?),…\}", README, re.MULTILINE)
    (line,) = re.findall(r"^\d\d:\d\d:\d\d (200 GET .*)  [\d.]+ ms$", README, re.MULTILINE)
    answer = server.get(target)
    assert answer.text.startswith(f"[{shown}")
    assert f"{len(answer.json())} contacts" in README
    assert line in server.log(until=line)
