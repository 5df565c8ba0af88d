"""Settings fail fast with an instruction, and are strict where nobody said otherwise."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parent.parent.parent
COMPLETE = {
    "NM_SECRET_KEY": "k" * 50,
    "NM_DATABASE_HOST": "db",
    "NM_DATABASE_PASSWORD_WEB": "p",
    "NM_REDIS_URL": "redis://valkey",
    "NM_MAIL_HOST": "mail",
    "NM_UPLOADS": "/uploads",
    "NM_VAULT_KEYS": f"1:{b64encode(bytes(range(32))).decode()}",
    "NM_INDEX_KEYS": f"1:{b64encode(bytes(range(1, 33))).decode()}",
}


def run(given: dict[str, str], expression: str = "1") -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of its own and print an expression of `s` as JSON."""
    code = f"import json; from nyemonstre import settings as s; print(json.dumps({expression}))"
    clean = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    return subprocess.run(
        [sys.executable, "-c", code], env=clean | given, cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", sorted(COMPLETE))
def test_missing_variable_is_named_with_an_instruction(name: str) -> None:
    done = run({key: value for key, value in COMPLETE.items() if key != name})
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert f"{name} mangler. S" in last


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("NM_DEBUG", "true", "NM_DEBUG må være 0 eller 1"), ("NM_DATABASE_ROLE", "postgres", "NM_DATABASE_ROLE må være")],
)
def test_wrong_value_is_refused(name: str, value: str, words: str) -> None:
    done = run(COMPLETE | {name: value})
    assert done.returncode != 0
    assert words in done.stderr


def test_production_is_strict_by_itself() -> None:
    done = run(
        COMPLETE,
        "[s.DEBUG, s.DEMO, s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_NAME]",
    )
    assert json.loads(done.stdout) == [False, False, True, True, "__Host-nm-csrf"]


def test_worker_has_no_pool_and_the_web_has() -> None:
    pooled = "'pool' in s.DATABASES['default']['OPTIONS']"
    assert run(COMPLETE, pooled).stdout.strip() == "true"
    worker = COMPLETE | {"NM_DATABASE_ROLE": "worker", "NM_DATABASE_PASSWORD_WORKER": "p"}
    assert run(worker, pooled).stdout.strip() == "false"


def test_behind_a_pooler_nothing_stays_open_between_transactions() -> None:
    asked = "[s.DATABASES['default'].get('DISABLE_SERVER_SIDE_CURSORS'), sorted(s.DATABASES['default']['OPTIONS'])]"
    assert json.loads(run(COMPLETE | {"NM_DATABASE_POOLER": "1"}, asked).stdout) == [True, ["connect_timeout"]]


def test_session_ends_after_thirty_minutes() -> None:
    assert settings.SESSION_COOKIE_AGE == 1800


def test_guardian_only_stores() -> None:
    assert settings.AUTHENTICATION_BACKENDS == ["django.contrib.auth.backends.ModelBackend"]
    assert settings.ANONYMOUS_USER_NAME is None


def test_content_security_policy_allows_nothing_inline() -> None:
    for name, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items():
        assert not any("unsafe" in source for source in sources), name


def test_vendor_files_are_found_and_nothing_else_of_node_modules() -> None:
    from nyemonstre.staticfiles import VENDOR

    for name in VENDOR:
        assert finders.find(name), name
    assert finders.find("@digdir/designsystemet-css/package.json") is None
    assert finders.find("vendor/../package.json") is None


def test_locks_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=")
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert not any("resolved" in package for package in packages.values())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"NM_VAULT_KEYS": "1:kort"}, "NM_VAULT_KEYS: nøkkel 1 er 3 byte, ikke 32"),
        ({"NM_INDEX_KEYS": COMPLETE["NM_VAULT_KEYS"]}, "en nøkkel felles"),
    ],
)
def test_malformed_keys_stop_the_start(given: dict[str, str], words: str) -> None:
    done = run(COMPLETE | given)
    assert done.returncode != 0
    assert words in done.stderr.strip().splitlines()[-1]


def test_the_owner_migrates_without_keys() -> None:
    without = {name: value for name, value in COMPLETE.items() if "KEYS" not in name}
    owner = without | {"NM_DATABASE_ROLE": "owner", "NM_DATABASE_PASSWORD_OWNER": "p"}
    assert run(owner, "s.NM_VAULT_KEYS").stdout.strip() == "null"
