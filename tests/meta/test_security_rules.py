"""What `make security` leans on: rules that know every protected model, and explanations that explain."""

import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from nyemonstre.access.roles import Role
from nyemonstre.setup.security import EXPLAINED, Finding, Reason, judge, reasons
from nyemonstre.setup.wapiti import People, cookie_file, read

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "security" / "rules"
# Behind the wall, and read whole on purpose: no row says anything about anybody.
NOT_PEOPLE = {
    "assessments.LocalInstrument", "assessments.LocalEconomyItem",
    "consent.Service", "consent.ConsentText", "consent.ExtraPurpose", "content.Fact",
}  # fmt: skip


def test_each_rule_has_a_test_file_that_shows_it_firing_and_one_line_that_is_well():
    for path in sorted(RULES.glob("*.yaml")):
        shown = "".join(other.read_text() for other in RULES.glob(f"{path.stem}.*") if other != path)
        for rule in re.findall(r"^  - id: (\S+)", path.read_text(), re.M):
            assert f"ruleid: {rule}" in shown, f"{path.name}: nothing shows that {rule} finds anything"


@pytest.mark.django_db
def test_the_rule_about_rows_knows_every_model_behind_the_wall():
    with connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relrowsecurity")
        walled = {name for (name,) in cursor.fetchall()}
    models = {model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in walled}
    wanted = {model.__name__ for model in models if model._meta.label not in NOT_PEOPLE}
    named = re.search(r"regex: \^\((.+)\)\$", (RULES / "unscoped_rows.yaml").read_text())
    assert named
    assert set(named[1].split("|")) >= wanted, f"write in: {wanted - set(named[1].split('|'))}"


def test_every_explanation_says_why():
    for reason in reasons():
        assert len(reason.why) > 25, reason
    assert tomllib.loads(EXPLAINED.read_text()).keys() == {"finding"}


def test_a_new_finding_and_an_old_explanation_are_told():
    known = [Reason("bandit", "B1", "ui/*", "looked at", line="literal"), Reason("bandit", "B2", "*", "was there once")]
    found = [
        Finding("bandit", "B1", "ui/a.py", "a literal"),
        Finding("bandit", "B1", "ui/a.py", "something else"),
        Finding("bandit", "B1", "plans/a.py", "a literal"),
    ]
    judged = judge("bandit", found, known)
    assert judged.new == found[1:]
    assert [reason.rule for reason in judged.stale] == ["B2"]
    assert judge("rules", [], known).stale == []


@pytest.mark.django_db
def test_the_demos_login_page_has_a_button_for_each_role(client, settings):
    from tests.factories import Team

    settings.DEMO, settings.ROOT_URLCONF = True, "tests.nyemonstre.demo.demo_urls"
    team = Team()
    people = People()
    people.feed(client.get(reverse("accounts:login"), headers={"accept-language": "nb"}).content.decode())
    assert people.token
    for role in Role:
        mine = {str(getattr(team, str(role)).pk)} | (
            {str(team.second_coordinator.pk)} if role == Role.COORDINATOR else set()
        )
        assert people.somebody(str(role.label)) in mine
    with pytest.raises(LookupError):
        people.somebody("Konge")


def test_a_report_is_read_without_ids_and_cookies_are_written_as_the_crawler_reads_them(tmp_path):
    report = tmp_path / "report.json"
    report.write_text(
        '{"vulnerabilities": {"XSS": [{"path": "http://127.0.0.1:1/familie/6f9619ff-8b86-d011-b42d-00c04fc964ff/?a=1",'
        ' "method": "GET", "parameter": "q", "info": "found"}], "CSRF": []}, "anomalies": {}, '
        '"infos": {"crawled_pages_nbr": 7}}'
    )
    assert read(report) == ([("XSS", "/familie/ID/", "GET q found")], 7)
    assert '"127.0.0.1": {"/": {}}' in cookie_file([])
