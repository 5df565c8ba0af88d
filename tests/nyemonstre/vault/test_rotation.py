"""Keys are changed while two people save: nothing is lost, and it goes on where it was stopped."""

import os
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from families.actions_identity import FIELD, find_number, keep_number
from families.identity import IdentityNumber
from families.models import Family, Member
from families.stages import Step
from nyemonstre import numbers
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import keep_identity_numbers
from nyemonstre.accounts.actions_second import add_totp
from nyemonstre.accounts.models import User
from nyemonstre.accounts.second_factor import SECRETS, code_is_right, factors
from nyemonstre.vault.keys import KeyRing
from tests.factories import Team, family_at
from tests.nyemonstre.accounts.test_second_factor import code_of

ROOT = Path(__file__).resolve().parents[3]
OLD_SEAL, NEW_SEAL, OLD_INDEX, NEW_INDEX, LOST_SEAL, LOST_INDEX = (
    b64encode(bytes(range(start, start + 32))).decode() for start in (0, 40, 80, 120, 160, 200)
)
OLD = {"NM_VAULT_KEYS": f"1:{OLD_SEAL}", "NM_INDEX_KEYS": f"1:{OLD_INDEX}"}
NEW = {"NM_VAULT_KEYS": f"2:{NEW_SEAL},1:{OLD_SEAL}", "NM_INDEX_KEYS": f"2:{NEW_INDEX},1:{OLD_INDEX}"}
ALONE = {"NM_VAULT_KEYS": f"2:{NEW_SEAL}", "NM_INDEX_KEYS": f"2:{NEW_INDEX}"}

LOST = {"NM_VAULT_KEYS": f"9:{LOST_SEAL}", "NM_INDEX_KEYS": f"9:{LOST_INDEX}"}

pytestmark = pytest.mark.django_db(transaction=True)


def use(settings, keys: dict[str, str]) -> None:
    for name, text in keys.items():
        setattr(settings, name, KeyRing.parse(text, name=name))


# One process may run the command several times, as one operator does: it is the start of Django that takes long.
COMMANDS = """
import sys
from django import setup
from django.core.management import ManagementUtility
setup()
for arguments in sys.argv[1:]:
    print("$", arguments)
    ManagementUtility(["manage.py", "rotate_keys", *arguments.split()]).execute()
"""


def start(keys: dict[str, str], *times: str) -> subprocess.Popen[str]:
    """`manage.py rotate_keys` as an operator runs it, once with each of these arguments: a process of its own, in the
    worker's database role."""
    environment = os.environ | keys | {
        "NM_DATABASE_ROLE": "worker",
        "NM_DATABASE_NAME": connection.settings_dict["NAME"],
        "NM_STATIC_ROOT": str(ROOT / "staticfiles"),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-c", COMMANDS, *times], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_until_it_works(process: subprocess.Popen[str]) -> None:
    """Until its first question to the database: what happens while Python starts is no test of it."""
    asked = "select 1 from pg_stat_activity where usename = 'nm_worker' and datname = current_database()"
    with connection.cursor() as cursor:
        while process.poll() is None and not cursor.execute(asked).fetchone():
            time.sleep(0.02)


def run(keys: dict[str, str], *times: str) -> tuple[int, str]:
    process = start(keys, *times)
    out, errors = process.communicate(timeout=120)
    return process.returncode, out + errors


@contextmanager
def seen_by(user: User) -> Iterator[None]:
    """In `user`'s name and in a transaction of its own: there is none around these tests, and without one is no row."""
    with acting_as(user), transaction.atomic():
        yield


def made_up(serial: int) -> str:
    """A number of nobody, born in January 2000; another one for each serial."""
    day, within = divmod(serial, 40)
    return next(
        n for tail in range(25) if (n := numbers.with_control_digits(f"{day + 1:02d}8100{within * 25 + tail:03d}"))
    )


def test_two_people_save_while_keys_are_changed(settings):
    use(settings, OLD)
    team = Team()
    keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
    people = []
    for coordinator in (team.coordinator, team.second_coordinator):
        team.coordinator = coordinator
        with transaction.atomic():
            family = family_at(Step.INTAKE, team)
        with seen_by(coordinator):
            people.append((coordinator, list(Member.objects.filter(family=family).order_by("birth_date"))))
    serial = count()
    last: dict[object, str] = {}

    def save(coordinator: User, member: Member) -> None:
        number = made_up(next(serial))
        with seen_by(coordinator):
            row = IdentityNumber.objects.filter(member=member).first()
        keep_number(member, number=number, version=row.version if row else None, date_confirmed=True, by=coordinator)
        last[member.pk] = number

    for coordinator, members in people:
        for member in members:
            save(coordinator, member)
    use(settings, NEW)
    begun, stop, problems, saves = threading.Event(), threading.Event(), [], []

    def work(coordinator: User, members: list[Member]) -> None:
        try:
            save(coordinator, members[0])
            begun.wait(60)
            while not stop.is_set():
                for member in members[:2]:
                    save(coordinator, member)
                    saves.append(member.pk)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=who) for who in people]
    for thread in threads:
        thread.start()
    process = start(NEW, "--batch 1")
    wait_until_it_works(process)
    begun.set()
    said, errors = process.communicate(timeout=120)
    stop.set()
    for thread in threads:
        thread.join(60)
    assert not problems
    assert saves
    assert process.returncode == 0, errors
    assert "8 forseglet med nøkkel 2, indeks med nøkkel 2" in said
    assert "nøkkel 1" not in said
    use(settings, ALONE)
    for coordinator, members in people:
        for member in members:
            with seen_by(coordinator):
                assert FIELD.read(IdentityNumber.objects.get(member=member)) == last[member.pk]
            assert find_number(last[member.pk], by=coordinator) == [member]
    with seen_by(team.coordinator):
        assert Family.objects.count() == 1


def test_it_stops_at_a_lost_key_keeps_what_was_done_and_goes_on(settings):
    use(settings, OLD)
    team = Team()
    keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
    with transaction.atomic():
        family = family_at(Step.INTAKE, team)
    with seen_by(team.coordinator):
        members = list(Member.objects.filter(family=family).order_by("pk"))[:2]
    rows = sorted(
        (keep_number(m, number=made_up(n), date_confirmed=True, by=team.coordinator) for n, m in enumerate(members)),
        key=lambda row: row.pk,
    )
    use(settings, LOST)
    last = keep_number(rows[1].member, number=made_up(9), version=1, date_confirmed=True, by=team.coordinator)
    code, said = run(NEW, "--batch 1")
    assert code == 1
    assert "families_identitynumber.number" in said
    assert "nøkkelen er tatt ut for tidlig" in said
    assert "Traceback" not in said
    found = {name: f"{NEW[name]},{LOST[name]}" for name in NEW}
    code, said = run(found, "--status", "")
    half, said = said.split("$")[1:]
    assert "1 forseglet med nøkkel 2, indeks med nøkkel 2" in half
    assert "1 forseglet med nøkkel 9, indeks med nøkkel 9" in half
    assert code == 0
    assert "number: 1\n" in said, "only what was left is done"
    assert "2 forseglet med nøkkel 2, indeks med nøkkel 2" in said
    use(settings, ALONE)
    with seen_by(team.coordinator):
        assert FIELD.read(IdentityNumber.objects.get(pk=last.pk)) == made_up(9)


def enters(user: User, code: str) -> str:
    """The second step of a login, in a transaction as every request is."""
    with transaction.atomic():
        return code_is_right(user, code)


def recovery_codes(user: User) -> Authenticator:
    with transaction.atomic():
        return next(factor for factor in factors(user) if factor.type == Authenticator.Type.RECOVERY_CODES)


def test_second_factors_are_sealed_again_while_people_log_in(settings):
    cache.clear()
    use(settings, OLD)
    team = Team()
    people = [team.lead, team.coordinator, team.second_coordinator, team.administrator]
    secrets = {user: f"JBSWY3DPEHPK3PX{letter}" for user, letter in zip(people, "PQRS", strict=True)}
    for user, secret in secrets.items():
        add_totp(user, secret=secret, by=user)
    unused = {user: recovery_codes(user).wrap().get_unused_codes() for user in people}
    use(settings, NEW)
    process, used = start(NEW, "--batch 1", ""), []
    wait_until_it_works(process)
    for user in (user for _round in range(9) for user in people):
        used.append((user, unused[user].pop()))
        assert enters(user, used[-1][1]) == "recovery_code"
        if process.poll() is not None:
            break
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    first, again = out.split("$")[1:]
    assert f"{SECRETS.name}: 8 forseglet med nøkkel 2\n" in first
    assert "nøkkel 1" not in first
    assert again.count("8 forseglet med nøkkel 2") == 1, "run again there is nothing to do"
    use(settings, ALONE)
    for user, secret in secrets.items():
        assert enters(user, code_of(secret)) == "totp"
        assert recovery_codes(user).wrap().get_unused_codes() == unused[user], "the same codes, and none used twice"
    assert used


def test_a_passkey_has_nothing_to_seal(settings):
    use(settings, OLD)
    team = Team()
    with seen_by(team.lead):
        Authenticator.objects.create(user=team.lead, type=Authenticator.Type.WEBAUTHN, data={"name": "Nøkkel"})
        assert not SECRETS.rows().exists()


def test_the_web_role_sees_too_little_to_change_keys():
    with pytest.raises(CommandError, match="nm_web ser bare"):
        call_command("rotate_keys")
