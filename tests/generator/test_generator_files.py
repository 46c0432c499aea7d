"""The files that the generator writes: read back by each format's own library, the same however they were made."""

from __future__ import annotations

import csv
import gzip
import json
import resource
import sqlite3
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from column_hash_naive import column_hash, column_sum
from effort import some
from vambe_mock.cli.generate import generate
from vambe_mock.contract.vocabulary import CHAT_STATUSES
from vambe_mock.datasets import loading
from vambe_mock.datasets.dataset import from_document
from vambe_mock.datasets.loading import contents, load
from vambe_mock.datasets.parquet_file import of_batch
from vambe_mock.datasets.problems import DatasetError
from vambe_mock.generator import GeneratorError, document
from vambe_mock.generator.encoding import column_hash as column_hash_fast
from vambe_mock.generator.encoding.arrow import ArrowMaker
from vambe_mock.generator.encoding.chunks import Maker
from vambe_mock.generator.encoding.content_hash import Content, of_lines
from vambe_mock.generator.encoding.text_formats import TextFormat
from vambe_mock.generator.recipe.knobs import PLATFORMS, RECENCY_DAYS, Shape
from vambe_mock.generator.recipe.plan import Plan
from vambe_mock.generator.sets.job import Part, job
from vambe_mock.generator.sets.manifest import verify
from vambe_mock.generator.sets.writing import write

if TYPE_CHECKING:
    from collections.abc import Callable

    Wanted = Callable[[str], str]

Contact = dict[str, Any]

ANCHOR = 1_767_225_600_000
COUNT = 700
SEED = 5
ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"

app = typer.Typer()
app.command()(generate)


def run(*arguments: str | Path | int) -> Any:
    """The command with these arguments; what it raises is in the result's `exception`."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def json_line(contact: Contact) -> bytes:
    """A contact as NDJSON has it, by the standard library."""
    return json.dumps(contact, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def made(folder: Path, out: str, **options: Any) -> str:
    """The set of these tests in a folder, and its content hash. Without options it is written once, and then copied."""
    if options:
        return written(folder, out, **options)
    files, content_hash = usual(out)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return content_hash


@cache
def usual(out: str) -> tuple[dict[str, bytes], str]:
    """The files of the set without options, by their names, and its content hash."""
    with TemporaryDirectory() as folder:
        content_hash = written(Path(folder), out)
        return {file.name: file.read_bytes() for file in Path(folder).iterdir()}, content_hash


def written(folder: Path, out: str, **options: Any) -> str:
    """Write the set of these tests; its content hash."""
    options = {"seed": SEED, "count": COUNT, "anchor": ANCHOR, "shape": Shape(), **options}
    work = job(str(folder / out), **options)
    content_hash: str = write(work).maker.content.hash(work.plan.header())
    return content_hash


@pytest.fixture(scope="module")
def expected() -> dict[str, Any]:
    """The document that all files of these tests hold."""
    return document(SEED, COUNT, ANCHOR)


@pytest.fixture(scope="module")
def wanted(expected: dict[str, Any]) -> Wanted:
    """The content hash of that document, in a file of a name."""
    header = {key: value for key, value in expected.items() if key != "contacts"}
    of_text, of_columns = of_lines(map(json_line, expected["contacts"])).hash(header), column_hash(expected)
    return lambda name: of_columns if name.endswith("parquet") else of_text


FORMS = [
    "set.json",
    "set.json.gz",
    "contacts.ndjson",
    "contacts.ndjson.zst",
    "contacts.csv",
    "contacts.csv.gz",
    "contacts.parquet",
    "set.sqlite",
]


class TestFormats:
    """Each format holds the whole set."""

    @pytest.mark.parametrize("name", FORMS)
    def test_a_set_comes_back(self, name: str, tmp_path: Path, expected: dict[str, Any]) -> None:
        """What was written is read back: the header, and each contact in its place."""
        made(tmp_path, name)
        header, contacts = contents(tmp_path / name)
        assert {**header, "contacts": [*contacts]} == expected

    @pytest.mark.parametrize("name", FORMS)
    def test_the_server_answers_the_same_for_every_format(
        self, name: str, tmp_path: Path, expected: dict[str, Any]
    ) -> None:
        """A data set read from any format has the columns and wire bytes of the document's."""
        made(tmp_path, name)
        found, wanted = load(tmp_path / name).columns(86_400_000), from_document(expected).columns(86_400_000)
        assert [*found.wire] == [*wanted.wire]
        for column in ("ids", "created_at", "updated_at", "last_message_at"):
            assert np.array_equal(getattr(found, column), getattr(wanted, column))

    def test_json_by_the_standard_library(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """`json` reads the document, also out of the gzip file that `gzip` opens."""
        made(tmp_path, "set.json")
        made(tmp_path, "other.json.gz")
        assert json.loads((tmp_path / "set.json").read_bytes()) == expected
        assert gzip.decompress((tmp_path / "other.json.gz").read_bytes()) == (tmp_path / "set.json").read_bytes()

    def test_ndjson_by_the_standard_library(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """Each line is what `json.dumps` writes for the contact."""
        made(tmp_path, "contacts.ndjson")
        assert (tmp_path / "contacts.ndjson").read_bytes() == b"".join(map(json_line, expected["contacts"]))
        header = json.loads((tmp_path / "dataset.json").read_bytes())
        assert header == {key: value for key, value in expected.items() if key != "contacts"}

    def test_zstandard_by_arrow(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """The frames of a .zst file are the lines of the plain one."""
        made(tmp_path, "contacts.ndjson.zst", chunk=128)
        with pa.input_stream(tmp_path / "contacts.ndjson.zst", compression="zstd") as file:
            read_back = file.read()
        assert read_back == b"".join(map(json_line, expected["contacts"]))

    def test_csv_by_the_standard_library(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """`csv` reads a row a contact, a column a field, nothing for null."""
        made(tmp_path, "contacts.csv")
        with (tmp_path / "contacts.csv").open(encoding="utf-8", newline="") as file:
            rows = [*csv.DictReader(file)]
        assert [*rows[0]][:3] == ["id", "name", "phone"]
        for row, contact in zip(rows, expected["contacts"], strict=True):
            for name in ("id", "name", "phone", "email", "last_message_at", "ai_customer_id", "default_stage_id"):
                assert row[name] == (contact[name] or "")
            assert row["blocked"] == ("true" if contact["blocked"] else "false")
            assert row["active_ticket_v2.id"] == (contact["active_ticket_v2"] or {"id": ""})["id"]
            values = contact["custom_fields"]["customer"]
            assert row["customer.region"] == values.get("region", "")
            assert row["customer.visits"] == str(values.get("visits", ""))

    def test_parquet_by_pyarrow(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """Columns are typed: instants, a struct for the ticket, structs of custom values."""
        made(tmp_path, "contacts.parquet")
        table = pq.read_table(tmp_path / "contacts.parquet")
        assert str(table.schema.field("created_at").type) == "timestamp[ms, tz=UTC]"
        assert table.column("name").to_pylist() == [one["name"] for one in expected["contacts"]]
        tickets = [one["active_ticket_v2"] for one in expected["contacts"]]
        assert table.column("active_ticket_v2").to_pylist() == tickets
        amounts = [one["custom_fields"]["ticket"].get("amount") for one in expected["contacts"]]
        custom: list[Any] = table.column("custom_fields").to_pylist()
        found = [row["ticket"]["amount"] for row in custom]
        assert found == amounts
        metadata = table.schema.metadata or {}
        assert json.loads(metadata[b"vambe-mock"])["seed"] == SEED

    def test_parquet_by_duckdb(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """A query counts what a loop over the document counts."""
        made(tmp_path, "contacts.parquet")
        with duckdb.connect() as database:
            found = database.execute(
                "SELECT count(*), count(phone), count(active_ticket_v2.current_stage_id), "
                "count(*) FILTER (custom_fields.customer.status = 'Active'), epoch_ms(max(last_message_at)) "
                "FROM read_parquet(?)",
                [str(tmp_path / "contacts.parquet")],
            ).fetchone()
        contacts = expected["contacts"]
        assert found == (
            COUNT,
            sum(one["phone"] is not None for one in contacts),
            sum(bool(one["active_ticket_v2"] and one["active_ticket_v2"]["current_stage_id"]) for one in contacts),
            sum(one["custom_fields"]["customer"].get("status") == "Active" for one in contacts),
            ANCHOR,
        )

    def test_sqlite_by_the_standard_library(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """A query joins contacts with the stages and pipelines that travel with them."""
        made(tmp_path, "set.sqlite")
        with sqlite3.connect(tmp_path / "set.sqlite") as database:
            found = database.execute(
                'SELECT p.name, count(*) FROM contacts c JOIN stages s ON s.id = c."active_ticket_v2.current_stage_id" '
                "JOIN pipelines p ON p.place = s.pipeline GROUP BY p.place ORDER BY p.place"
            ).fetchall()
        database.close()
        pipeline_of = {stage["id"]: one["name"] for one in expected["pipelines"] for stage in one["stages"]}
        wanted = dict.fromkeys((one["name"] for one in expected["pipelines"]), 0)
        for contact in expected["contacts"]:
            stage = (contact["active_ticket_v2"] or {}).get("current_stage_id")
            if stage:
                wanted[pipeline_of[stage]] += 1
        assert found == [*wanted.items()]

    def test_standard_output_is_the_file(self, tmp_path: Path) -> None:
        """`-` prints the bytes that the file would have, and nothing else."""
        made(tmp_path, "contacts.ndjson")
        code = f"from vambe_mock.cli.generate import generate as g; g('-', contacts='{COUNT}', seed='{SEED}')"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert done.stdout == (tmp_path / "contacts.ndjson").read_bytes()

    @pytest.mark.parametrize(
        ("module", "extra", "arguments"),
        [
            ("pyarrow", "arrow", ["new/contacts.parquet"]),
            ("pyarrow", "arrow", ["new/contacts.parquet", "--processes", "2"]),
            (ZSTD, "generate", ["new/contacts.csv.zst"]),
            (ZSTD, "generate", ["new/contacts.ndjson.zst", "--processes", "2"]),
            (ZSTD, "generate", ["-", "--compress", "zst"]),
            ("matplotlib.pyplot", "plot", ["--plot", "new/p.svg"]),
            ("distributed", "dask", ["new/contacts.ndjson", "--engine", "dask"]),
        ],
    )
    def test_what_needs_a_library_that_is_missing_is_one_line(
        self, module: str, extra: str, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The line says how to get it, and nothing is left behind."""
        monkeypatch.setitem(sys.modules, module, None)
        monkeypatch.chdir(tmp_path)
        result = run(*arguments)
        assert isinstance(result.exception, DatasetError), result.exception
        assert f"{module} is not installed; install it with: pip install 'vambe-mock[{extra}]'" in str(result.exception)
        assert (result.stdout, [*tmp_path.iterdir()]) == ("", [])


class TestSameContent:
    """One set, whatever way it was written."""

    @pytest.mark.parametrize("name", FORMS)
    def test_over_formats(self, name: str, wanted: Wanted, tmp_path: Path) -> None:
        """Every format has the content hash of the document, of lines or columns, and proves it."""
        assert made(tmp_path, name) == wanted(name)
        verdict = verify(tmp_path / name)
        assert verdict.same
        assert wanted(name) in verdict.text

    @pytest.mark.parametrize("chunk", [64, 128, 640, 65_536])
    @pytest.mark.parametrize("name", ["set.json", "contacts.ndjson", "contacts.csv", "contacts.parquet"])
    def test_over_chunk_sizes(self, name: str, chunk: int, wanted: Wanted, tmp_path: Path) -> None:
        """A chunk size changes neither the hash nor, in the text formats, a byte."""
        made(tmp_path / "one", name)
        assert made(tmp_path / "other", name, chunk=chunk) == wanted(name)
        if not name.endswith("parquet"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()

    @pytest.mark.parametrize("processes", some([2, 3], 1))
    @pytest.mark.parametrize("name", some(["contacts.ndjson", "contacts.csv.gz", "contacts.parquet"], 0, 2))
    def test_over_processes(self, name: str, processes: int, wanted: Wanted, tmp_path: Path) -> None:
        """However many processes write it, it is the same set."""
        made(tmp_path / "one", name, chunk=64)
        assert made(tmp_path / "many", name, chunk=64, processes=processes) == wanted(name)
        assert verify(tmp_path / "many").same
        if not name.endswith("parquet"):
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes()

    @pytest.mark.parametrize("of", some([2, 7, 20], 1))
    @pytest.mark.parametrize("name", some(["set.json", "contacts.ndjson", "contacts.csv", "contacts.parquet"], 1, 3))
    def test_over_shards(self, name: str, of: int, wanted: Wanted, tmp_path: Path, expected: dict[str, Any]) -> None:
        """The parts joined are the whole: byte for byte in the text formats, contact for contact in all."""
        for number in range(1, of + 1):
            made(tmp_path / "parts", name, part=Part(number, of))
        verdict = verify(tmp_path / "parts")
        assert verdict.same
        assert wanted(name) in verdict.text
        first = tmp_path / "parts" / name.replace(".", f"-00001-of-{of:05d}.", 1)
        assert [*contents(first)[1]] == expected["contacts"]
        if not name.endswith("parquet"):
            made(tmp_path / "whole", name)
            parts = sorted((tmp_path / "parts").glob(f"*-of-*{Path(name).suffix}"))
            parts = [part for part in parts if "manifest" not in part.name]
            assert len(parts) == of
            assert b"".join(part.read_bytes() for part in parts) == (tmp_path / "whole" / name).read_bytes()

    def test_over_engines(self, wanted: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Dask's local cluster writes parts with the same hash as one process."""
        from vambe_mock.generator.sets import distributed

        monkeypatch.setattr(distributed, "_PART_CONTACTS", 256)
        work = job(
            str(tmp_path / "out"), seed=SEED, count=COUNT, anchor=ANCHOR, shape=Shape(), format_="parquet", processes=2
        )
        written = distributed.write(work, None, lambda _: None)
        assert written.maker.content.hash(work.plan.header()) == wanted("parquet")
        assert verify(tmp_path / "out").same
        assert len([*(tmp_path / "out").glob("contacts-*.parquet")]) == 3

    @pytest.mark.parametrize("ending", some(["the scheduler goes", "a worker has no vambe-mock"], 0))
    def test_a_dask_cluster_that_gives_up_is_one_line(self, ending: str, tmp_path: Path) -> None:
        """The run ends by itself, and nothing is left behind."""
        address, stop = tmp_path / "address", ending == "the scheduler goes"
        code = (
            "import asyncio, pathlib, sys\n"
            "from distributed import Scheduler, Worker\n"
            f"sys.modules['nothing' if {stop} else 'vambe_mock'] = None\n"
            "async def main():\n"
            "    async with Scheduler(port=0, host='127.0.0.1', dashboard_address='127.0.0.1:0') as scheduler:\n"
            f"        pathlib.Path({str(address)!r}).write_text(scheduler.address)\n"
            f"        if {stop}:\n"
            "            while not scheduler.tasks:\n"
            "                await asyncio.sleep(0.01)\n"
            "        else:\n"
            "            async with Worker(scheduler.address):\n"
            "                await asyncio.sleep(60)\n"
            "asyncio.run(main())\n"
        )
        with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as cluster:
            try:
                while cluster.poll() is None and not (address.exists() and address.read_text()):
                    time.sleep(0.05)
                call = ["generate", tmp_path / "out", "--engine", "dask", "--scheduler", address.read_text()]
                command = [sys.executable, "-m", "vambe_mock", *map(str, call)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
            finally:
                cluster.terminate()
        assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
        assert done.stderr.startswith("vambe-mock: the cluster failed: ")
        assert [one.name for one in tmp_path.iterdir()] == ["address"]

    def test_dask_workers_of_another_scheduler(
        self, wanted: Wanted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """`--scheduler` takes a cluster that runs already, for both formats."""
        from vambe_mock.generator.sets import distributed as engine

        monkeypatch.setattr(engine, "_PART_CONTACTS", 256)
        distributed = pytest.importorskip("distributed")
        with distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
        ) as cluster:
            for format_ in ("ndjson", "parquet"):
                told = run(
                    tmp_path / format_, "--contacts", COUNT, "--seed", SEED, "--engine", "dask", "--format", format_,
                    "--scheduler", cluster.scheduler_address,
                )  # fmt: skip
                assert told.exit_code == 0, told.exception
                assert wanted(format_) in verify(tmp_path / format_).text
                assert len([*(tmp_path / format_).glob(f"contacts-*.{format_}")]) == 3


class TestFastAndNaive:
    """The fast ways write what the naive way writes."""

    @staticmethod
    def check(seed: int, count: int, profile: dict[str, Any], chunk: int) -> None:
        """NDJSON, CSV and Arrow by columns against the plain dicts."""
        contacts = document(seed, count, ANCHOR, profile)["contacts"]
        plan = Plan.of(seed, count, ANCHOR, Shape.of(profile))
        maker, arrow = Maker(plan), ArrowMaker(plan)
        chunks = [*maker.chunks(0, count, chunk)]
        lines = b"".join(bytes(piece) for one in chunks for piece in one.json())
        assert lines == b"".join(map(json_line, contacts))
        batches = [batch for one in chunks for batch in arrow.table(one).to_batches()]
        assert [contact for batch in batches for contact in of_batch(batch)] == contacts
        content = Content()
        for one in chunks:
            column_hash_fast.add(content, arrow.table(one), one.start // 64)
        assert content.total == column_sum(plan.header(), contacts)
        text = TextFormat("csv", plan, count)
        rows = [
            *csv.reader(
                b"".join(bytes(piece) for one in chunks for piece in text.chunk(one)).decode().splitlines(keepends=True)
            )
        ]
        assert [row[1] for row in rows] == [contact["name"] for contact in contacts]

    def test_over_ten_thousand_contacts(self) -> None:
        """By default, far enough for numbers of five digits."""
        self.check(17, 11_000, {}, 4096)

    @settings(max_examples=25)
    @given(
        seed=st.integers(0, 2**63 - 1),
        count=st.integers(0, 300),
        chunk=st.sampled_from([64, 128, 1024]),
        profile=st.fixed_dictionaries(
            {},
            optional={
                **{
                    name: st.sampled_from([0.0, 0.3, 1.0])
                    for name in (
                        "never_messaged",
                        "null_phone",
                        "null_email",
                        "null_customer",
                        "null_default_stage",
                        "tickets",
                        "null_stage",
                        "shared_customers",
                        "ties",
                        "filled",
                        "edge_case_share",
                    )
                },
                "pipelines": st.integers(1, 4),
                "stages": st.integers(1, 8),
                "custom_fields": st.integers(0, 30),
                "legacy": st.booleans(),
                "edge_cases": st.sampled_from(["all", "none", ("emoji", "null_ticket", "odd_text")]),
                "platforms": st.dictionaries(st.sampled_from(PLATFORMS), st.floats(0.1, 5), min_size=1),
                "chat_statuses": st.dictionaries(st.sampled_from(CHAT_STATUSES), st.floats(0.1, 5), min_size=1),
                "recency": st.dictionaries(st.sampled_from([*RECENCY_DAYS]), st.floats(0.1, 5), min_size=1),
            },
        ),
    )
    def test_for_any_shape(self, seed: int, count: int, chunk: int, profile: dict[str, Any]) -> None:
        """For random knobs, seeds and sizes."""
        self.check(seed, count, profile, chunk)


class TestManifest:
    """The manifest tells what is in the set, and finds what was changed."""

    def test_counts_are_those_of_the_contacts(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """Each bucket has the number that a loop over the document finds."""
        made(tmp_path, "contacts.ndjson")
        counts = json.loads((tmp_path / "manifest.json").read_bytes())["counts"]
        contacts = expected["contacts"]
        for name, of in (("platform", "platform"), ("chat_status", "chat_status")):
            for value, number in counts[name].items():
                assert number == sum(contact[of] == value for contact in contacts)
            assert sum(counts[name].values()) == counts["contacts"] == COUNT
        assert counts["null"]["phone"] == sum(contact["phone"] is None for contact in contacts)
        assert counts["true"]["blocked"] == sum(contact["blocked"] for contact in contacts)
        assert sum(counts["recency"].values()) == sum(counts["created_month"].values()) == COUNT
        assert counts["recency"]["never"] == sum(contact["last_message_at"] is None for contact in contacts)
        month = contacts[400]["created_at"][:7]
        assert counts["created_month"][month] == sum(contact["created_at"][:7] == month for contact in contacts)
        assert sum(counts["edge_case"].values()) == 71

    def test_counts_of_parts_add_up(self, tmp_path: Path) -> None:
        """Two processes count what one counts."""
        made(tmp_path / "one", "contacts.ndjson", chunk=64)
        made(tmp_path / "two", "contacts.ndjson", chunk=64, processes=2)
        one, two = (json.loads((tmp_path / name / "manifest.json").read_bytes())["counts"] for name in ("one", "two"))
        assert one == two

    @pytest.mark.parametrize("name", [name for name in FORMS if not name.endswith((".gz", ".zst"))])
    def test_a_changed_contact_is_found(self, name: str, tmp_path: Path) -> None:
        """One letter of one name, and the set is not what its manifest says."""
        made(tmp_path, name)
        file = tmp_path / name
        if name.endswith("sqlite"):
            with sqlite3.connect(file) as database:
                database.execute("UPDATE contacts SET name = 'John Roe' WHERE name = 'John Doe'")
            database.close()
        elif name.endswith("parquet"):
            table = pq.read_table(file)
            names = ["John Roe", *table.column("name").to_pylist()[1:]]
            pq.write_table(table.set_column(1, "name", [names]), file)
        else:
            file.write_bytes(file.read_bytes().replace(b"John Doe", b"John Roe", 1))
        assert not verify(file).same

    def test_a_changed_header_is_found(self, tmp_path: Path) -> None:
        """The name of a pipeline is part of the set."""
        made(tmp_path, "contacts.csv")
        header = tmp_path / "dataset.json"
        header.write_text(header.read_text("utf-8").replace("Ventas", "Compras"), "utf-8")
        assert not verify(tmp_path).same

    @pytest.mark.parametrize("lost", [0, 1])
    def test_a_missing_part_is_found(self, lost: int, tmp_path: Path) -> None:
        """Without one part's contacts, or its manifest, the set is not complete."""
        for number in (1, 2):
            made(tmp_path, "contacts.ndjson", part=Part(number, 2))
        victims = ["contacts-00002-of-00002.ndjson", "manifest-00002-of-00002.json"]
        (tmp_path / victims[lost]).unlink()
        assert not verify(tmp_path).same

    def test_the_command_tells_by_its_exit_code(self, tmp_path: Path) -> None:
        """0 for a set that is what its manifest says, 1 for another."""
        made(tmp_path, "contacts.ndjson")
        assert run("--verify", tmp_path).exit_code == 0
        file = tmp_path / "contacts.ndjson"
        file.write_bytes(file.read_bytes()[:-1])
        assert run("--verify", tmp_path).exit_code == 1


class TestCommand:
    """`vambe-mock generate`."""

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["OUT", "--contacts", "-1"], "-1 contacts"),
            (["OUT", "--contacts", "ten"], "--contacts ten"),
            (["OUT", "--contacts", "1e3"], "--contacts 1e3"),
            (["OUT", "--seed", "x"], "--seed x"),
            (["OUT", "--anchor", "yesterday"], "--anchor yesterday"),
            (["OUT", "--anchor", "2026-02-30T00:00:00Z"], "--anchor 2026-02-30"),
            (["OUT", "--format", "xml"], "--format xml"),
            (["OUT/contacts.txt"], "unknown format"),
            (["OUT/contacts.csv", "--format", "json"], "--format json and a file name for csv"),
            (["OUT", "--format", "parquet", "--compress", "gz"], "parquet files cannot be compressed"),
            (["OUT", "--compress", "rar"], "--compress rar"),
            (["OUT/contacts.csv.gz", "--compress", "zst"], "--compress zst and a file name for gz"),
            (["OUT", "--shard", "3/2"], "--shard 3/2"),
            (["OUT", "--shard", "one"], "--shard one"),
            (["OUT", "--processes", "0"], "--processes 0"),
            (["OUT", "--format", "sqlite", "--processes", "2"], "--processes 2 for sqlite"),
            (["OUT", "--format", "parquet", "--processes", "2", "--shard", "1/2"], "--processes 2 for a shard"),
            (["OUT", "--shard", ""], "--shard"),
            (["OUT", "--shard", "0/2"], "--shard 0/2"),
            (["OUT", "--shard", "1/100000"], "--shard 1/100000"),
            (["OUT", "--shard", f"1/{'1' * 5000}"], "--shard 1/111"),
            (["OUT", "--contacts", "100000001"], "100000001 contacts"),
            (["OUT", "--chunk", "100"], "--chunk 100"),
            (["OUT", "--engine", "spark"], "--engine spark"),
            (["OUT", "--engine", "dask", "--format", "csv"], "--engine dask writes whole sets"),
            (["OUT", "--scheduler", "tcp://127.0.0.1:1"], "--scheduler tcp://127.0.0.1:1 without"),
            (
                ["OUT", "--engine", "dask", "--scheduler", "tls://127.0.0.1:1"],
                "--scheduler tls://127.0.0.1:1: TLS expects",
            ),
            (["OUT", "--set", "tickets"], "--set tickets"),
            (["OUT", "--set", "tickets=lots"], "knob tickets is 'lots'"),
            (["OUT", "--set", "tickets.sms=1"], "tickets is not a table"),
            (["OUT", "--set", "recency=5", "--set", "recency.7=1"], "recency is not a table"),
            (["OUT", "--set", f"tickets={'[' * 3000}"], "knob tickets is '[["),
            (["OUT", "--set", f"stages={'1' * 5000}"], "knob stages is '11"),
            (["OUT", "--set", f"stages=0x{'1' * 5000}"], "knob stages is '0x11"),
            (["OUT", "--profile", "missing.toml"], "--profile missing.toml"),
            (["OUT", "--edge-cases", "nobody"], "'nobody'"),
            (["--preview", "-3"], "--preview -3"),
            (["--plot", "figure.gif"], "--plot figure.gif"),
            (["-", "--format", "sqlite"], "--format sqlite on standard output"),
            (["--verify", "OUT"], "no such file or directory"),
            ([], "no OUT; wanted"),
        ],
    )
    def test_bad_input_is_one_line_and_leaves_nothing(self, arguments: list[str], told: str, tmp_path: Path) -> None:
        """What came, what is wanted, an example; no file, no folder."""
        result = run(*(one.replace("OUT", str(tmp_path / "out")) for one in arguments))
        assert isinstance(result.exception, GeneratorError), result.exception
        line = str(result.exception)
        assert told in line
        assert "wanted" in line or "for example" in line
        assert "\n" not in line
        assert [*tmp_path.iterdir()] == []

    def test_an_existing_file_stays(self, tmp_path: Path) -> None:
        """Without --force nothing is touched; with it the set is replaced."""
        (tmp_path / "contacts.csv").write_text("mine")
        result = run(tmp_path / "contacts.csv", "--contacts", 3)
        assert "exists already; --force replaces it" in str(result.exception)
        assert [one.name for one in tmp_path.iterdir()] == ["contacts.csv"]
        assert (tmp_path / "contacts.csv").read_text() == "mine"
        assert run(tmp_path / "contacts.csv", "--contacts", 3, "--force").exit_code == 0
        assert verify(tmp_path).same

    @pytest.mark.parametrize("name", ["contacts.ndjson", "set.json", "contacts.csv", "contacts.parquet", "set.sqlite"])
    def test_a_full_disk_is_one_line_and_leaves_nothing(self, name: str, tmp_path: Path) -> None:
        """When the place takes no more bytes, the run says so and takes its unfinished files away."""
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))  # Python ignores the signal of this limit
        try:
            result = run(tmp_path / "new" / name, "--contacts", 3000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert isinstance(result.exception, GeneratorError), result.exception
        assert "wanted a writable location" in str(result.exception)
        assert "\n" not in str(result.exception)
        assert [*tmp_path.iterdir()] == []

    def test_a_place_that_cannot_be_written_is_one_line(self, tmp_path: Path) -> None:
        """A file where a folder is wanted."""
        (tmp_path / "file").write_text("")
        with pytest.raises(GeneratorError, match="wanted a writable folder"):
            written(tmp_path / "file", "contacts.ndjson")

    def test_a_profile_is_read_and_the_command_line_beats_it(self, tmp_path: Path) -> None:
        """TOML and YAML profiles hold knobs; --set comes on top."""
        (tmp_path / "p.toml").write_text('tickets = 0.0\n[recency]\n"7" = 1\n')
        (tmp_path / "p.yaml").write_text("tickets: 0.0\nrecency: {7: 1}\n")
        (tmp_path / "Q.TOML").write_bytes(b"\xef\xbb\xbf" + (tmp_path / "p.toml").read_bytes())
        for name in ("p.toml", "p.yaml", "Q.TOML"):
            out = tmp_path / f"{name}.json"
            assert (
                run(out, "--profile", tmp_path / name, "--set", "null_email=1", "--edge-cases", "none").exit_code == 0
            )
            contacts = json.loads(out.read_bytes())["contacts"]
            assert len(contacts) == 1000
            assert {(one["active_ticket_v2"], one["email"]) for one in contacts} == {(None, None)}
            days = {one["last_message_at"][:8] for one in contacts if one["last_message_at"]}
            assert days == {"2025-12-"}

    def test_a_broken_profile_is_one_line(self, tmp_path: Path) -> None:
        """What the TOML or YAML reader says, on one line."""
        broken = [("p.toml", "tickets = "), ("p.yaml", "{"), ("q.yaml", "- 1")]
        broken += [(name, f"tickets{sign} {'[' * 3000}") for name, sign in (("deep.toml", " ="), ("deep.yaml", ":"))]
        broken += [(name, f"stages{sign} {'1' * 5000}") for name, sign in (("long.toml", " ="), ("long.yaml", ":"))]
        broken += [("hex.toml", f"stages = 0x{'1' * 5000}"), ("hex.yaml", f"stages: {{0x{'1' * 5000}: 1}}")]
        for value in ("2026-13-45", "0x_", '!!int ""', '!!bool ""', "!!timestamp soon"):
            broken.append((f"{value}.yaml", f"tickets: {value}"))
        for name, text in broken:
            (tmp_path / name).write_text(text)
            result = run(tmp_path / "x.json", "--profile", tmp_path / name)
            assert isinstance(result.exception, GeneratorError), name
            assert "\n" not in str(result.exception)
            assert not (tmp_path / "x.json").exists()

    def test_the_knobs_it_shows_are_a_profile(self, tmp_path: Path) -> None:
        """`--knobs` prints every knob with its default, and what it prints is a profile of the default shape."""
        (tmp_path / "p.toml").write_text(run("--knobs").stdout)
        assert run(tmp_path / "a.json", "--contacts", 100, "--profile", tmp_path / "p.toml").exit_code == 0
        assert run(tmp_path / "b.json", "--contacts", 100).exit_code == 0
        assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()

    def test_preview_statistics_and_picture(self, tmp_path: Path) -> None:
        """They show the set without writing it."""
        shown = run("--preview", 5, "--contacts", 500).stdout
        assert "John Doe" in shown
        assert len(shown.splitlines()) == 5 + 5
        told = run("--stats", "--contacts", 500).stdout
        assert "500 contacts" in told
        assert "71 contacts are edge cases" in told
        for name, beginning in (("p.png", b"\x89PNG"), ("p.svg", b"<?xml")):
            assert run("--plot", tmp_path / name, "--contacts", 500).exit_code == 0
            assert (tmp_path / name).read_bytes().startswith(beginning)

    def test_the_list_of_edge_cases(self) -> None:
        """A line a case: name, number of contacts, sentence."""
        lines = run("--edge-cases", "list").stdout.splitlines()
        assert lines[0].startswith("documents_example")
        assert len(lines) == 52

    def test_no_progress_in_a_pipe(self, tmp_path: Path) -> None:
        """A run without a terminal prints its one summary line, or nothing with --quiet."""
        told = run(tmp_path / "a.ndjson", "--contacts", 10)
        assert len(told.stderr.splitlines()) == 1
        assert "10 contacts to" in told.stderr
        assert run(tmp_path / "b" / "b.ndjson", "--contacts", 10, "--quiet").stderr == ""

    def test_fixtures_are_made_and_checked(self, tmp_path: Path) -> None:
        """`--fixtures` writes the committed sets, and with `--check` finds one that was changed."""
        assert run("--fixtures", tmp_path).exit_code == 0
        assert run("--fixtures", tmp_path, "--check").exit_code == 0
        (tmp_path / "tiny.json").write_text("{}")
        told = run("--fixtures", tmp_path, "--check")
        assert told.exit_code == 1
        assert "tiny" in told.stderr


def columns_of(place: Path) -> dict[str, Any]:
    """The store's columns of a set, as plain values."""
    found = load(place).columns(86_400_000)
    codes: dict[Any, Any] = {"stage": found.current_stage_id, "default": found.default_stage_id, **found.custom}
    return {
        "ids": found.ids[np.arange(len(found), dtype=np.int32)].tolist(),
        "wire": [*found.wire],
        "instants": [found.created_at.tolist(), found.updated_at.tolist(), found.last_message_at.tolist()],
        **{str(name): _decoded(one.codes.tolist(), one.codes_by_value) for name, one in codes.items()},
    }


@cache
def columns_of_document(**profile: float) -> dict[str, Any]:
    """The columns of these tests' set as a document, with the knobs of a profile."""
    with TemporaryDirectory() as folder:
        made(Path(folder), "set.json", shape=Shape.of(profile))
        return columns_of(Path(folder) / "set.json")


def _decoded(codes: list[int], places: dict[Any, int]) -> list[Any]:
    values = {code: value for value, code in places.items()}
    return [values.get(code) for code in codes]


class TestTables:
    """NDJSON and Parquet go into the store by columns, with the same result as row by row."""

    @pytest.fixture
    def no_plain_way(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Falling back to the row reader fails the test."""

        def plainly(*_: Any, **__: Any) -> None:
            pytest.fail("the set was read row by row")

        monkeypatch.setattr(loading, "load", plainly)  # what `ColumnDataset` is handed

    @pytest.mark.usefixtures("no_plain_way")
    @pytest.mark.parametrize("out", ["contacts.ndjson", "contacts.ndjson.gz", "contacts.parquet"])
    @pytest.mark.parametrize(
        "profile", [{}, {"edge_case_share": 0.5}, {"custom_fields": 0}, {"tickets": 0}, {"ties": 1}]
    )
    def test_generated_sets_need_no_plain_way(self, out: str, profile: dict[str, Any], tmp_path: Path) -> None:
        """Every column, every wire byte, and the code of every value are those of the document."""
        made(tmp_path, out, shape=Shape.of(profile))
        assert columns_of(tmp_path) == columns_of_document(**profile)

    @pytest.mark.usefixtures("no_plain_way")
    @pytest.mark.parametrize("rows", [1, 7, 100])
    def test_row_groups_of_any_size_mean_the_same(self, rows: int, tmp_path: Path) -> None:
        """No contact is lost between row groups, and a value that comes back in a later group keeps its code."""
        made(tmp_path, "contacts.parquet", count=150)
        made(tmp_path / "plain", "set.json", count=150)
        whole = pq.read_table(tmp_path / "contacts.parquet")
        pq.write_table(whole, tmp_path / "contacts.parquet", row_group_size=rows)
        assert columns_of(tmp_path) == columns_of(tmp_path / "plain" / "set.json")

    def test_row_groups_of_an_odd_size_are_read_row_by_row_too(self, tmp_path: Path) -> None:
        """The plain way reads row groups that its batches do not divide, as ``--verify`` does (`load-row-groups`)."""
        made(tmp_path, "contacts.parquet")
        before = [contact["id"] for contact in contents(tmp_path)[1]]
        whole = pq.read_table(tmp_path / "contacts.parquet")
        joined = pa.concat_tables([whole] * 25)
        pq.write_table(joined, tmp_path / "contacts.parquet", row_group_size=6_400)
        assert [contact["id"] for contact in contents(tmp_path)[1]] == before * 25

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (b'"blocked":false', b'"blocked": false'),
            (b'"created_at":"2025-04-16T19:00:00.000Z"', b'"created_at":"2025-04-16T19:00:00.0009Z"'),
            (b'"created_at":"2025-04-16T19:00:00.000Z"', b'"created_at":"2025-04-16T21:00:00+02:00"'),
            (b'"id":"df980fc8-b6db', b'"id":"DF980FC8-b6db'),
            (b'"email":"john@example.com"', '"email":"jöhn@example.com"'.encode()),
            (b'"email":null', b'"email": null'),
            (b'"name":"John Doe"', b'"name":"Joh\\u006e \\"Doe\\""'),
            (b'"name":"John Doe"', b'"name":":null"'),
            (b'"ticket":{}', b'"ticket":{"amount":null}'),
        ],
    )
    def test_lines_written_otherwise_mean_the_same(self, before: bytes, after: bytes, tmp_path: Path) -> None:
        """Other spellings of JSON and of instants give what the document with them gives, or its one-line refusal."""
        made(tmp_path, "contacts.ndjson")
        lines = (tmp_path / "contacts.ndjson").read_bytes()
        assert before in lines
        (tmp_path / "contacts.ndjson").write_bytes(lines.replace(before, after, 1))
        header, contacts = contents(tmp_path)
        (tmp_path / "plain").mkdir()
        whole = json.dumps({**header, "contacts": [*contacts]})
        (tmp_path / "plain" / "set.json").write_text(whole)
        assert _outcome(tmp_path) == _outcome(tmp_path / "plain" / "set.json")

    @pytest.mark.parametrize(
        ("before", "after", "told"),
        [
            (b'"phone":"+56912345678",', b"", "field phone: missing"),
            (b'"phone":null,', b"", "field phone: missing"),
            (b'"platform":"whatsapp"', b'"platform":"telegram"', "field platform"),
            (b'"client_id":"123e4567', b'"client_id":"223e4567', "field client_id"),
            (b'"blocked":false', b'"blocked":"no"', "field blocked"),
            (b'"name":"John Doe"', b'"name":null', "field name"),
            (b'"name":"John Doe"', b'"name":"John Doe","age":7', "age"),
            (b'"status":"Active"', b'"status":"Asleep"', "field custom_fields.customer.status"),
            (b'"status":"Active"', b'"mood":"Good"', "field custom_fields.customer.mood"),
            (
                b'"id":"880e8400-e29b-41d4-a716-446655440003"',
                b'"id":"df980fc8-b6db-4820-bf22-2969482d106d"',
                "the same id",
            ),
            (b'"id":"880e8400', b'"id":"x80e8400', "field id"),
            (b'"ticket":{}', b'"ticket":{"amount":1}', "without an active_ticket_v2"),
        ],
    )
    def test_a_broken_line_is_explained(self, before: bytes, after: bytes, told: str, tmp_path: Path) -> None:
        """A fault is one line that names contact and field, as for a document (`load-ids-differ`)."""
        made(tmp_path, "contacts.ndjson")
        lines = (tmp_path / "contacts.ndjson").read_bytes()
        assert before in lines
        (tmp_path / "contacts.ndjson").write_bytes(lines.replace(before, after, 1))
        with pytest.raises(DatasetError) as caught:
            load(tmp_path).columns(0)
        assert told in str(caught.value)
        assert "\n" not in str(caught.value)


def _outcome(place: Path) -> Any:
    try:
        return columns_of(place)
    except DatasetError as error:
        return str(error).removeprefix(f"{place}: ")


class TestReaders:
    """Folders and broken files."""

    def test_a_folder_is_its_set(self, tmp_path: Path, expected: dict[str, Any]) -> None:
        """The folder, its dataset.json, or the contacts file: all name the set."""
        made(tmp_path, "contacts.csv")
        for place in (tmp_path, tmp_path / "dataset.json", tmp_path / "contacts.csv"):
            assert [*contents(place)[1]] == expected["contacts"]

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("a.txt", b"", "unknown file type"),
            ("a.json", b"[", "not JSON"),
            ("a.json", b"[]", "a list without contacts; wanted at least one, or a document"),
            ("a.sqlite", b"no database", "wanted an SQLite data set"),
            ("a.ndjson", b"{}\n", "no such file"),
            ("a-00001-of-00002.ndjson", b"", "part a-00002-of-00002.ndjson is missing"),
        ],
    )
    def test_a_broken_set_is_one_line(self, name: str, content: bytes, told: str, tmp_path: Path) -> None:
        """The line names the file and what is wanted."""
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DatasetError, match=told):
            load(tmp_path / name)

    def test_two_sets_in_a_folder_are_refused(self, tmp_path: Path) -> None:
        """A folder with two sets names neither."""
        for name in ("a.csv", "b.csv"):
            (tmp_path / name).write_text("")
        with pytest.raises(DatasetError, match="wanted one data set"):
            load(tmp_path)
