"""The contract's words and what the contract room needs: each word is written once, and no module loads a framework."""

import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from vambe_judge.asking.contacts import PLATFORMS as JUDGED_PLATFORMS
from vambe_judge.asking.options import ENTITIES as JUDGED_ENTITIES
from vambe_mock import contract
from vambe_mock.contract import vocabulary
from vambe_mock.contract.contact import Contact
from vambe_mock.generator.recipe.knobs import PLATFORMS as DRAWN_PLATFORMS

ROOT = Path(__file__).parents[2]
MODULES = sorted(module.name for module in pkgutil.iter_modules(contract.__path__))
HEAVY = (
    "click", "fastapi", "httpx", "numpy", "pandas", "polars", "pyarrow", "pytest", "rich", "starlette",
    "typer", "uvicorn", "yaml",
)  # fmt: skip


def test_the_contract_needs_no_framework() -> None:
    """Every module of the contract is imported in a fresh interpreter that has neither numpy nor FastAPI nor Typer."""
    names = ", ".join(["vambe_mock.contract", *(f"vambe_mock.contract.{module}" for module in MODULES)])
    code = (
        "import sys\n"
        f"for name in {HEAVY!r}:\n"
        "    sys.modules[name] = None\n"
        f"import {names}\n"
        "print(sorted(name for name in sys.modules if name.startswith('vambe_mock.')"
        " and not name.startswith('vambe_mock.contract')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_vocabulary_needs_no_pydantic() -> None:
    """The vocabulary is plain Python, so that a process can use it and still start quickly."""
    code = "import sys\nimport vambe_mock.contract.vocabulary\nprint('pydantic' in sys.modules)\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_the_fields_are_those_of_the_model() -> None:
    """The names of the fields, in their order, are those of the contact's model."""
    assert tuple(Contact.model_fields) == vocabulary.FIELDS
    assert {*vocabulary.INSTANT_FIELDS, *vocabulary.FLAG_FIELDS} < {*vocabulary.FIELDS}


def test_the_words_are_those_of_the_document(document: dict[str, Any]) -> None:
    """Fields, UUID pattern and entity types are those of the OpenAPI document."""
    (operation,) = (item["get"] for item in document["paths"].values())
    parameters = {one["name"]: one["schema"] for one in operation["parameters"]}
    assert parameters["stage_id"]["pattern"] == parameters["pipeline_id"]["pattern"] == vocabulary.UUID_PATTERN
    assert {*parameters["entity_type"]["enum"]} == {*vocabulary.ENTITIES}


def test_the_generator_draws_every_platform() -> None:
    """The generator has an order of its own for platforms, but no other platforms."""
    assert sorted(DRAWN_PLATFORMS) == sorted(vocabulary.PLATFORMS)


def test_the_judge_has_the_same_words() -> None:
    """The judge writes platforms and entities down by itself, as a second opinion, and means the same."""
    assert {*vocabulary.PLATFORMS} == JUDGED_PLATFORMS
    assert vocabulary.ENTITIES == JUDGED_ENTITIES


def test_each_fixture_set_is_a_file() -> None:
    """The fixture sets that are named are those that are there."""
    assert sorted(vocabulary.FIXTURE_SETS) == sorted(path.stem for path in (ROOT / "fixtures").glob("*.json"))


@pytest.mark.parametrize(
    "word",
    [
        pytest.param(r'"web-whatsapp",\s*"instagram"', id="platforms"),
        pytest.param(r'\("customer",\s*"ticket"\)|\["customer",\s*"ticket"\]', id="entities"),
        pytest.param(r'"UNATTENDED",\s*"ATTENDED"', id="statuses"),
        pytest.param(r"\[1-8\]\[0-9a-f", id="UUID"),
        pytest.param(r"86_?400_?000", id="day"),
        pytest.param(r'"vambe-mock/1"', id="document format"),
        pytest.param(r'"json",\s*"ndjson",\s*"csv",\s*"parquet"', id="file formats"),
        pytest.param(r'"edge-cases",\s*"empty"', id="fixture sets"),
        pytest.param(r'"text",\s*"number",\s*"date"', id="field types"),
    ],
)
def test_each_word_is_written_once(word: str) -> None:
    """No module of the mock but the contract writes down a list of the vocabulary."""
    pattern = re.compile(word)
    package = Path(contract.__path__[0]).parent
    found = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.parent.name != "contract" and pattern.search(path.read_text("utf-8"))
    }
    assert found == set()
