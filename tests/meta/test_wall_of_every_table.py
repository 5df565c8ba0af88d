"""Every table that hangs on a family, asked without any filter by each kind of person: only what they may see."""

import pytest
from django.db import connection

from families.models import Family
from nyemonstre.access.roles import Permission
from nyemonstre.access.wall import acting_as
from tests.factories import Team
from tests.factories.everything import family_with_everything

pytestmark = pytest.mark.django_db

P = Permission
# The permission that opens each table's rows. A new table is written in here by whoever adds it.
OPENED_BY = {
    "families_milestone": P.LIST_FAMILY,
    "families_assignment": P.LIST_FAMILY,
    "families_member": P.VIEW_FAMILY,
    "families_household": P.VIEW_FAMILY,
    "families_exit": P.LIST_FAMILY,
    "families_residence": P.VIEW_FAMILY,
    "families_identitynumber": P.VIEW_FAMILY,
    "families_formerresidence": P.VIEW_FAMILY,
    "families_protectionchange": P.CHANGE_FAMILY,
    "documents_document": P.VIEW_FAMILY,
    "documents_documentmember": P.VIEW_FAMILY,
    "consent_consent": P.VIEW_CONSENT,
    "consent_signature": P.VIEW_CONSENT,
    "consent_holder": P.VIEW_CONSENT,
    "consent_disclosure": P.DISCLOSE,
    "consent_agreementline": P.VIEW_CONSENT,
    "consent_coveredmember": P.VIEW_CONSENT,
    "consent_contact": P.VIEW_CONSENT,
    "assessments_assessment": P.VIEW_ASSESSMENT,
    "assessments_response": P.VIEW_ASSESSMENT,
    "assessments_fitanswer": P.VIEW_ASSESSMENT,
    "assessments_fitinvitation": P.VIEW_ASSESSMENT,
    "assessments_startpicture": P.VIEW_ASSESSMENT,
    "assessments_correction": P.VIEW_ASSESSMENT,
    "assessments_economyanswer": P.VIEW_ASSESSMENT,
    "plans_ownwords": P.VIEW_PLAN,
    "plans_goal": P.VIEW_PLAN,
    "plans_goalmember": P.VIEW_PLAN,
    "plans_goalversion": P.VIEW_PLAN,
    "plans_goalrating": P.VIEW_PLAN,
    "plans_closing": P.VIEW_PLAN,
    "plans_otherplan": P.VIEW_PLAN,
    "plans_measure": P.VIEW_PLAN,
    "plans_planagreement": P.VIEW_PLAN,
    "plans_review": P.VIEW_PLAN,
    "plans_reviewgoal": P.VIEW_PLAN,
    "plans_reviewpresence": P.VIEW_PLAN,
    "plans_plandocument": P.VIEW_PLAN,
    "plans_planbatch": P.VIEW_PLAN,
    "plans_attacheddocument": P.VIEW_PLAN,
    "plans_journalentry": P.VIEW_JOURNAL,
    "plans_journalmember": P.VIEW_JOURNAL,
    "plans_journalcontact": P.VIEW_JOURNAL,
    **dict.fromkeys(
        [f"plans_meeting{part}" for part in ("", "guest", "item", "decision", "change", "notice")]
        + ["plans_minutesaddendum", "plans_minutescopy"],
        P.VIEW_JOURNAL,
    ),
    "referrals_informationmeeting": P.VIEW_FAMILY,
    "referrals_meetingmember": P.VIEW_FAMILY,
    "referrals_meetingturn": P.VIEW_FAMILY,
}
# Tables with a family column and a rule of their own, proven elsewhere.
OWN_RULE = {
    "plans_redaction": "tests/plans/test_redaction.py: those who may read the plan, and the auditor",
    "consent_endingtold": "tests/consent/test_jobs: read as the consent, written by the clock alone",
    "families_snooze": "tests/families/test_snooze.py: one's own, while one may read the family",
    "audit_event": "tests/nyemonstre/audit",
    "history_change": "tests/history: each change as its own table",
    "audit_alert": "tests/nyemonstre/audit: read and signed off by the auditor alone",
    "families_shutout": "tests/families/test_conflicts.py: leads, followers, the auditor and the person themselves",
    "families_breakglass": "tests/families/test_emergencies.py: leads, followers, the auditor and the person",
    "referrals_samefamily": "tests/referrals/test_same_family.py: whoever may read both sides",
    "referrals_intakedecision": "tests/referrals: as the referral, by municipality or by the family it became",
}


def rows(sql: str) -> set:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {row[0] for row in cursor.fetchall()}


def test_every_table_with_a_family_is_in_the_list():
    found = rows(
        "select table_name from information_schema.columns where table_schema = 'public' and column_name = 'family_id'"
        " except select table_name from information_schema.views"
    )
    assert found == set(OPENED_BY) | set(OWN_RULE)


@pytest.fixture(scope="module")
def world(shared_rows):
    """Two families with a row in every table, each with its team."""
    with shared_rows():
        team, other = Team(), Team()
        return team, family_with_everything(team), family_with_everything(other)


def test_each_person_reads_only_the_families_their_permissions_open(world):
    team, mine, theirs = world
    for person in vars(team).values():
        if not hasattr(person, "memberships"):
            continue
        with acting_as(person):
            allowed = {
                permission: set(Family.objects.permitted(person, permission).values_list("pk", flat=True))
                for permission in set(OPENED_BY.values())
            }
            for table, permission in OPENED_BY.items():
                seen = rows(f"select distinct family_id from {table}")
                own = {mine.pk} if table == "families_assignment" and person == team.second_coordinator else set()
                assert theirs.pk not in seen, f"{person} reads another municipality in {table}"
                assert seen == allowed[permission] | own, f"{person.live_memberships} in {table}"
                if person == team.coordinator:
                    assert seen == {mine.pk}, f"nothing to hide in {table}: family_with_everything makes no row there"


def test_nobody_reads_nothing(world):
    for table in OPENED_BY:
        assert rows(f"select family_id from {table}") == set(), table
