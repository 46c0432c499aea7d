"""What the judge writes: complete, readable, and without anything personal, whatever happens."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from commands import Done, vambe
from effort import everything
from judge_targets import KEY, Reply, answer, listening
from servers import Server, program, serving
from vambe_judge import accepted
from vambe_judge.asking import contacts as seen
from vambe_judge.asking.client import Sent
from vambe_judge.asking.options import Options, custom_field, pipeline
from vambe_judge.asking.problems import JudgeError
from vambe_judge.judging import rules
from vambe_judge.judging.verdicts import Finding, Grade, Outcome, Verdict
from vambe_judge.reports import annotations, page, terminal
from vambe_judge.reports.report import Report
from vambe_judge.reports.terminal import lines_of

PLANTED = ("Quillwyn Zebrasky", "+99900717171", "quillwyn@planted.example", "Xyloph-Value-9")
STAGE = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
ROOT = Path(__file__).parents[2]


def contacts(count: int = 30) -> list[dict[str, Any]]:
    """Contacts with recognisable names, phones and addresses, a day apart."""
    now = datetime.now(UTC)

    def instant(days: float) -> str:
        return (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.123Z")

    return [
        {
            "id": f"df980fc8-b6db-4820-bf22-2969482d1{number:03d}",
            "name": PLANTED[0],
            "phone": PLANTED[1],
            "email": PLANTED[2],
            "platform": "whatsapp",
            "last_message_at": instant(number + 0.4),
            "chat_status": "CLOSED",
            "created_at": instant(number + 3.2),
            "updated_at": instant(number + 0.3),
            "client_id": "123e4567-e89b-42d3-a456-426614174000",
            "ai_customer_id": None,
            "default_stage_id": None,
            "blocked": False,
            "is_chat_read": True,
            "active_ticket_v2": None,
        }
        for number in range(count)
    ]


def faulty(_path: str, query: dict[str, str], headers: dict[str, str]) -> Reply:
    """A server that gets nearly everything wrong and puts personal data wherever it can."""
    if headers.get("x-api-key") != KEY:
        return answer(401, {"statusCode": PLANTED[0], "message": PLANTED[2], PLANTED[1]: PLANTED[0]})
    rows = contacts()[: int(query["limit"]) if query.get("limit", "x").isdecimal() else None]
    for row in rows[1:]:
        row.update(
            {"platform": PLANTED[0], "chat_status": None, PLANTED[2]: 1, "blocked": PLANTED[1], "id": PLANTED[2]}
        )
        row["active_ticket_v2"] = {PLANTED[0]: PLANTED[1]}
    if query.get("custom_field_value"):
        return 400, {"content-type": PLANTED[0], "location": PLANTED[2]}, PLANTED[0].encode()
    return answer(200, rows)


CHECK = ("-m", "vambe_mock", "check")


def run(folder: Path, *command: str, **environment: str) -> Done:
    """A command in *folder*, with what a person might have set to see more; ``check`` itself in this process."""
    given = {"VAMBE_API_KEY": KEY, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment}
    if command[:3] == CHECK:
        with chdir(folder), patch.dict(os.environ, given):
            return vambe(*command[2:])
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        stdin=subprocess.DEVNULL,
    )
    return Done(done.returncode, done.stdout, done.stderr)


REPORTS = ("--junit", "r.xml", "--json", "r.json", "--html", "r.html", "--custom-field", f"customer.plan={PLANTED[3]}")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with 150 contacts, which is judged in a quarter of the time of the default one."""
    with serving(tmp_path_factory.mktemp("small"), "--contacts", "150", "--seed", "5") as running:
        yield running


class Ran(NamedTuple):
    """A run that several tests look at."""

    done: Done
    folder: Path


@pytest.fixture(scope="module")
def passing(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A run before the default server, with all reports."""
    folder = tmp_path_factory.mktemp("passing")
    options = ("--target", server.url, "--generated", "10", "--api-key-env", "OTHER", *REPORTS[:6])
    done = run(folder, *CHECK, *options, OTHER=server.api_key)
    return Ran(done, folder)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, list[object]]:
    """A plan without a key, with all reports asked for where there is one already; and what its target was asked."""
    folder = tmp_path_factory.mktemp("plan")
    (folder / "r.xml").write_text("the last one", encoding="utf-8")
    asked: list[object] = []

    def hearing(*request: object) -> Reply:
        asked.append(request)
        return answer(200, [])

    with listening(hearing) as url:
        options = ("--target", url, "--generated", "7", "--api-key-env", "OTHER", *REPORTS[:6])
        done = run(folder, *CHECK, "--plan", *options, VAMBE_API_KEY="")
    return Ran(done, folder), asked


def written(folder: Path, *texts: str) -> Iterator[tuple[str, str]]:
    """Every file below *folder* and every text given, by name."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes().decode("utf-8", "replace")
    for number, text in enumerate(texts):
        yield f"output {number}", text


def personal(folder: Path, *texts: str) -> list[tuple[str, str]]:
    """Where a planted value, or the key, is found."""
    return [(name, one) for name, text in written(folder, *texts) for one in (*PLANTED, KEY) if one in text]


def test_failing_run_writes_nothing_personal(tmp_path: Path) -> None:
    """A target that puts personal data into every field leaves none in reports, output or annotations."""
    with listening(faulty) as url:
        done = run(
            tmp_path,
            "-m",
            "vambe_mock",
            "check",
            "--target",
            url,
            "--generated",
            "6",
            *REPORTS,
            GITHUB_ACTIONS="true",
            GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
            PYTEST_ADDOPTS="-vv --showlocals --tb=long",
        )
    assert done.code == 1, done.err
    assert "::error title=" in done.out
    assert personal(tmp_path, done.out, done.err) == []
    assert {path.name for path in tmp_path.iterdir()} == {"r.xml", "r.json", "r.html", "summary.md"}


def test_pytest_run_writes_nothing_personal(tmp_path: Path) -> None:
    """Nor does pytest, asked for all it can tell: locals, long tracebacks, captured logs, its own JUnit file.

    A few rules of each kind that fail are enough for that; ``THOROUGH`` has all of them.
    """
    some = () if everything() else ("-k", "days_range or days_window or contact_fields or custom_field or platforms")
    with listening(faulty) as url:
        done = run(
            tmp_path,
            *("-m", "pytest", str(ROOT / "contract_tests" / "test_rules.py"), "--target", url),
            *("-vv", "--showlocals", "--tb=long", "--junitxml=p.xml", "-p", "no:randomly", *some),
            *("--custom-field", f"customer.plan={PLANTED[3]}"),
        )
    assert done.code == 1, done.out
    assert "days-range" in done.out
    assert personal(tmp_path, done.out, done.err) == []


def breaking_off(_path: str, query: dict[str, str], _headers: dict[str, str]) -> Reply:
    """A server whose answers break off, but for the first question's."""
    status, headers, body = answer(200, [])
    return status, headers if query.get("limit") == "1000" else {"content-length": "9999", **headers}, body


def test_answer_that_breaks_off_can_be_asked_for_again(tmp_path: Path) -> None:
    """Each violation has its curl line, an answer that never came whole among them; it is told once a case."""
    with listening(breaking_off) as url:
        done = run(tmp_path, "-m", "vambe_mock", "check", "--target", url, "--generated", "4", "--json", "r.json")
    assert done.code == 1, done.err
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    broken = [
        (rule["rule"], case["case"], case["curl"])
        for rule in report["rules"]
        for case in rule["cases"]
        if "broke off" in case["came"]
    ]
    assert {"days-range", "generated"} <= {rule for rule, _, _ in broken}
    assert len({(rule, case) for rule, case, _ in broken}) == len(broken)
    assert [one for one in broken if f'"{url}/' not in one[2]] == []


@pytest.mark.parametrize("first", [True, False])
def test_crashing_run_writes_nothing_personal(tmp_path: Path, first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the judge itself stumbles over a contact, type and place of the error are told, and its text is not."""
    plain = seen.faults_of

    def stumbling(item: dict[str, Any]) -> Any:
        if first or item["id"].endswith("003"):
            raise ValueError(repr(item))
        return plain(item)

    monkeypatch.setattr(seen, "faults_of", stumbling)
    with listening(lambda *_: answer(200, contacts())) as url:
        done = run(tmp_path, *CHECK, "--target", url, "--generated", "5", *REPORTS)
    assert done.code == 2 if first else done.code in (1, 2)
    assert "internal error in the judge: ValueError" in done.out + done.err
    assert "Traceback" not in done.out + done.err
    assert personal(tmp_path, done.out, done.err) == []


def test_passing_run_writes_every_report(server: Server, passing: Ran) -> None:
    """JUnit has a case for each rule, JSON every request, the page everything without another host."""
    done, folder = passing
    assert done.code == 0, done.out + done.err
    report = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    suite = ET.parse(folder / "r.xml").getroot()[0]  # noqa: S314 - we wrote it
    page = (folder / "r.html").read_text(encoding="utf-8")
    slugs = [rule["rule"] for rule in report["rules"]]
    assert "generated" in slugs
    assert [case.get("name") for case in suite.iter("testcase")] == slugs
    assert suite.get("failures") == "0"
    assert report["requests"]["methods"] == {"GET": len(report["sent"])}
    assert all(f"<code>{slug}</code>" in page for slug in slugs)
    assert "src=" not in page
    assert "<script" not in page
    for contact in server.get("days=365").json():
        for name in ("name", "phone", "email"):
            value = contact[name] or ""
            assert len(value) < 6 or value not in page + done.out, name


WITHOUT_PYTEST = """
import sys
sys.modules["pytest"] = sys.modules["_pytest"] = None  # any import of them is an ImportError
from vambe_mock.cli import main as cli
sys.argv[1:] = ["check", "--generated", "4", "--target", "{url}", "--json", "r.json"]
cli.main()
"""


def test_check_needs_no_pytest(small: Server, tmp_path: Path) -> None:
    """Rules and generated requests are heard where pytest cannot be imported, and no file is left but the report."""
    done = run(tmp_path, "-c", WITHOUT_PYTEST.format(url=small.url), VAMBE_API_KEY=small.api_key)
    assert (done.code, done.err) == (0, "")
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert [rule["rule"] for rule in report["rules"]][-1] == "generated"
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]


def flat(contact: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The fields of a contact, those of its ticket by their whole name."""
    for name, value in contact.items():
        if isinstance(value, dict):
            yield from flat(value, f"{name}.")
        else:
            yield prefix + name, value


PLANNED = re.compile(r"(?P<rule>\S+(?: \S+)?) +(?P<case>\S.*?) +GET (?P<target>\S.*?)  (?P<headers>.+)")
MOVING = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[0-9:.]|%3A)+|(?<=days=)[0-9]+\.[0-9]+|[0-9a-f]{8}-[0-9a-f-]{27}|(?<=offset=)[0-9]{1,3}(?!.)"
    r"|(?<=days=)[0-9]+(?=&(?:created_after|updated_after|limit=1000))"  # depends on the contacts' age
)
CHOSEN = ("timestamp-syntax", "filters-combine")
"""Rules whose parameters, or their spellings, are chosen by what the data can show."""
OWN = "0d3e2a9c-6a1f-4f0e-8c6a-3b1f2e4d5c6b"


def planned(folder: Path, *options: str) -> list[dict[str, str]]:
    """The lines of a plan but its last, taken apart."""
    return lines_of_plan(run(folder, *CHECK, "--plan", *options, VAMBE_API_KEY=""))


def lines_of_plan(done: Done) -> list[dict[str, str]]:
    """The same of a plan that was made."""
    assert done.code == 0, done.err
    *lines, last = done.out.splitlines()
    assert last.startswith(f"{len(lines)} requests, all GET; none was sent")
    found = [PLANNED.fullmatch(line) for line in lines]
    assert None not in found
    return [one.groupdict() for one in found if one]


def test_plan_sends_nothing(plan: tuple[Ran, list[object]]) -> None:
    """A plan lists every request and sends none, needs no key, and leaves the target's address alone."""
    (done, _), asked = plan
    lines = lines_of_plan(done)
    assert asked == []
    assert sum(one["rule"] == "generated" for one in lines) == 7 + 3
    assert len(lines) > 110
    assert all(one["target"].lower().startswith("/api/public/") for one in lines)


def test_plan_tells_rule_case_and_headers(plan: tuple[Ran, list[object]]) -> None:
    """Each line has the rule, the case and the headers, with the variable that was named in the key's place."""
    told = [(one["rule"], one["case"], one["headers"]) for one in lines_of_plan(plan[0].done)]
    assert ("api-key-required", "no key", "no x-api-key") in told
    assert ("api-key-required", "the key twice", "x-api-key: ${OTHER}, x-api-key: ${OTHER}") in told
    assert ("days-range", "malformed values together, from days=366", "x-api-key: ${OTHER}") in told
    assert ("paging", "days: first page", "x-api-key: ${OTHER}") in told


def test_plan_keeps_to_the_budget(tmp_path: Path) -> None:
    """A plan ends where the run would, because its requests are spent."""
    some = planned(tmp_path, "--target", "http://127.0.0.1:9", "--generated", "0", "--max-requests", "9")
    assert len(some) == 9


SOON = ("--generated", "0", "--max-requests", "9")
"""Options of a run that ends soon, for tests of its last lines."""


@pytest.mark.parametrize("options", [SOON, (*SOON, "--plan")], ids=["judged", "plan"])
def test_output_that_finds_no_room(small: Server, tmp_path: Path, options: tuple[str, ...]) -> None:
    """A full standard output is one line on standard error, and exit code 2."""
    command = [sys.executable, *CHECK, "--target", small.url, *options]
    environment = {**os.environ, "VAMBE_API_KEY": small.api_key, "PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path, env=environment
        )
    assert done.returncode == 2
    assert done.stderr == "vambe-mock: standard output: no space left on device; wanted a place that can be written\n"


def test_output_that_nobody_reads(small: Server, tmp_path: Path) -> None:
    """A reader that goes away is no violation of the target: exit code 141, as in a shell."""
    command = [sys.executable, *CHECK, "--target", small.url, *SOON]
    environment = {**os.environ, "VAMBE_API_KEY": small.api_key}
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command, stdout=writer, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path, env=environment
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_plan_has_what_a_run_asks(passing: Ran, plan: tuple[Ran, list[object]]) -> None:
    """Before the mock itself, whose data a plan is made with, a run asks nothing that its plan does not tell.

    Of the rules that choose their requests by the data, it tells about how many there are, and of which parameters.
    """
    assert passing.done.code == 0, passing.done.err
    told_before(passing.folder, lines_of_plan(plan[0].done))


def test_plan_has_what_is_described(server: Server, tmp_path: Path) -> None:
    """So it is with a pipeline and custom fields that the target does not have."""
    described = (
        "--pipeline",
        f"{OWN}={OWN}",
        "--custom-field",
        "ticket.plan=gold",
        "--custom-field",
        "ticket.plan=tin",
    )
    options = ("--target", server.url, "--generated", "0", *described)
    done = run(tmp_path, *CHECK, *options, "--json", "r.json", VAMBE_API_KEY=server.api_key)
    assert done.code in (0, 1), done.err
    told_before(tmp_path, planned(tmp_path, *options))


def told_before(folder: Path, lines: list[dict[str, str]]) -> None:
    """Whether the lines of a plan have the requests of the run that wrote its report into *folder*."""
    sent = json.loads((folder / "r.json").read_text(encoding="utf-8"))["sent"]
    own = (*CHOSEN, "generated")
    asked, told = ({MOVING.sub("…", one["target"]) for one in some if one["rule"] not in own} for some in (sent, lines))
    assert asked - told == set()
    for rule in CHOSEN:
        mine, planned_for = ([one["target"] for one in some if one["rule"] == rule] for some in (sent, lines))
        assert 0 < len(mine) <= len(planned_for) + 6
        assert set() < parameters(mine) <= parameters(planned_for)


def parameters(targets: list[str]) -> set[str]:
    """The names of all parameters in *targets*."""
    return {name for target in targets for name, _ in parse_qsl(urlsplit(target).query)}


@pytest.mark.parametrize(
    "more",
    [
        pytest.param((), id="refused connection"),
        pytest.param(("--compare", "http://127.0.0.1:9"), id="compared"),
    ],
)
def test_run_without_a_report_leaves_every_file_alone(tmp_path: Path, more: tuple[str, ...]) -> None:
    """Where nothing can be judged, no report is made, and the one of the last run stays as it is."""
    (tmp_path / "r.xml").write_text("the last one", encoding="utf-8")
    done = run(tmp_path, *CHECK, "--target", "http://127.0.0.1:9", "--generated", "0", *more, *REPORTS)
    assert done.code == 2, done.err
    assert [path.name for path in tmp_path.iterdir()] == ["r.xml"]
    assert (tmp_path / "r.xml").read_text(encoding="utf-8") == "the last one"


def test_plan_leaves_every_file_alone(plan: tuple[Ran, list[object]]) -> None:
    """A plan makes no report, and the one of the last run stays as it is."""
    (done, folder), _ = plan
    assert done.code == 0, done.err
    assert [path.name for path in folder.iterdir()] == ["r.xml"]
    assert (folder / "r.xml").read_text(encoding="utf-8") == "the last one"


def test_report_that_finds_no_room(small: Server, tmp_path: Path) -> None:
    """A place that takes nothing after all is one line on standard error, under the table; the exit code is 2."""
    done = run(
        tmp_path, *CHECK, "--target", small.url, "--generated", "0", "--json", "/dev/full",
        VAMBE_API_KEY=small.api_key,
    )  # fmt: skip
    assert (done.code, "days-range" in done.out) == (2, True)
    assert done.err == "vambe-mock: /dev/full: no space left on device; the report is not whole\n"


def test_docs_say_which_data_of_the_target_reports_hold(small: Server, tmp_path: Path) -> None:
    """Of the target's contacts, reports hold values of those fields that docs/judge.md names, and of no others."""
    text = " ".join((ROOT / "docs" / "judge.md").read_text(encoding="utf-8").split())
    sentence = re.search(r"contain values of these fields: ([^;]+);", text)
    assert sentence is not None
    named = set(re.findall(r"`([\w.]+)`", sentence[1]))
    done = run(
        tmp_path, *CHECK, "--target", small.url, "--generated", "0", "--like-mock", *REPORTS[:6],
        VAMBE_API_KEY=small.api_key,
    )  # fmt: skip
    assert done.code == 0, done.out
    # The decisions at the page's end are no data of the target, but the ledger's own words.
    reports = "".join(text.partition("<h2>Decisions</h2>")[0] for _, text in written(tmp_path, done.out))
    values: dict[str, set[str]] = {}
    for contact in small.get("updated_after=1970-01-01T00:00:00Z").json():
        for name, value in flat(contact):
            values.setdefault(name, set()).update([f"{value}"] if len(f"{value}") > 10 else [])
    found = {value for each in values.values() for value in each if value in reports}
    assert found - set().union(*(values[name] for name in named)) == set()
    assert [name for name in named if not values[name] & found] == []


def test_comparison_tells_rule_and_respect(small: Server, tmp_path: Path) -> None:
    """A server that refuses nothing differs from the mock by rule, in status; the first one's reports say so, too."""
    with listening(faulty) as url:
        done = run(
            tmp_path, *CHECK, "--target", small.url, "--compare", url,
            "--compare-key-env", "OTHER_KEY", *REPORTS[:6], VAMBE_API_KEY=small.api_key, OTHER_KEY=KEY,
        )  # fmt: skip
    assert done.code == 1, done.err
    assert "days-range" in done.out
    assert "status" in done.out
    notes = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["notes"]
    assert f"{url} differs in days-range, status: here 400, there 200" in notes
    assert personal(tmp_path, done.out, done.err) == []


def entry(**other: str) -> str:
    """An accepted deviation as TOML, with some values *other* than good ones."""
    good = {"rule": '"days-range"', "case": '"366"', "reason": '"r"', "expires": "2030-01-31"}
    return "".join(["[[deviation]]\n", *(f"{name} = {value}\n" for name, value in {**good, **other}.items())])


def _outcome() -> Outcome:
    bad = [Finding(case, Verdict.VIOLATES, "documented", wanted="400", came="200") for case in ("0", "366")]
    return Outcome("days-range", "documented", "…", bad)


def test_accepted_deviation_hides_no_other(tmp_path: Path) -> None:
    """An entry accepts its own case of its own rule until its day is over; the next case of the rule still fails."""
    path = tmp_path / "known.toml"
    path.write_text(entry(), encoding="utf-8")
    deviations = accepted.read(path)
    outcome = _outcome()
    assert accepted.accept({"days-range": outcome}, deviations, datetime(2030, 1, 31, tzinfo=UTC).date()) == []
    assert [finding.verdict for finding in outcome.findings] == [Verdict.VIOLATES, Verdict.ACCEPTED]
    assert outcome.verdict == Verdict.VIOLATES
    late = _outcome()
    told = accepted.accept({"days-range": late}, deviations, datetime(2030, 2, 1, tzinfo=UTC).date())
    assert (late.having(Verdict.ACCEPTED), "expired on 2030-01-31" in told[0]) == ([], True)


def test_accepted_deviation_is_told_with_its_reason(tmp_path: Path) -> None:
    """Terminal, JUnit and page say why a deviation is accepted, and until when."""
    path = tmp_path / "known.toml"
    path.write_text(entry(reason='"the vendor knows"'), encoding="utf-8")
    outcome = _outcome()
    accepted.accept({"days-range": outcome}, accepted.read(path), datetime(2030, 1, 31, tzinfo=UTC).date())
    told = [*lines_of(outcome, outcome.findings), page.html(Report("http://x", "now", 0.0, [outcome], []))]
    assert ["the vendor knows (until 2030-01-31)" in one for one in told].count(True) == 2


def bad_report(grade: Grade = "documented") -> Report:
    """A report whose only broken case has a grade of its own, among what conforms."""
    good = Outcome("days-range", "documented", "…", [Finding("1", Verdict.CONFORMS, "documented", "fine")])
    curl = f'curl "http://x/{"a" * 300}"'
    bad = Finding("nobody", Verdict.VIOLATES, grade, wanted="nobody", came="3 contacts", curl=curl)
    fine = Finding("other", Verdict.CONFORMS, "assumed", "fine")
    sent = [Sent("GET", f"/api/public/contacts?{'b' * 300}", ("x-api-key: ${K}",), "days-range", "1", 200, 0.3, 9)]
    return Report(
        "http://x", "now", 0.0, [good, Outcome("unknown-stage-or-pipeline", "assumed", "…", [fine, bad])], sent
    )


def test_grade_and_verdict_are_of_one_case() -> None:
    """Every report shows beside a verdict the grade of the case that it tells, not that of the rule as a whole."""
    report = bad_report()
    said = StringIO()
    terminal.show(report, Console(file=said, width=200))
    row = next(line for line in said.getvalue().splitlines() if line.startswith("unknown-stage-or-pipeline "))
    told = [row, *annotations.lines(report), annotations.markdown(report).splitlines()[-1]]
    told.append(json.dumps(report.to_json()["rules"][1] | {"cases": []}))
    assert [("documented" in one, "assumed" in one) for one in told] == [(True, False)] * 4


def test_page_opens_with_the_failures() -> None:
    """What failed, with its request, stands before the table of rules, and each rule leads to its decision."""
    text = page.html(bad_report())
    assert text.index("3 contacts") < text.index("<h2>Rules</h2>")
    assert "--differs" in text
    assert "prefers-color-scheme: dark" in text
    links = set(re.findall(r'href="#([^"]+)"', text))
    assert links == {"decision-days-range", "decision-unknown-stage-or-pipeline"}
    assert links == set(re.findall(r'id="([^"]+)"', text))
    assert page.html(replace(bad_report(), strict=True)).count("<h2>Not shown by the data</h2>") == 0


def test_strict_page_opens_with_what_the_data_cannot_show() -> None:
    """With --strict, what the data cannot show is a failure as well, and says which data could."""
    lacking = Outcome(
        "paging", "documented", "…", [Finding("page", Verdict.INCONCLUSIVE, "documented", "two contacts")]
    )
    report = Report("http://x", "now", 0.0, [lacking], [], strict=True)
    before, _, after = page.html(report).partition("<h2>Rules</h2>")
    assert ("two contacts" in before, "needed" in before, "paging" in after) == (True, True, True)


@pytest.mark.browser
def test_page_fits_a_phone(tmp_path: Path) -> None:
    """At a width of 390 pixels nothing is wider than the page, however long a request is."""
    from playwright.sync_api import sync_playwright

    (tmp_path / "r.html").write_text(page.html(bad_report()), encoding="utf-8")
    chromium = program("CHROMIUM", "/usr/bin/chromium", "install Debian's chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        shown = browser.new_page(viewport={"width": 390, "height": 800})
        shown.goto((tmp_path / "r.html").as_uri())
        shown.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
        assert shown.evaluate("document.documentElement.scrollWidth") == 390
        browser.close()


def test_page_shows_markup_as_text() -> None:
    """Whatever a target's answers put into a report, the page shows it as text."""
    bad = Finding("<b>case</b>", Verdict.VIOLATES, "documented", wanted="400", came="<script>", curl='curl "&<i>"')
    text = page.html(Report("http://x", "now", 0.0, [Outcome("days-range", "documented", "…", [bad])], []))
    assert [one for one in ("<b>case", "<script>", "<i>") if one in text] == []
    assert "&lt;b&gt;case&lt;/b&gt;" in text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "wanted [[deviation]] entries"),
        ('[[deviation]]\nrule = "days-range"\n', "lacks case, reason, expires"),
        (entry(expires='"soon"'), "has an expires that is not a date; wanted e.g. expires = 2026-12-31"),
        (entry() + "x = 1\n", "has x"),
        (
            entry(rule='"day-range"'),
            'has the unknown rule "day-range"; wanted one that a report names; did you mean "days-range"?',
        ),
        (entry(rule='"zzz"'), "wanted one that a report names, e.g. "),
        (
            entry().replace("reason", "resaon"),
            'lacks reason; wanted rule, case, reason, expires; did you mean "reason"?',
        ),
        (entry().replace("[[deviation]]", "[[deviations]]"), 'did you mean "deviation"?'),
        (entry(rule='""'), "has a rule that is blank"),
        (entry(reason='" "'), 'has a reason that is blank; wanted e.g. reason = "the vendor is told'),
        (entry(reason="true"), "has a reason that is not text"),
        (entry(case="366"), 'has a case that is not text; wanted e.g. case = "366"'),
        ("[[", "is not TOML"),
    ],
)
def test_known_file_that_is_not_understood(tmp_path: Path, text: str, word: str) -> None:
    """One line tells what is missing; a rule without a case is not accepted."""
    path = tmp_path / "known.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(JudgeError, match=re.escape(word)) as told:
        accepted.read(path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("rule", [*(one.__name__ for one in rules.RULES), "test_generated"])
def test_known_file_may_name_each_rule(tmp_path: Path, rule: str) -> None:
    """Every rule of a report can have an accepted deviation, the generated requests among them."""
    path = tmp_path / "known.toml"
    slug = rule.removeprefix("test_").replace("_", "-")
    path.write_text(entry(rule=f'"{slug}"'), encoding="utf-8")
    assert [one.rule for one in accepted.read(path)] == [slug]


def test_what_is_said_of_a_target(tmp_path: Path) -> None:
    """Pipelines and custom fields come from flags and from a file, and add up."""
    path = tmp_path / "about.toml"
    path.write_text(f'[pipelines]\n"{STAGE}" = ["{STAGE}"]\n[custom_fields]\n"customer.plan" = ["gold", "tin"]\n')
    options = Options().with_target_data([], ["ticket.age=20"], path)
    assert options.pipelines == {STAGE: (STAGE,)}
    assert [tuple(one) for one in options.custom_fields] == [
        ("customer", "plan", "gold"),
        ("customer", "plan", "tin"),
        ("ticket", "age", "20"),
    ]
    assert not options.blocked
    path.write_text("[contacts]\nblocked = true\n")
    assert Options().with_target_data([], [], path).blocked


@pytest.mark.parametrize("text", ['blocked = "yes"', "hidden = true"])
def test_contacts_that_are_described_in_other_words_are_refused(tmp_path: Path, text: str) -> None:
    """``[contacts]`` has one word, which is true or false."""
    path = tmp_path / "about.toml"
    path.write_text(f"[contacts]\n{text}\n")
    with pytest.raises(JudgeError, match="wanted blocked = true"):
        Options().with_target_data([], [], path)


@pytest.mark.parametrize(
    "text", ["x=y", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "=", "7c9e6679-7425-40de-944b-e07fc1f90ae7="]
)
def test_pipeline_that_is_not_understood(text: str) -> None:
    """A pipeline without stages, or with ids that are none, is refused."""
    with pytest.raises(JudgeError, match="wanted ID=STAGE,STAGE"):
        pipeline(text)


def test_custom_field_is_refused_without_its_value() -> None:
    """A custom field that is not understood is told without its value, which may be personal."""
    with pytest.raises(JudgeError) as told:
        custom_field(f"contact.plan={PLANTED[3]}")
    assert PLANTED[3] not in str(told.value)
