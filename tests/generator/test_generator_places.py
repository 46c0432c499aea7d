"""Where ``vambe-mock generate`` writes: names, neighbours, things that are there already."""

import errno
import itertools
import json
import os
import re
import shlex
import signal
import sys
from pathlib import Path

import pytest

from commands import refused, vambe
from effort import some
from vambe_mock.cli.generate import generate
from vambe_mock.datasets.loading import contents, load
from vambe_mock.generator import GeneratorError
from vambe_mock.generator.sets.atomic_files import write_atomically


def made(place: Path, *options: object) -> Path:
    """A small set, written by the command."""
    done = vambe("generate", place, "--contacts", 80, "--quiet", *options)
    assert (done.code, done.out, done.err) == (0, "", "")
    return place


def names_in(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(one.name for one in folder.iterdir())


class TestNames:
    """What OUT may be called."""

    @pytest.mark.parametrize(
        ("name", "format_", "beside"),
        [
            ("x.db", "sqlite", ["x.manifest.json"]),
            ("x.jsonl", "ndjson", ["dataset.json", "manifest.json"]),
            ("x.JSON", "json", ["x.manifest.json"]),
            ("X.CSV.GZ", "csv", ["dataset.json", "manifest.json"]),
            ("a.b.ndjson", "ndjson", ["dataset.json", "manifest.json"]),
            ("ñandú 1.json", "json", ["ñandú 1.manifest.json"]),
            ("-.json", "json", ["-.manifest.json"]),
            ("two\nlines.json", "json", ["two\nlines.manifest.json"]),
            ("two\nlines.ndjson", "ndjson", ["dataset.json", "manifest.json"]),
            ("mydataset.json", "json", ["mydataset.manifest.json"]),
            ("dataset.json.gz", "json", ["dataset.manifest.json"]),
        ],
    )
    def test_a_name_is_kept_and_tells_the_format(
        self, name: str, format_: str, beside: list[str], tmp_path: Path
    ) -> None:
        """Other endings, capitals, dots, spaces: the file has the name that was given, and is served under it."""
        options = ["--", tmp_path / name] if name.startswith("-") else [tmp_path / name]
        assert vambe("generate", "--contacts", 80, "--quiet", *options).code == 0
        assert names_in(tmp_path) == sorted([name, *beside])
        manifest = next(one for one in tmp_path.iterdir() if "manifest" in one.name)
        assert json.loads(manifest.read_bytes())["arguments"]["format"] == format_
        assert len(load(tmp_path / name)) == len(load(tmp_path)) == 80
        assert vambe("generate", "--verify", tmp_path / name).code == 0

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("", '"" as OUT; wanted a file, a folder or -, for example:'),
            (" ", '" " as OUT; wanted a file, a folder or -'),
            (".json", "a name of suffixes only; wanted a name like contacts.json"),
            ("manifest.json", "a name reserved for manifests; wanted a name like contacts.json"),
            ("set.manifest.json", "a name reserved for manifests"),
            ("a-00001-of-00003.ndjson.gz", "a name reserved for parts; wanted a name like a.ndjson.gz"),
            ("a\udcff.json", "a name that is not valid UTF-8; wanted a name like contacts.json"),
            ("x.xlsx", "x.xlsx: unknown format; wanted .json, .ndjson, .csv, .parquet, .sqlite or --format"),
            ("x.parquet.gz", "parquet files cannot be compressed"),
        ],
    )
    def test_a_name_that_will_not_do_is_one_line(
        self, name: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The line says what came and what is wanted, and nothing is left behind (`set-names`)."""
        monkeypatch.chdir(tmp_path)
        assert told in refused("generate", name)
        assert names_in(tmp_path) == []

    @pytest.mark.parametrize("form", ["{}.json", "{}.ndjson", "{}/set.json", "{}", "in/{}.csv"])
    @pytest.mark.parametrize("length", [240, 300, 5000])
    def test_a_name_that_is_too_long_is_one_line(self, form: str, length: int, tmp_path: Path) -> None:
        """Longer than the file system takes, also with what is put around it meanwhile; no folder stays behind."""
        out = tmp_path / form.format("x" * length)
        done = vambe("generate", out, "--contacts", 3, "--quiet")
        if done.code == 0:
            assert length == 240
            assert "{}/" in form or form == "{}"
            return
        assert (done.code, done.err.count("\n")) == (2, 1)
        assert "file name too long; wanted a" in done.err
        assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "processes"),
    some(
        [("set.sqlite", 1), *itertools.product(("set.ndjson", "set.csv", "set.json", "set.parquet"), (1, 2))], 0, 2, 7
    ),
)
def test_a_folder_whose_name_looks_like_an_address(
    name: str, processes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`run:1/set.parquet` is a place in this folder, to every library that writes or reads it."""
    monkeypatch.chdir(tmp_path)
    made(Path("run:1") / name, "--processes", processes)
    assert vambe("generate", "--verify", f"run:1/{name}").code == 0
    assert len(load(Path("run:1") / name)) == 80


def test_parts_of_a_name_with_a_line_break(tmp_path: Path) -> None:
    """Their manifests have the names that the files have."""
    for part in ("1/2", "2/2"):
        made(tmp_path / "two\nlines.ndjson", "--shard", part)
    assert len(load(tmp_path)) == 80
    assert vambe("generate", "--verify", tmp_path).code == 0


def test_one_shard_of_one_is_the_whole(tmp_path: Path) -> None:
    """`--shard 1/1` writes the files that no `--shard` writes, byte for byte, the manifest too."""
    made(tmp_path / "whole" / "contacts.csv")
    made(tmp_path / "shard" / "contacts.csv", "--shard", "1/1")
    whole, shard = ({one.name: one.read_bytes() for one in (tmp_path / of).iterdir()} for of in ("whole", "shard"))
    assert whole == shard


class TestNeighbours:
    """One folder, one `dataset.json`, one `manifest.json`."""

    @pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
    @pytest.mark.parametrize(
        "second", some(["o2.ndjson", "o2.csv", "o1.csv", "contacts.parquet", "o1.ndjson.gz"], 0, 2, 3)
    )
    def test_a_second_set_is_sent_to_a_folder_of_its_own(self, second: str, force: list[str], tmp_path: Path) -> None:
        """With --force or without: its header would become that of the first; the line has a call that works."""
        made(tmp_path / "o1.ndjson")
        before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
        line = refused("generate", tmp_path / second, "--contacts", 90, *force)
        assert f"{tmp_path} has o1.ndjson, which needs the dataset.json and manifest.json there; wanted" in line
        assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before
        example = line.split("vambe-mock generate ")[1].split(" (or ")[0]
        made(Path(example))
        assert Path(example).name == second
        assert vambe("generate", "--verify", tmp_path / "o1.ndjson").code == 0
        assert vambe("generate", "--verify", example).code == 0

    def test_a_set_is_replaced_only_with_force(self, tmp_path: Path) -> None:
        """The same name again: --force replaces all of it."""
        file = made(tmp_path / "o1.ndjson")
        assert f"{file} exists already; --force replaces it" in refused("generate", file, "--seed", 2)
        made(file, "--seed", 2, "--force")
        assert json.loads((tmp_path / "dataset.json").read_bytes())["seed"] == 2
        assert vambe("generate", "--verify", tmp_path).code == 0

    def test_a_link_that_leads_nowhere_is_there_too(self, tmp_path: Path) -> None:
        """A symbolic link is something that --force replaces, wherever it leads."""
        file = tmp_path / "a.json"
        file.symlink_to(tmp_path / "none")
        assert f"{file} exists already; --force replaces it" in refused("generate", file)
        made(file, "--force")
        assert not file.is_symlink()

    @pytest.mark.parametrize("name", ["a.json", "a.manifest.json"])
    def test_a_folder_is_not_replaced(self, name: str, tmp_path: Path) -> None:
        """Not even with --force; and then none of the other files is."""
        (tmp_path / "a.json").write_text("mine") if name != "a.json" else None
        (tmp_path / name).mkdir()
        for force in ([], ["--force"]):
            assert f"{tmp_path / name} is a folder; wanted" in refused("generate", tmp_path / "a.json", *force)
        assert (tmp_path / "a.json").is_dir() or (tmp_path / "a.json").read_text() == "mine"

    def test_what_is_left_of_a_set_is_replaced_only_with_force(self, tmp_path: Path) -> None:
        """A header whose contacts were taken away belongs to nobody."""
        made(tmp_path / "o1.ndjson").unlink()
        assert "dataset.json exists already; --force replaces it" in refused("generate", tmp_path / "o2.csv")
        made(tmp_path / "o2.csv", "--force")
        assert names_in(tmp_path) == ["dataset.json", "manifest.json", "o2.csv"]

    def test_files_of_others_are_no_neighbours(self, tmp_path: Path) -> None:
        """A file that no manifest has, or a set with a manifest of its own, is in nobody's way."""
        made(tmp_path / "o1.ndjson")
        made(tmp_path / "set.json")
        (tmp_path / "sales.csv").write_text("1,2\n")
        made(tmp_path / "o1.ndjson", "--force")
        made(tmp_path / "other.sqlite")
        assert (tmp_path / "sales.csv").read_text() == "1,2\n"

    def test_contacts_without_a_manifest_keep_their_header(self, tmp_path: Path) -> None:
        """A data set written by hand is not robbed of its `dataset.json`."""
        made(tmp_path / "mine.ndjson")
        (tmp_path / "manifest.json").unlink()
        line = refused("generate", tmp_path / "o2.csv", "--force")
        assert "has mine.ndjson, which needs the dataset.json there; wanted another folder" in line

    @pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "force"])
    def test_a_document_is_not_replaced_by_a_header(self, force: list[str], tmp_path: Path) -> None:
        """`dataset.json` with contacts stays what it is; the line has a call that works."""
        document = made(tmp_path / "dataset.json")
        line = refused("generate", tmp_path / "o2.csv", *force)
        assert "dataset.json is a document with contacts; wanted another folder" in line
        assert vambe("generate", "--verify", document).code == 0
        made(Path(line.split("vambe-mock generate ")[1].strip()))
        made(document, "--force")

    def test_a_document_called_like_the_header_does_not_replace_it(self, tmp_path: Path) -> None:
        """`dataset.json` may be a document, but not beside contacts that need another one."""
        made(tmp_path / "o1.ndjson")
        for force in ([], ["--force"]):
            line = refused("generate", tmp_path / "dataset.json", *force)
            assert "has o1.ndjson, which needs the dataset.json there; wanted another folder" in line
        made(tmp_path / "new" / "dataset.json")
        made(tmp_path / "new" / "dataset.json", "--force")

    def test_a_stem_that_begins_like_a_manifest(self, tmp_path: Path) -> None:
        """The manifest of `manifesto.json` is not the folder's, neither to --verify nor to a run beside it."""
        made(tmp_path / "manifesto.json")
        made(tmp_path / "o1.ndjson")
        assert vambe("generate", "--verify", tmp_path).code == 0
        (tmp_path / "manifest.json").unlink()
        line = refused("generate", tmp_path / "o2.csv", "--force")
        assert "has o1.ndjson, which needs the dataset.json there" in line

    def test_documents_called_contacts_share_a_manifest(self, tmp_path: Path) -> None:
        """`contacts.json` and `contacts.ndjson` would have one manifest."""
        made(tmp_path / "contacts.json")
        for force in ([], ["--force"]):
            line = refused("generate", tmp_path / "contacts.ndjson", *force)
            assert "has contacts.json, which needs the manifest.json there" in line
        assert vambe("generate", "--verify", tmp_path / "contacts.json").code == 0

    def test_a_document_and_a_database_of_one_name_share_a_manifest(self, tmp_path: Path) -> None:
        """`a.json` and `a.sqlite` would have one manifest, so the second goes elsewhere."""
        made(tmp_path / "a.json")
        for force in ([], ["--force"]):
            line = refused("generate", tmp_path / "a.sqlite", *force)
            assert "has a.json, which needs the a.manifest.json there" in line
        assert vambe("generate", "--verify", tmp_path / "a.json").code == 0

    def test_the_summary_names_what_is_there(self, tmp_path: Path) -> None:
        """Several processes leave Parquet in parts; the summary says so, and the name that was given leads to them.

        In other parts than before, the old ones would stay beside the new ones, so it is refused.
        """
        done = vambe("generate", tmp_path / "set.parquet", "--contacts", 200, "--processes", 2)
        assert f"200 contacts to {tmp_path / 'set-00001-of-00002.parquet'} and 1 more, " in done.err
        line = refused("generate", tmp_path / "set.parquet", "--force")
        assert "has set-00001-of-00002.parquet, which needs" in line
        assert names_in(tmp_path) == [
            "dataset.json",
            "manifest.json",
            "set-00001-of-00002.parquet",
            "set-00002-of-00002.parquet",
        ]
        assert len(load(tmp_path / "set.parquet")) == 200

    def test_shards_share_their_header(self, tmp_path: Path) -> None:
        """Parts of one set meet in a folder; a part of another set, or another number of parts, is refused."""
        part = tmp_path / "contacts.ndjson"
        made(part, "--shard", "1/2")
        made(part, "--shard", "2/2")
        assert len([*contents(tmp_path)[1]]) == 80
        assert "has contacts-00001-of-00002.ndjson, which needs the dataset.json" in refused(
            "generate", part, "--contacts", 80, "--shard", "1/3", "--force"
        )
        (tmp_path / "contacts-00001-of-00002.ndjson").unlink()
        (tmp_path / "manifest-00001-of-00002.json").unlink()
        line = refused("generate", part, "--contacts", 80, "--shard", "1/2", "--seed", 9)
        assert "dataset.json exists already, for another set; --force replaces it" in line
        made(part, "--shard", "1/2")
        assert vambe("generate", "--verify", tmp_path).code == 0


class TestPictures:
    """`--plot` writes a file too."""

    def test_a_picture_stays(self, tmp_path: Path) -> None:
        """Without --force a file is not drawn over, nor is anything else written."""
        picture = tmp_path / "p.svg"
        picture.write_text("mine")
        line = refused("generate", tmp_path / "set.json", "--contacts", 80, "--plot", picture)
        assert f"{picture} exists already; --force replaces it" in line
        assert picture.read_text() == "mine"
        assert names_in(tmp_path) == ["p.svg"]
        assert vambe("generate", "--contacts", 80, "--plot", picture, "--force").code == 0
        assert picture.read_text().startswith("<?xml")
        assert vambe("generate", "--contacts", 80, "--plot", tmp_path / "new" / "P.PNG").code == 0
        assert (tmp_path / "new" / "P.PNG").read_bytes().startswith(b"\x89PNG")

    def test_a_picture_that_cannot_be_drawn_stops_the_set(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A folder of its name, a file for a folder, no matplotlib: exit code 2, and no set either."""
        (tmp_path / "p.svg").mkdir()
        (tmp_path / "file").write_text("")
        out = tmp_path / "new" / "set.json"
        for force in ([], ["--force"]):
            line = refused("generate", out, "--plot", tmp_path / "p.svg", *force)
            assert "p.svg is a folder; wanted the name of a file" in line
            line = refused("generate", out, "--plot", tmp_path / "file" / "in" / "p.svg", *force)
            assert "not a directory; wanted a writable folder" in line
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        assert "matplotlib is not installed" in refused("generate", out, "--plot", tmp_path / "q.svg")
        assert names_in(tmp_path) == ["file", "p.svg"]

    @pytest.mark.parametrize("option", [["--preview", "3"], ["--stats"]])
    def test_a_table_that_cannot_be_shown_stops_the_set(
        self, option: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Standard output is closed (`>&-`): exit code 2, and no set either."""
        monkeypatch.setattr("vambe_mock.cli.streams.sys.stdout", None)
        with pytest.raises(GeneratorError, match="standard output is closed"):
            generate(str(tmp_path / "set.json"), preview=3 if option[0] == "--preview" else None, stats=len(option) < 2)
        assert names_in(tmp_path) == []

    def test_a_set_that_cannot_be_written_is_not_drawn(self, tmp_path: Path) -> None:
        """A call that is refused leaves nothing behind, no picture either."""
        made(tmp_path / "set.json")
        line = refused("generate", tmp_path / "set.json", "--plot", tmp_path / "p.svg")
        assert "set.json exists already" in line
        assert names_in(tmp_path) == ["set.json", "set.manifest.json"]

    @pytest.mark.parametrize("option", [["--preview", "3"], ["--stats"]])
    def test_a_table_and_the_set_are_not_mixed(self, option: list[str]) -> None:
        """Standard output has the set or its table."""
        assert f"{option[0]} and - as OUT; wanted only one of them" in refused("generate", "-", *option)

    def test_a_place_that_takes_no_picture_is_one_line(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A folder that is not there, a full disk: one line, and no half picture."""
        (tmp_path / "file").write_text("")
        assert "wanted a writable folder" in refused("generate", "--plot", tmp_path / "file" / "p.png")
        monkeypatch.setattr("matplotlib.figure.Figure.savefig", _full)
        line = refused("generate", "--plot", tmp_path / "new" / "p.png")
        assert "new: no space left on device; wanted a writable location" in line
        assert names_in(tmp_path) == ["file"]


def _full(_figure: object, path: Path, **_: object) -> None:
    path.write_text("half a pic")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_list_of_edge_cases_may_have_spaces(tmp_path: Path) -> None:
    """`emoji, quotes` is what a person types."""
    made(tmp_path / "a.json", "--edge-cases", "emoji, quotes")
    made(tmp_path / "b.json", "--edge-cases", "emoji,quotes")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert '"name":"Caro 🌸' in (tmp_path / "a.json").read_text("utf-8")
    for wrong in ("emoji quotes", "emoji,", ",", "[[1]]"):
        assert "knob edge_cases names" in refused("generate", tmp_path / "c.json", "--edge-cases", wrong)


@pytest.mark.parametrize("document", ["README.md", "docs/generator.md"])
def test_the_guides_examples_work_one_after_the_other(
    document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call of `generate` in the guide ends well, in the order in which a reader types them (fewer contacts)."""
    text = (Path(__file__).parents[2] / document).read_text("utf-8")
    lines = re.findall(r"^(?:\$ )?vambe-mock (generate .+?)(?: \| .+)?$", text, re.MULTILINE)
    assert len(lines) > 3
    monkeypatch.chdir(tmp_path)
    for line in lines:
        done = vambe(*shlex.split(re.sub(r"--contacts \d+", "--contacts 200", line)))
        assert done.code == 0, (line, done.err)


def test_a_folder_that_is_made_halfway_is_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after the first of three folders."""
    make = os.mkdir

    def full(path: Path, mode: int = 0o777) -> None:
        if Path(path).name == "b" and Path(path).parent.exists():
            raise OSError(errno.ENOSPC, "No space left on device")
        make(path, mode)

    monkeypatch.setattr(os, "mkdir", full)
    line = refused("generate", tmp_path / "a" / "b" / "c" / "set.json")
    assert "c: no space left on device; wanted a writable folder" in line
    assert names_in(tmp_path) == []


def two_files(folder: Path, *signals: signal.Signals) -> None:
    """Two files, and signals before they get their names."""
    with write_atomically(folder, ["a", "b"], force=False) as pending:
        for name in "ab":
            pending.path(name).touch()
        for number in signals:
            signal.raise_signal(number)


class TestSignals:
    """Ctrl-C and SIGTERM while files are put in their places or taken away."""

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_second_one_is_not_heard(
        self, number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who presses Ctrl-C twice finds nothing left behind either (`sigterm-cleans-up`)."""
        unlink, before = Path.unlink, [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)]

        def interrupted(path: Path, *, missing_ok: bool = False) -> None:
            """Taken away, but for a signal first."""
            signal.raise_signal(number)
            unlink(path, missing_ok=missing_ok)

        monkeypatch.setattr(Path, "unlink", interrupted)
        with pytest.raises((KeyboardInterrupt, SystemExit)):
            two_files(tmp_path / "new", number)
        assert names_in(tmp_path) == []
        assert [signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)] == before

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_one_between_two_files_comes_too_late(
        self, number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """All files are complete then: either none of them gets its name, or all do (`sigterm-cleans-up`)."""
        replace = Path.replace

        def interrupted(path: Path, target: Path) -> Path:
            """Renamed, and a signal."""
            signal.raise_signal(number)
            return replace(path, target)

        monkeypatch.setattr(Path, "replace", interrupted)
        two_files(tmp_path)
        assert names_in(tmp_path) == ["a", "b"]
