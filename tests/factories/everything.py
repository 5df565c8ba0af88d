"""One family with at least one row in every table that hangs on a family, made by the real actions."""

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from assessments import actions as assessment_actions
from assessments.enums import Kind
from assessments.outcomes import Outcome
from assessments.sheets import sheet_of
from consent import actions as consent_actions
from consent.enums import How, Sector, Topic
from documents.actions import add_document
from documents.enums import Kind as DocumentKind
from families import actions, assignments, conflicts, people
from families.actions_identity import keep_number
from families.actions_protection import change_protection
from families.enums import AssignmentKind, Protection
from families.models import Family, Member
from families.stages import Step
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.actions import keep_identity_numbers
from nyemonstre.content.actions import add_fact
from nyemonstre.content.enums import Kind as ContentKind
from nyemonstre.content.models import Fact
from plans import actions as plan_actions
from plans.enums import Doer
from referrals import actions as referral_actions
from referrals.enums import Told
from tests.factories import Team, a_file, family_at

Say = Callable[[str, str], str]


def as_it_is(place: str, text: str) -> str:
    return text


def family_with_everything(team: Team, name: str = "Alt", say: Say = as_it_is) -> Family:
    """Walked to an agreed plan, with a contact, a sitting, FIT, a goal, a review, a journal and a PDF.

    `say(place, text)` may change what is written in each place, for a test that looks for it elsewhere afterwards.
    """
    family, by = family_at(Step.INTAKE, team, name=name), team.coordinator
    with acting_as(by):
        members = list(Member.objects.filter(family=family).select_related("family__municipality"))
        home = family.households.select_related("family__municipality").get(name="Hos far")
    people.change_home(home, address=say("adresse", "Storgata 1"), by=by)
    keep_identity_numbers(team.municipality, keep=True, by=team.administrator)
    keep_number(members[0], number="12838712000", date_confirmed=True, by=by)
    _move_and_protect(family, members, by)
    _meet_and_consent(family, members, by, say)
    _agree_with_school(family, members, by, say)
    _tell_without_consent(family, team, say)
    title = say("filnavn", f"Samtykke {family.code}")
    add_document(family, file=a_file(), kind=DocumentKind.CONSENT, title=title, members=members[:1], by=by)
    _map(family, members, by, say)
    _plan(family, members, by, say)
    _close_and_reopen(family, team, say)
    assignments.assign_coordinator(
        family, coordinator=team.second_coordinator, kind=AssignmentKind.SUBSTITUTE, reason="Ferie", by=team.lead,
        valid_until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    assignments.end_assignment(_substitute(family, team), reason="Tilbake", by=team.lead)
    conflicts.shut_out(family, user=team.researcher, reason="Nabo", by=team.lead)
    with acting_as(by):
        return Family.objects.select_related("municipality").get(pk=family.pk)


def _substitute(family, team):
    with acting_as(team.lead):
        return family.assignments.select_related("family__municipality").get(user=team.second_coordinator)


def _move_and_protect(family, members, by):
    with acting_as(by):
        homes = {home.name: home.pk for home in family.households.order_by("name")}
    boy = members[-1] if not members[-1].is_adult else members[0]
    shares = {homes["Hos mor"]: 60, homes["Hos far"]: 40}
    people.move_member(boy, shares=shares, on=timezone.localdate(), by=by)
    change_protection(family, protection=Protection.CLIENT_ADDRESS, reason="Meldt av mor", by=by)
    change_protection(family, protection=Protection.NONE, reason="Opphevet", by=by)


def _meet_and_consent(family, members, by, say):
    place = say("møtested", "Kontoret")
    meeting = referral_actions.book_meeting(family, starts_at=timezone.now(), place=place, members=members, by=by)
    later, why = timezone.now() + timedelta(hours=1), say("flyttet-fordi", "Bussen var innstilt")
    meeting = referral_actions.change_meeting(meeting, starts_at=later, members=members, why="other", note=why, by=by)
    questions = say("spørsmål", "Hvem får vite det?")
    referral_actions.record_meeting(meeting, outcome="yes", told=Told.values, questions=questions, by=by)
    for member in members:
        consent_actions.record_consent(
            member, purpose="participation", answer="given", how=How.SIGNED, given_by=_who_answers(member, members),
            one_parent_reason=say("én-forelder", "Bor alene med barna."),
            child_heard="" if member.is_adult else say("barnets-mening", "Vil være med."),
            note=say("merknad", "Svarte på norsk."), by=by,
        )  # fmt: skip
    boy = next(member for member in members if not member.is_adult)
    mother = [member for member in members if member.is_adult][:1]
    consent_actions.record_holders(boy, people=mother, elsewhere=say("foreldreansvar", "Ola Utbygd"), by=by)
    consent_actions.record_consent(
        members[0], purpose="research", answer="given", how=How.TABLET, given_by=members[0].full_name,
        child_heard="Ja.", signatures={members[0].full_name: "M10 20L30 40"}, by=by,
    )  # fmt: skip


def _who_answers(member, members):
    return ", ".join(one.full_name for one in ([member] if member.is_adult else members) if one.is_adult)


def _agree_with_school(family, members, by, say):
    school = consent_actions.add_service(
        family.municipality, name=f"Prøveskolen {family.code}", sector=Sector.SCHOOL, by=by
    )
    line = consent_actions.draft_line(
        family, service=school, members=members, topics=[Topic.SCHOOL], valid_from=timezone.localdate(),
        contact={"name": say("kontakt", f"Kontakt {family.code}"), "phone": "90000000", "email": "kontakt@skole.test"},
        what_they_do=say("det-de-gjør", "Leksehjelp på skolen"), by=by,
    )  # fmt: skip
    consent_actions.sign_line(line, how=How.SIGNED, signed_by="Mor", by=by)


def _tell_without_consent(family, team, say):
    """A duty that goes before secrecy, by a law of the municipality's own list."""
    with acting_as(team.lead):
        law = Fact.objects.filter(municipality=team.municipality, kind=ContentKind.LAW).first()
    if law is None:
        facts = {"kind": ContentKind.LAW, "key": "melde", "title": "Plikt til å melde", "source": "Lovdata"}
        law = add_fact(team.municipality, facts={**facts, "valid_from": date(2023, 1, 1)}, by=team.lead)
    consent_actions.record_disclosure(
        family, kind="concern", law=law, told_on=timezone.localdate(), to_whom=say("meldt-til", "Barnevernet"),
        what=say("meldt-hva", "Det hun så i dag"), why=say("meldt-hvorfor", "Et barn kan være i fare"),
        family_told=False, family_told_why=say("meldt-fortalt", "Det kan sette barnet i fare"), by=team.coordinator,
    )  # fmt: skip


def _map(family, members, by, say):
    sitting = assessment_actions.start(family, kind=Kind.BASELINE, by=by)
    with acting_as(by):
        sheet = sheet_of(sitting)
    status = next(item for item in sheet.items if item.question.scale.kind == "status")
    # The first part of the first person, which is the page that is asked for.
    first = next(row for row in sheet.rows if row.cells and row.cells[0].items).cells[0].items[0]
    for item in (status, first):
        assessment_actions.answer(sitting, question=item.question.key, member=item.member, value=3, by=by)
    assessment_actions.complete(sitting, rest_not_asked=True, by=by)
    with acting_as(by):
        wrong = sitting.responses.get(question=first.question.key, member=first.member)
    assessment_actions.note_economy(
        family, item="fritid", member=next(m for m in members if not m.is_adult), status="to_investigate", version=0,
        note=say("økonomi", "Spør barnehagen"), by=by,
    )  # fmt: skip
    assessment_actions.note_start(
        family, phases=["kindergarten"], risks=["lone"], note=say("starten", "Flyttet hit i vår"), version=0, by=by
    )
    assessment_actions.invite_fit(family, member=members[0], after=say("møte", "Hjemmebesøk"), by=by)
    assessment_actions.correct(wrong, value=4, reason=say("rettet", "Hørte feil"), by=by)
    assessment_actions.record_fit(family, member=members[0], value=7, comment=say("fit", "Godt møte"), by=by)


def _close_and_reopen(family, team, say):
    plan_actions.close_follow_up(
        family, because="moved", reason=say("avsluttet", "Flyttet"), met_on=timezone.localdate(), by=team.coordinator,
        present=say("siste-møte", "Mor"), said=say("om-tiden", "Det gikk"), continues=say("videre", "Skolen"),
    )  # fmt: skip
    actions.reopen(family, reason=say("tatt-opp-igjen", "Flyttet tilbake"), by=team.lead)


def _plan(family, members, by, say):
    plan_actions.record_words(members[0], text=say("ord", f"Ro i huset {family.code}"), by=by)
    goal = plan_actions.add_goal(
        family, outcome=Outcome.RM3, words=say("mål", "Lese sammen"), whose=members[:1],
        why=say("viktig", "Han spør om bøker"), first_sign=say("første-tegn", "En bok på nattbordet"), by=by,
    )  # fmt: skip
    plan_actions.add_measure(
        goal,
        what=say("tiltak", "Leksehjelp"),
        done_by=Doer.FAMILY,
        follow_up=say("oppfølging", "Spør om en uke"),
        by=by,
    )
    other = {"kind": "relay", "member": members[0], "note": say("annen-plan", "Møte i mars")}
    plan_actions.add_other_plan(family, facts=other, by=by)
    plan_actions.rate_goal(goal, rating=4, rating_by_coordinator=3, by=by)
    plan_actions.agree_plan(family, present=[say("til-stede", "Mor")], by=by)
    text = say("journal", f"Snakket i telefonen {family.code}")
    with acting_as(by):
        contacts = list(family.contacts.order_by("pk"))
    plan_actions.write_entry(family, text=text, members=members[:1], contacts=contacts, by=by)
    _meet(family, members, by, say)
    said = plan_actions.GoalReview(goal=goal.pk, new_words="", helped=say("hjalp", "Faste tider"))
    plan_actions.save_review(
        family, number=1, goals=[said], note=say("evaluering", "Gikk bra"), by=by,
        ahead=say("neste-seks", "Lese hver kveld"), with_whom=say("med-videre", "Mor"), members=members[:1],
        contacts=contacts,
    )  # fmt: skip
    plan_actions.order_all_pdfs(family, straight=True, by=by)
    plan_actions.order_pdf(family, straight=True, by=by)
    actions.reach(family, step=Step.FEEDBACK, by=by)


def _meet(family, members, by, say):
    """A meeting a service is told of, moved to this morning, with minutes, a document, a decision and an addition."""
    begins = timezone.now() - timedelta(hours=2)
    with acting_as(by):
        lines = list(family.agreement_lines.all())

    def terms(starts_at):
        return plan_actions.Terms(
            kind="care_team", starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), coordinator=by,
            members=members[:1], lines=lines, agenda=[say("sak", "Skoleveien")], place=say("sted", "Rådhuset"),
        )  # fmt: skip

    meeting = plan_actions.plan_meeting(family, terms=terms(timezone.now() + timedelta(minutes=5)), by=by)
    reason = say("møtet-flyttet", "Tolken kunne ikke")
    meeting = plan_actions.change_meeting(meeting, terms=terms(begins), reason=reason, by=by)
    with acting_as(by):
        item, guests = meeting.items.get(), list(meeting.guests.all())
    said = {item.pk: plan_actions.Said(say("referat", "Alle var enige"), Topic.SCHOOL, members[0])}
    ring = plan_actions.Decided(
        say("beslutning", "Ringe skolen"), Doer.COORDINATOR, who=say("hvem-ringer", "Vi"), item=item
    )
    others = say("gjest", "En venn")
    plan_actions.save_minutes(meeting, said=said, came=guests, others=others, decided=[ring], by=by)
    with acting_as(by):
        document = family.documents.first()
        goal = family.goals.select_related("family__municipality").first()
    for place in (meeting, goal, family):
        plan_actions.attach_document(document, to=place, by=by)
    plan_actions.finish_minutes(meeting, by=by)
    plan_actions.add_to_minutes(meeting, text=say("tillegg-referat", "Det var mandag"), by=by)
    with acting_as(by):
        finished = family.meetings.select_related("family__municipality").get()
    plan_actions.send_minutes(finished, lines=lines, by=by)
