"""What the generator makes: the contacts themselves, judged without looking at how they are made."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections import Counter, defaultdict
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import phonenumbers
import pytest
import yaml

from effort import some
from vambe_mock import generator
from vambe_mock.datasets.dataset import from_document
from vambe_mock.datasets.document import StoredContact
from vambe_mock.generator import GeneratorError, document
from vambe_mock.generator.recipe import phones, pools
from vambe_mock.generator.recipe.edge_cases import EDGE_CASES
from vambe_mock.generator.recipe.knobs import Shape

Contact = dict[str, Any]

ROOT = Path(__file__).parents[2]
ANCHOR = 1_767_225_600_000
ANCHOR_TEXT = "2026-01-01T00:00:00.000Z"
PHONE_PLATFORMS = {"whatsapp", "web-whatsapp", "sms", "voice"}


def older(name: str) -> str:
    """The version of *name* that stands in ``older/`` in the tests' environment, where its lock put it."""
    (found,) = re.findall(rf"^{name}==(\S+)", (ROOT / "tests" / "older.lock").read_text("utf-8"), re.MULTILINE)
    return str(found)


def instant(text: str) -> datetime:
    """The instant that a text of the wire means."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


@pytest.fixture(scope="module")
def default() -> dict[str, Any]:
    """The committed default set."""
    loaded: dict[str, Any] = json.loads((ROOT / "fixtures" / "default.json").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def many() -> list[Contact]:
    """Twenty thousand contacts without edge cases."""
    contacts: list[Contact] = document(11, 20_000, ANCHOR, {"edge_cases": "none"})["contacts"]
    return contacts


@pytest.fixture(scope="module")
def case_contacts() -> dict[str, list[Contact]]:
    """The contacts of each named edge case."""
    contacts = iter(document(8262, 71, ANCHOR)["contacts"])
    return {case.name: [next(contacts) for _ in case.contacts] for case in EDGE_CASES}


class TestDeterminism:
    """The same arguments give the same contacts."""

    def test_a_contact_does_not_depend_on_how_many_there_are(self) -> None:
        """A contact number means the same contact in a small and in a large set (`set-edge-cases-first`)."""
        large = document(3, 3000, ANCHOR)["contacts"]
        for count in (0, 1, 7, 70, 75, 1001):
            assert document(3, count, ANCHOR)["contacts"] == large[:count]

    def test_another_seed_makes_other_people(self) -> None:
        """Two seeds share neither ids nor phones, but for the document's own example."""
        one, other = (document(seed, 300, ANCHOR, {"edge_cases": "none"})["contacts"] for seed in (1, 2))
        for field in ("id", "ai_customer_id", "phone"):
            assert not {contact[field] for contact in one} & {contact[field] for contact in other} - {None}

    def test_the_anchor_moves_all_instants_and_nothing_else(self) -> None:
        """A set anchored a year later has the same contacts, all instants a year later."""
        year = 365 * 86_400_000
        one, later = (document(5, 300, anchor)["contacts"] for anchor in (ANCHOR, ANCHOR + year))
        for before, after in zip(one, later, strict=True):
            for name in ("created_at", "updated_at", "last_message_at"):
                if before[name] is not None:
                    assert instant(after[name]) - instant(before[name]) == timedelta(days=365)
            assert {**before, **after, "custom_fields": 0} == {**after, "custom_fields": 0}
            assert before["name"] == after["name"]

    def test_the_committed_sets_need_neither_faker_nor_pyarrow(self) -> None:
        """Without Faker, pyarrow and all other extras the default set comes out byte for byte as committed."""
        code = (
            "import sys\n"
            "from pathlib import Path\n"
            "for name in ('faker', 'pyarrow', 'backports.zstd', 'compression.zstd', 'dask', 'matplotlib', 'rich'):\n"
            "    sys.modules[name] = None\n"
            "from vambe_mock.generator.sets.fixture_sets import changed\n"
            "print(changed(Path('fixtures')))\n"
        )
        found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert found.stdout == "[]\n"

    @pytest.mark.parametrize("path", some(["", str(Path(sys.prefix) / "older")], 1), ids=["locked", "oldest"])
    def test_any_faker_gives_the_same_bytes(self, path: str, tmp_path: Path) -> None:
        """With the locked Faker and with the oldest that the requirement admits, whose own names are others."""
        code = (
            "from pathlib import Path\n"
            "import faker\n"
            "from vambe_mock.generator.recipe import pools\n"
            "from vambe_mock.generator.sets.fixture_sets import changed\n"
            "print(faker.VERSION, pools.make()['locales'] == pools.load(), changed(Path('fixtures')))\n"
        )
        environment = {**os.environ, "PYTHONPATH": path}
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
        )
        locked, oldest = version("faker"), older("faker")
        assert done.stdout == (f"{oldest} False []\n" if path else f"{locked} True []\n")
        command = [sys.executable, "-m", "vambe_mock", "generate", "set.json", "--contacts", "5000", "--seed", "5"]
        subprocess.run([*command, "--anchor", ANCHOR_TEXT], cwd=tmp_path, env=environment, check=True)
        assert json.loads((tmp_path / "set.json").read_bytes()) == document(5, 5000, ANCHOR)

    def test_the_oldest_faker_is_the_requirements(self) -> None:
        """What these tests call the oldest is the least that `pyproject.toml` asks for, and locked."""
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
        (least,) = {one.partition(">=")[2] for extra in extras.values() for one in extra if one.startswith("faker")}
        assert older("faker").startswith(f"{least}.")

    def test_importing_the_generator_costs_nothing(self) -> None:
        """The package loads neither numpy nor FastAPI nor anything else that is heavy."""
        code = "import sys, vambe_mock.generator; print([*sys.modules])"
        found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert "vambe_mock.generator" in found.stdout
        for name in ("numpy", "fastapi", "pydantic", "faker", "pyarrow", "yaml", "rich", "typer"):
            assert f"'{name}'" not in found.stdout

    def test_the_pools_are_what_the_pinned_faker_makes(self) -> None:
        """`pools.json` is what the locked Faker gives when it is remade (`set-pools`)."""
        assert pools.text(pools.make()) == pools.FILE.read_text("utf-8")


class TestContacts:
    """Every contact is one that the API could answer, and coherent."""

    def test_every_contact_is_valid_by_the_openapi_document(self, default: dict[str, Any], many: list[Contact]) -> None:
        """Wire fields have the types of openapi.yaml, in its order, all of them."""
        operation = yaml.safe_load((ROOT / "openapi.yaml").read_text("utf-8"))["paths"]["/api/public/contacts"]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]["items"]
        validator = jsonschema.Draft202012Validator(_closed(schema))
        for contact in default["contacts"] + many[:2000]:
            wire = {name: value for name, value in contact.items() if name != "custom_fields"}
            assert [*wire] == [*schema["properties"]]
            validator.validate(wire)

    def test_every_contact_is_valid_by_the_server(self, default: dict[str, Any], many: list[Contact]) -> None:
        """The server's own schema takes each contact, and its loader the whole document."""
        for contact in many[:5000]:
            StoredContact.model_validate(contact)
        assert len(from_document(default)) == 1000

    def test_phones_reach_nobody(self, default: dict[str, Any], many: list[Contact]) -> None:
        """Every phone is possible and not valid by libphonenumber (`set-page-example`)."""
        found = [contact["phone"] for contact in default["contacts"] + many if contact["phone"]]
        assert len(found) > 15_000
        for phone in found:
            number = phonenumbers.parse(f"+{phone.removeprefix('+')}")
            assert phonenumbers.is_possible_number(number), phone
            assert not phonenumbers.is_valid_number(number), phone

    @pytest.mark.parametrize(("prefix", "width"), phones.PREFIXES)
    def test_every_number_behind_a_prefix_reaches_nobody(self, prefix: str, width: int) -> None:
        """No number behind a prefix is valid: its first, its last, and thousands between (`set-phones`)."""
        step = 10**width // 4001
        for digits in (*range(0, 10**width, step), 10**width - 1):
            number = phonenumbers.parse(f"{prefix}{digits:0{width}d}")
            assert phonenumbers.is_possible_number(number)
            assert not phonenumbers.is_valid_number(number)

    @pytest.mark.parametrize("locale", range(len(phones.PREFIXES)))
    def test_ten_million_contacts_have_ten_million_phones(self, locale: int) -> None:
        """Within any locale, the numbers of ten million contacts in a row are all different."""
        seen = np.zeros(10**8, dtype=np.bool_)
        for start in range(0, 10_000_000, 2_000_000):
            numbers = np.arange(start, start + 2_000_000, dtype=np.uint64)
            seen[phones.digits(42, numbers, np.full(len(numbers), locale))] = True
        assert np.count_nonzero(seen) == 10_000_000

    def test_prefixes_of_two_locales_never_make_the_same_phone(self) -> None:
        """No prefix begins another, so equal digits behind different ones are different phones."""
        prefixes = [prefix for prefix, _ in phones.PREFIXES]
        assert not [(a, b) for a in prefixes for b in prefixes if a != b and a.startswith(b)]

    def test_phones_and_ids_are_unique(self, many: list[Contact]) -> None:
        """No two contacts share an id, a phone or a ticket."""
        for values in (
            [contact["id"] for contact in many],
            [contact["phone"] for contact in many if contact["phone"]],
            [contact["active_ticket_v2"]["id"] for contact in many if contact["active_ticket_v2"]],
        ):
            assert len(set(values)) == len(values)

    def test_addresses_are_on_reserved_domains_and_fit_the_name(self, many: list[Contact]) -> None:
        """An e-mail address is first name, last name and a number, in plain letters, at example.com, .org or .net."""
        for contact in many:
            if contact["email"] is None:
                continue
            found = re.fullmatch(r"([a-z]+)\.([a-z]+)\d+@example\.(com|org|net)", contact["email"])
            assert found, contact["email"]
            plain = _plain_letters(contact["name"])
            assert plain.startswith(found[1])
            assert found[2] in plain

    def test_every_address_of_the_default_set_is_on_a_reserved_domain(self, default: dict[str, Any]) -> None:
        """The edge cases too write to nobody."""
        domains = {contact["email"].lower().partition("@")[2] for contact in default["contacts"] if contact["email"]}
        assert domains == {"example.com", "example.org", "example.net"}

    def test_instants_are_in_the_order_of_a_life(self, many: list[Contact]) -> None:
        """A contact is created, then writes, then is updated, and nothing happens after the anchor."""
        for contact in many:
            moments = [contact["created_at"], contact["last_message_at"], contact["updated_at"], ANCHOR_TEXT]
            known = [moment for moment in moments if moment is not None]
            assert known == sorted(known)

    def test_stages_belong_to_one_pipeline(self, default: dict[str, Any]) -> None:
        """A contact's two stages are stages of the set, and of the same pipeline."""
        pipeline_of = {stage["id"]: one["id"] for one in default["pipelines"] for stage in one["stages"]}
        assert len(pipeline_of) == sum(len(one["stages"]) for one in default["pipelines"])
        met = set()
        for contact in default["contacts"]:
            ticket = contact["active_ticket_v2"] or {}
            stages = {contact["default_stage_id"], ticket.get("current_stage_id")} - {None}
            assert len({pipeline_of[stage] for stage in stages}) <= 1
            met |= stages
        assert met == set(pipeline_of)

    def test_a_customer_is_one_person_on_several_channels(self, many: list[Contact]) -> None:
        """Contacts of one customer have its name and values, and each a platform of its own."""
        customers: dict[str, list[Contact]] = defaultdict(list)
        for contact in many:
            if contact["ai_customer_id"]:
                customers[contact["ai_customer_id"]].append(contact)
        shared = [contacts for contacts in customers.values() if len(contacts) > 1]
        assert len(shared) > 1000
        assert max(map(len, shared)) > 2
        for contacts in shared:
            assert len({contact["name"] for contact in contacts}) == 1
            assert len({contact["email"] for contact in contacts} - {None}) <= 1
            assert len({json.dumps(contact["custom_fields"]["customer"]) for contact in contacts}) == 1
            assert len({contact["platform"] for contact in contacts}) == len(contacts)

    def test_nobody_without_ticket_has_ticket_values(self, default: dict[str, Any], many: list[Contact]) -> None:
        """Where there is no ticket, or no customer, there are no values of it (`set-no-customer`)."""
        for contact in default["contacts"] + many:
            if contact["active_ticket_v2"] is None:
                assert contact["custom_fields"]["ticket"] == {}
            if contact["ai_customer_id"] is None:
                assert contact["custom_fields"]["customer"] == {}

    def test_custom_values_are_of_their_type(self, default: dict[str, Any]) -> None:
        """Each value is one that its definition allows, and all five types are met on both entities."""
        types: dict[str, Any] = {"text": str, "options": str, "number": (int, float), "boolean": bool, "date": str}
        definitions = {(one["key"], entity): one for one in default["custom_fields"] for entity in one["entities"]}
        assert len(definitions) == sum(len(one["entities"]) for one in default["custom_fields"])
        met: Counter[tuple[str, str]] = Counter()
        for contact in default["contacts"]:
            for entity, values in contact["custom_fields"].items():
                for key, value in values.items():
                    one = definitions[key, entity]
                    assert isinstance(value, types[one["type"]])
                    assert isinstance(value, bool) == (one["type"] == "boolean")
                    assert one["options"] is None or value in one["options"]
                    if one["type"] == "date":
                        assert datetime.strptime(value, "%Y-%m-%d")  # noqa: DTZ007 - a calendar date has no zone
                    met[entity, one["type"]] += 1
        assert set(met) == {(entity, kind) for entity in ("customer", "ticket") for kind in types}

    def test_the_vendors_example_filter_finds_contacts(self, default: dict[str, Any]) -> None:
        """`custom_field_key=status&custom_field_value=Active` has an answer on either entity."""
        for entity in ("customer", "ticket"):
            assert [one for one in default["contacts"] if one["custom_fields"][entity].get("status") == "Active"]


def _closed(schema: Any) -> Any:
    """An OpenAPI 3.0 schema as a JSON schema: nullable as a type, everything required, nothing else allowed."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items() if key not in ("nullable", "example", "x-decision")}
    if schema.get("nullable"):
        closed["type"] = [schema["type"], "null"]
    if "properties" in schema:
        closed |= {"required": [*schema["properties"]], "additionalProperties": False}
    return closed


def _plain_letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z]", "", plain)


class TestShape:
    """The knobs do what they say."""

    def test_distributions_are_those_of_the_knobs(self, many: list[Contact]) -> None:
        """Shares of twenty thousand contacts are within 1.5 points of the knobs' defaults."""
        shape = Shape()
        tickets = [contact for contact in many if contact["active_ticket_v2"]]
        on_phone = [contact for contact in many if contact["platform"] in PHONE_PLATFORMS]
        elsewhere = [contact for contact in many if contact["platform"] not in PHONE_PLATFORMS]
        shares = {
            "never_messaged": _share(many, lambda one: one["last_message_at"] is None),
            "null_phone": _share(on_phone, lambda one: one["phone"] is None),
            "null_phone_elsewhere": _share(elsewhere, lambda one: one["phone"] is None),
            "null_email": _share(many, lambda one: one["email"] is None),
            "null_customer": _share(many, lambda one: one["ai_customer_id"] is None),
            "null_default_stage": _share(many, lambda one: one["default_stage_id"] is None),
            "tickets": len(tickets) / len(many),
            "null_stage": _share(tickets, lambda one: one["active_ticket_v2"]["current_stage_id"] is None),
            "blocked": _share(many, lambda one: one["blocked"]),
            "read": _share(
                [one for one in many if one["chat_status"] != "UNATTENDED"], lambda one: one["is_chat_read"]
            ),
            "filled": _share(tickets, lambda one: "amount" in one["custom_fields"]["ticket"]),
        }
        for name, share in shares.items():
            assert share == pytest.approx(getattr(shape, name), abs=0.015), name
        countries = {"+5690": "es_CL", "+5210": "es_MX", "+5739": "es_CO", "+54990": "es_AR", "+55209": "pt_BR"}
        known = [contact for contact in many if contact["phone"]]
        met = Counter(countries.get(contact["phone"][:5], countries.get(contact["phone"][:6])) for contact in known)
        for locale, weight in shape.locales.items():
            assert met[locale] / len(known) == pytest.approx(weight, abs=0.015), locale
        for name, of in (("platforms", "platform"), ("chat_statuses", "chat_status")):
            met = Counter(contact[of] for contact in many)
            for value, weight in getattr(shape, name).items():
                assert met[value] / len(many) == pytest.approx(weight, abs=0.015), value

    @pytest.mark.parametrize(
        "weights",
        [None, {"1": 0.5, "older": 0.5}, {"30": 1.0}],
        ids=["as they are", "new or old", "one bucket"],
    )
    def test_recency_is_that_of_the_knob(self, weights: dict[str, float] | None) -> None:
        """Last messages fall into the buckets by their weights, and into no others."""
        profile: dict[str, Any] = {"edge_cases": "none", "never_messaged": 0.0}
        profile |= {"recency": weights} if weights else {}
        contacts = document(4, 8_000, ANCHOR, profile)["contacts"]
        wanted = weights or Shape().recency
        met = Counter(_bucket(contact["last_message_at"]) for contact in contacts)
        assert set(met) == set(wanted)
        for bucket, weight in wanted.items():
            assert met[bucket] / len(contacts) == pytest.approx(weight, abs=0.015)

    @pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
    def test_ties_are_those_of_the_knob(self, share: float) -> None:
        """That share of the contacts has all instants in common with its neighbour."""
        profile = {"edge_cases": "none", "ties": share, "never_messaged": 0.0}
        contacts = document(4, 10_000, ANCHOR, profile)["contacts"]
        met = Counter((one["created_at"], one["last_message_at"], one["updated_at"]) for one in contacts)
        tied = sum(number for number in met.values() if number > 1)
        assert tied / len(contacts) == pytest.approx(share, abs=0.02)

    @pytest.mark.parametrize(
        ("knob", "value", "share"),
        [
            ("shared_customers", 0.1, 0.06),
            ("shared_customers", 0.2, 0.12),
            ("shared_customers", 0.5, 0.27),
            ("shared_customers", 1, 0.38),
            ("ties", 0.02, 0.02),
            ("ties", 0.5, 0.46),
            ("ties", 1, 0.92),
        ],
    )
    def test_knobs_that_give_less_say_what_they_give(self, knob: str, value: float, share: float) -> None:
        """Not every contact can join a customer or be tied; knob and guide say what comes of it (`set-shares`)."""
        contacts = document(4, 10_000, ANCHOR, {"edge_cases": "none", "null_customer": 0.0, knob: value})["contacts"]
        instants = Counter((one["created_at"], one["last_message_at"], one["updated_at"]) for one in contacts)
        found = {
            "shared_customers": 1 - len({one["ai_customer_id"] for one in contacts}) / len(contacts),
            "ties": sum(number for number in instants.values() if number > 1) / len(contacts),
        }
        assert found[knob] == pytest.approx(share, abs=0.012)
        (meaning,) = (one.metadata["meaning"] for one in fields(Shape) if one.name == knob)
        assert f"{value} gives {share:.0%}" in meaning
        (row,) = re.findall(
            rf"^\| `{knob}` (.+?) \| (.+?) \|", (ROOT / "docs" / "generator.md").read_text("utf-8"), re.MULTILINE
        )
        assert f"{value}" in row[0]
        assert re.search(rf"\b{share * 100:.0f}(\.\d)? %|1\.9 %", row[1])

    def test_locales_choose_names_and_phones(self) -> None:
        """A set of one locale has its phones and names only."""
        contacts = document(4, 500, ANCHOR, {"edge_cases": "none", "locales": {"pt_BR": 1}})["contacts"]
        loaded = pools.load()["pt_BR"]
        for contact in contacts:
            assert contact["phone"] is None or contact["phone"].startswith("+55")
            assert contact["name"].split(" ")[0] in " ".join(loaded["female"] + loaded["male"])

    def test_numbers_of_things(self) -> None:
        """So many pipelines, stages and custom fields as the knobs say."""
        made = document(4, 200, ANCHOR, {"pipelines": 5, "stages": 2, "custom_fields": 20})
        assert [len(pipeline["stages"]) for pipeline in made["pipelines"]] == [2] * 5
        assert len(made["custom_fields"]) == 20
        assert len(from_document(made)) == 200

    def test_nothing_at_all(self) -> None:
        """A set without custom fields, edge cases, tickets or contacts is a set."""
        made = document(4, 0, ANCHOR, {"custom_fields": 0, "edge_cases": "none", "tickets": 0})
        assert (made["contacts"], made["custom_fields"]) == ([], [])
        assert len(from_document(made)) == 0

    def test_legacy_leaves_out_updated_at(self) -> None:
        """The older page's contact has no `updated_at`, and everything else as before."""
        old, new = (document(4, 100, ANCHOR, {"legacy": legacy})["contacts"] for legacy in (True, False))
        assert old == [{key: value for key, value in one.items() if key != "updated_at"} for one in new]

    def test_edge_cases_may_be_chosen(self) -> None:
        """Named cases come first, in the order asked for; `none` leaves all out."""
        chosen = document(4, 3, ANCHOR, {"edge_cases": ("empty_name", "null_phone")})["contacts"]
        assert (chosen[0]["name"], chosen[1]["phone"]) == ("", None)
        names = {contact["name"] for contact in document(4, 500, ANCHOR, {"edge_cases": "none"})["contacts"]}
        assert not names & {"", "John Doe", "Ñ"}

    def test_edge_cases_may_be_repeated(self) -> None:
        """With a share, later contacts are edge cases too, and the set is still one that the server takes."""
        made = document(4, 4000, ANCHOR, {"edge_case_share": 0.5})
        met = Counter(contact["name"] for contact in made["contacts"])
        assert met["Ñ"] > 10
        assert met["John Doe"] == 1
        assert len(from_document(made)) == 4000

    @pytest.mark.parametrize(
        ("knobs", "told"),
        [
            ({"ticket": 1}, "unknown knob 'ticket'"),
            ({"tickets": 1.5}, "knob tickets is 1.5"),
            ({"tickets": "many"}, "knob tickets is 'many'"),
            ({"tickets": True}, "knob tickets is True"),
            ({"pipelines": 0}, "knob pipelines is 0"),
            ({"stages": 2.5}, "knob stages is 2.5"),
            ({"platforms": {"telegram": 1}}, "knob platforms names 'telegram'"),
            ({"platforms": {}}, "knob platforms is {}"),
            ({"platforms": {"sms": -1}}, "the weight of sms is -1"),
            ({"recency": {"7": 0}}, "all weights are 0"),
            ({"legacy": "yes"}, "knob legacy is 'yes'"),
            ({"client_id": "me"}, "knob client_id is 'me'"),
            ({"edge_cases": ["nul_phone"]}, "knob edge_cases names 'nul_phone'"),
            ({"edge_cases": "emoji,nul_phone"}, "knob edge_cases names 'nul_phone'"),
            ({"edge_cases": 3}, "knob edge_cases is 3"),
        ],
    )
    def test_a_wrong_knob_is_one_clear_line(self, knobs: dict[str, Any], told: str) -> None:
        """The line says which knob, what came, what is wanted, and an example."""
        with pytest.raises(GeneratorError) as caught:
            document(1, 1, ANCHOR, knobs)
        assert told in str(caught.value)
        assert "for example" in str(caught.value) or "like" in str(caught.value)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(("seed", "count", "anchor"), [(1, -1, ANCHOR), (-1, 1, ANCHOR), (1, 1, -1), (1, 10**9, 1)])
    def test_an_argument_out_of_range_is_refused(self, seed: int, count: int, anchor: int) -> None:
        """A negative count or seed, too many contacts, an anchor outside the calendar."""
        with pytest.raises(GeneratorError):
            document(seed, count, anchor)


def _share(contacts: list[Contact], holds: Any) -> float:
    return sum(1 for contact in contacts if holds(contact)) / len(contacts)


def _bucket(text: str) -> str:
    days = (instant(ANCHOR_TEXT) - instant(text)) / timedelta(days=1)
    return next((str(last) for last in (1, 7, 30, 90, 180, 365) if days <= last), "older")


def before_anchor(days: float, milliseconds: int = 0) -> str:
    """The instant so long before the anchor."""
    moment = instant(ANCHOR_TEXT) - timedelta(days=days, milliseconds=milliseconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


# What each named case must show, in one expression over its contacts.
SHOWS: dict[str, Any] = {
    "documents_example": lambda one: (
        (one["id"], one["phone"], one["active_ticket_v2"]["current_stage_id"])
        == ("df980fc8-b6db-4820-bf22-2969482d106d", "+56912345678", "123e4567-e89b-12d3-a456-426614174000")
    ),
    "pages_example": lambda one: (
        (one["id"], one["email"], one["active_ticket_v2"])
        == (
            "880e8400-e29b-41d4-a716-446655440003",
            None,
            {"id": "dd0e8400-e29b-41d4-a716-446655440008", "current_stage_id": None},
        )
    ),
    "null_phone": lambda one: one["phone"] is None,
    "null_email": lambda one: one["email"] is None,
    "null_customer": lambda one: one["ai_customer_id"] is None,
    "null_default_stage": lambda one: one["default_stage_id"] is None,
    "null_ticket": lambda one: one["active_ticket_v2"] is None,
    "null_stage": lambda one: one["active_ticket_v2"]["current_stage_id"] is None,
    "never_messaged": lambda one: one["last_message_at"] is None,
    "all_nulls": lambda one: (
        [key for key, value in one.items() if value is None]
        == ["phone", "email", "last_message_at", "ai_customer_id", "default_stage_id", "active_ticket_v2"]
    ),
    "blocked": lambda one: one["blocked"],
    "unread": lambda one: (one["chat_status"], one["is_chat_read"]) == ("UNATTENDED", False),
    "closed": lambda one: one["chat_status"] == "CLOSED",
    "days_30_edge": lambda one: one["last_message_at"] == before_anchor(30),
    "days_30_beyond": lambda one: one["last_message_at"] == before_anchor(30, 1),
    "days_1_edge": lambda one: one["last_message_at"] == before_anchor(1),
    "days_365_edge": lambda one: one["last_message_at"] == before_anchor(365),
    "days_365_beyond": lambda one: one["last_message_at"] == before_anchor(365, 1),
    "this_very_moment": lambda one: one["last_message_at"] == ANCHOR_TEXT,
    "tie_created_at": lambda *all_: _distinct(all_) == {"created_at": 1, "updated_at": 3, "last_message_at": 3},
    "tie_updated_at": lambda *all_: _distinct(all_) == {"created_at": 3, "updated_at": 1, "last_message_at": 3},
    "tie_last_message_at": lambda *all_: _distinct(all_) == {"created_at": 3, "updated_at": 3, "last_message_at": 1},
    "tie_all": lambda *all_: _distinct(all_) == {"created_at": 1, "updated_at": 1, "last_message_at": 1},
    "cursor_neighbours": lambda *all_: (
        [one["updated_at"] for one in all_] == [before_anchor(8, 1), before_anchor(8), before_anchor(8, -1)]
    ),
    "old_and_quiet": lambda one: one["created_at"] == one["last_message_at"] == one["updated_at"],
    "one_customer": lambda *all_: (
        len({one["ai_customer_id"] for one in all_}) == 1 and len({one["platform"] for one in all_}) == 3
    ),
    "every_platform": lambda *all_: len({one["platform"] for one in all_}) == 9,
    "other_stage": lambda one: one["default_stage_id"] != one["active_ticket_v2"]["current_stage_id"] is not None,
    "accents": lambda one: one["name"] == "Íñigo Núñez Güemes",
    "tildes": lambda one: {"ã", "ç"} < set(one["name"]),
    "decomposed": lambda one: unicodedata.normalize("NFC", one["name"]) == "José Núñez" != one["name"],
    "emoji": lambda one: "🌸" in one["name"] and "\u200d" in one["name"],
    "beyond_the_bmp": lambda one: ord(max(one["name"])) > 0xFFFF,
    "right_to_left": lambda one: unicodedata.bidirectional(one["name"][0]) == "AL",
    "mixed_direction": lambda one: {"R", "L"} <= {unicodedata.bidirectional(letter) for letter in one["name"]},
    "quotes": lambda one: {'"', "\\", "'"} <= set(one["name"]),
    "control_characters": lambda one: {"\t", "\n", "\x1b"} <= set(one["name"]),
    "markup": lambda one: "<script>" in one["name"],
    "formula": lambda one: one["name"][0] == "=" and "," in one["name"],
    "surrounding_spaces": lambda one: one["name"] != one["name"].strip() and "  " in one["name"].strip(),
    "one_letter": lambda one: len(one["name"]) == 1,
    "empty_name": lambda one: one["name"] == "",
    "long_name": lambda one: len(one["name"]) == 200,
    "bare_digits": lambda one: one["phone"].isdecimal(),
    "plus_address": lambda one: "+" in one["email"],
    "upper_case_address": lambda one: one["email"].isupper(),
    "example_status": lambda one: (
        (_value(one, "customer", "status"), _value(one, "ticket", "status")) == ("Active", "Inactive")
    ),
    "zero_and_false": lambda one: (_value(one, "customer", "visits"), _value(one, "ticket", "escalated")) == (0, False),
    "odd_numbers": lambda one: _value(one, "customer", "visits") < 0 < _value(one, "ticket", "amount") % 1,
    "leap_day": lambda one: _value(one, "ticket", "due_date") == "2024-02-29",
    "odd_text": lambda one: {'"', ","} <= set(_value(one, "customer", "region")),
    "no_custom_values": lambda one: (
        one["custom_fields"] == {"customer": {}, "ticket": {}}
        and one["ai_customer_id"] is not None is not one["active_ticket_v2"]
    ),
}


def _value(contact: Contact, entity: str, key: str) -> Any:
    return contact["custom_fields"][entity][key]


def _distinct(contacts: tuple[Contact, ...]) -> dict[str, int]:
    names = ("created_at", "updated_at", "last_message_at")
    return {name: len({contact[name] for contact in contacts}) for name in names}


class TestEdgeCases:
    """Each named case is in the default set and shows what its name says."""

    @pytest.mark.parametrize("name", [case.name for case in EDGE_CASES])
    def test_the_case_shows_what_it_says(self, name: str, case_contacts: dict[str, list[Contact]]) -> None:
        """The contacts of the case have the one property that it is named after."""
        assert SHOWS[name](*case_contacts[name])

    def test_every_case_is_in_the_default_set(
        self, default: dict[str, Any], case_contacts: dict[str, list[Contact]]
    ) -> None:
        """The committed default and edge-case sets begin with all of them."""
        edge_cases = json.loads((ROOT / "fixtures" / "edge-cases.json").read_text("utf-8"))["contacts"]
        assert [contact for contacts in case_contacts.values() for contact in contacts] == edge_cases
        assert default["contacts"][: len(edge_cases)] == edge_cases

    def test_names_are_unique_and_described(self) -> None:
        """A name finds one case, and each has a description that is a sentence."""
        assert len({case.name for case in EDGE_CASES}) == len(EDGE_CASES)
        assert all(case.description.endswith(".") for case in EDGE_CASES)

    def test_the_document_keeps_its_distances(self, case_contacts: dict[str, list[Contact]]) -> None:
        """The example's instants are as far from each other as in the vendor's document (`set-example-contact`)."""
        (contact,) = case_contacts["documents_example"]
        example = {
            "last_message_at": "2024-09-30T10:00:00.000Z",
            "created_at": "2024-01-15T10:00:00.000Z",
            "updated_at": "2024-01-16T09:30:00.000Z",
        }
        moved = {instant(contact[name]) - instant(text) for name, text in example.items()}
        assert len(moved) == 1
        assert contact["name"] == "John Doe"
        assert contact["email"] == "john@example.com"
        assert contact["client_id"] == "123e4567-e89b-12d3-a456-426614174000"

    def test_one_key_has_two_types(self) -> None:
        """In the edge-case set, `score` is a number on the customer and a text on the ticket."""
        made = json.loads((ROOT / "fixtures" / "edge-cases.json").read_text("utf-8"))
        found = {
            (entity, one["type"])
            for one in made["custom_fields"]
            if one["key"] == "score"
            for entity in one["entities"]
        }
        assert found == {("customer", "number"), ("ticket", "text")}


class TestFixtureSets:
    """The committed sets."""

    def test_every_window_has_some_contacts_and_some_are_older(self, default: dict[str, Any]) -> None:
        """Each of the usual windows finds more contacts than the smaller one, and none finds all."""
        ages = [_bucket(one["last_message_at"]) for one in default["contacts"] if one["last_message_at"]]
        assert set(ages) == {"1", "7", "30", "90", "180", "365", "older"}
        assert min(Counter(ages).values()) >= 20

    @pytest.mark.parametrize(("name", "count"), [("default", 1000), ("tiny", 12), ("edge-cases", 71), ("empty", 0)])
    def test_a_set_loads_and_a_contact_is_a_line(self, name: str, count: int) -> None:
        """The server takes the file, and each contact has a line of its own."""
        text = (ROOT / "fixtures" / f"{name}.json").read_text("utf-8")
        made = json.loads(text)
        assert len(from_document(made)) == len(made["contacts"]) == count
        assert len([line for line in text.splitlines() if line.startswith('{"id":')]) == count

    def test_the_guide_tells_the_tiny_contacts(self) -> None:
        """docs/generator.md has a row for each contact of the tiny set, in its order, under its name."""
        rows = re.findall(
            r"^\| (\d+) \| (.+?) \| .+ \|$", (ROOT / "docs" / "generator.md").read_text("utf-8"), re.MULTILINE
        )
        contacts = json.loads((ROOT / "fixtures" / "tiny.json").read_text("utf-8"))["contacts"]
        assert rows == [(str(number), contact["name"]) for number, contact in enumerate(contacts, 1)]

    def test_build_hands_a_data_set_to_the_server(self) -> None:
        """`build` is `document`, loaded."""
        assert len(generator.build(1, 100, ANCHOR)) == 100
