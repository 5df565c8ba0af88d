"""The world in which every address is asked: one family with everything, one foreign family full of marked words.

Made once per module, in one transaction; each question is asked in a savepoint and undone. People meet the family in
one of the situations below, so that one family is enough.
"""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails
from pypdf import PdfReader

from assessments.actions import switch_on
from assessments.sheets import sheet_of
from consent.actions import add_purpose
from families import assignments, conflicts
from families.actions_protection import change_protection
from families.enums import Protection
from families.models import Family
from nyemonstre.access.roles import COORDINATOR_GRANT, Role
from nyemonstre.access.wall import acting_as
from nyemonstre.accounts.models import Membership, User
from nyemonstre.content.actions import add_starting_facts
from nyemonstre.content.models import Fact
from nyemonstre.refusals import Refused
from referrals import actions as referral_actions
from referrals.enums import Criterion, Situation
from tests.assessments.research.arrange import a_study
from tests.factories import Team, a_user
from tests.factories.everything import Say, family_with_everything
from tests.referrals.making import decided, letter_about, reread, sent

# In every word of the foreign family, and in no answer to anybody outside it; the own one has its own, where that has.
MARK = "zqvarx"
OWN = "zqegen"


def patterns(resolver: Any = None, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Name, route and pattern of every address."""
    for row in (resolver or get_resolver()).url_patterns:
        if isinstance(row, URLResolver):
            inner = namespace + (f"{row.namespace}:" if row.namespace else "")
            yield from patterns(row, prefix + str(row.pattern), inner)
        else:
            yield f"{namespace}{row.name}", prefix + str(row.pattern), row


VIEWS = {name: row for name, _route, row in patterns()}


def stand_in(row: URLPattern) -> dict[str, Any]:
    """Arguments for an address that name nothing: ids of no row, and a word for the rest."""
    samples = {"UUIDConverter": uuid4, "IntConverter": lambda: 1, "SlugConverter": lambda: "baseline"}
    return {
        name: samples.get(type(converter).__name__, lambda: "x")() for name, converter in row.pattern.converters.items()
    }


# For each argument of an address that names a family's row, where one is found.
ROWS: dict[str, Callable[[Family], Any]] = {
    "member_id": lambda family: family.members.order_by("birth_date").first(),
    "child_id": lambda family: family.holders.first().child,
    "home_id": lambda family: family.households.first(),
    "assignment_id": lambda family: family.assignments.filter(kind="responsible").first(),
    "consent_id": lambda family: family.consents.first(),
    "disclosure_id": lambda family: family.disclosures.first(),
    "line_id": lambda family: family.agreement_lines.first(),
    "contact_id": lambda family: family.contacts.first(),
    "sitting_id": lambda family: family.assessments.first(),
    "invitation_id": lambda family: family.fit_invitations.first(),
    "goal_id": lambda family: family.goals.first(),
    "measure_id": lambda family: family.measures.first(),
    "entry_id": lambda family: family.journal.first(),
    "document_id": lambda family: family.plan_documents.first(),
    "batch_id": lambda family: family.plan_batches.first(),
    "review_id": lambda family: family.reviews.first(),
    "other_plan_id": lambda family: family.other_plans.first(),
    "words_id": lambda family: family.own_words.first(),
    "meeting_id": lambda family: family.information_meetings.first(),
    "made_decision_id": lambda family: family.meetings.first().decisions.first(),
    "copy_id": lambda family: family.minutes_copies.first(),
    "addendum_id": lambda family: family.meetings.first().addenda.first(),
    "notice_id": lambda family: family.meeting_notices.first(),
    "plan_meeting_id": lambda family: family.meetings.first(),
    "file_id": lambda family: family.documents.first(),
    "attached_id": lambda family: family.attached_documents.filter(meeting=None, goal=None).first(),
    "beside_meeting_id": lambda family: family.attached_documents.exclude(meeting=None).first(),
    "row_id": lambda family: family.members.first(),
    "agreement_id": lambda family: family.plan_agreements.first(),
    "user_id": lambda family: family.assignments.filter(kind="responsible").select_related("user").first().user,
}


class World:
    """`mine` and `theirs` are the two families; `rows` and `foreign` what the addresses are filled in with."""

    def __init__(self) -> None:
        self.team, self.other = Team(), Team()
        # The places where a marked word was written, of either family.
        self.planted: dict[str, set[str]] = {OWN: set(), MARK: set()}
        self.mine, self.rows = self._made(self.team, OWN)
        self.theirs, self.foreign = self._made(self.other, MARK)
        self.another_lead = a_user(Role.LEAD, self.team.municipality)
        self.people = {role: a_user(role, self.team.municipality) for role in Role}

    def _made(self, team: Team, mark: str) -> tuple[Family, dict[str, Any]]:
        """A family with a marked word in all that can be written, and what the addresses are filled in with."""

        def plant(place: str, text: str) -> str:
            self.planted[mark].add(place)
            return f"{text} {mark}-{place}".strip()

        family = family_with_everything(team, plant("etternavn", ""), say=plant)
        referral = sent(
            team, plant("henvist", "Familien"), own_words=plant("egne-ord", "Vi"),
            situation={Situation.WORK: plant("situasjon", "Far")},
            criteria={Criterion.LOW_INCOME: ("yes", plant("kriterium", "Under"))},
        )  # fmt: skip
        more = {"text": plant("tillegg", "Ringte"), "came_from": plant("fra", "Skolen")}
        referral_actions.add_information(referral, **more, by=team.intake)
        return family, self._ids(family, team, referral, plant)

    def _ids(self, family: Family, team: Team, referral: Any, plant: Say) -> dict[str, Any]:
        add_starting_facts(team.municipality, by=team.lead)
        switch_on(team.municipality, name="swls-1", rights="Diener", by=team.lead)
        purpose = add_purpose(team.municipality, name="Bilder", by=team.lead)
        project, dataset, opening, release = a_study(team, plant)
        waiting = sent(team, plant("venter", "Familien"))
        decision = decided(waiting, team, "waiting")
        letter = letter_about(decision, by=team.intake)
        meeting = referral_actions.plan_intake_meeting(
            team.municipality, held_on=timezone.localdate(), leader=team.intake, by=team.intake
        )
        with acting_as(team.intake):
            item = meeting.items.get(referral=referral)
        with acting_as(team.lead):
            shut_out = family.shut_outs.first()
        with acting_as(team.coordinator):
            found = {key: row.pk for key, find in ROWS.items() if (row := find(family))}
            service = family.agreement_lines.first().service_id
            fact = Fact.objects.filter(municipality=team.municipality).first()
            asked = next(row for row in sheet_of(family.assessments.first()).rows if row.cells and row.cells[0].items)
        return found | {
            "shut_out_id": shut_out.pk,
            "family_id": family.pk,
            "referral_id": referral.pk,
            "intake_meeting_id": meeting.pk,
            "item_id": item.pk,
            "decision_id": decision.pk,
            "letter_id": letter.pk,
            "attachment_id": uuid4(),
            "forward_id": uuid4(),
            "waiting_id": reread(waiting, team).pk,
            "service_id": service,
            "user_id": team.coordinator.pk,
            "membership_id": Membership.objects.get(user=team.coordinator).pk,
            "step": "feedback",
            "number": 1,
            "who": asked.who,
            "part": asked.cells[0].part.key,
            "item": "arbeidsinntekt",
            "question": asked.cells[0].items[0].question.key,
            "kind": "ord",
            "held_id": uuid4(),
            "alert_id": uuid4(),
            "glass_id": uuid4(),
            "conflict_id": uuid4(),
            "leave_id": uuid4(),
            "provider_id": uuid4(),
            "factor_id": 1,
            "code": family.code,
            "name": uuid4(),
            "fact_id": fact.pk,
            "template_id": uuid4(),
            "redaction_id": uuid4(),
            "project_id": project.pk,
            "set_id": dataset.pk,
            "opening_id": opening.pk,
            "release_id": release.pk,
            "purpose_id": purpose.pk,
            "key": "participation",
            "municipality_id": team.municipality.pk,
            "instrument": "swls-1",
            "paper": "naa",
            "receipt": "x",
            "secret": "x",
            "entry": "x",
            "snooze_id": uuid4(),
            "uid": "x",
            "token": "x",
        }

    # ── Situations ────────────────────────────────────────────────────────────────────────────────────────────────────

    def let_in(self, user: User) -> None:
        until = timezone.now() + timedelta(hours=12)
        facts = {"reason": "Vikar", "permissions": COORDINATOR_GRANT, "expires_at": until}
        assignments.grant_access(self.mine, user=user, by=self.another_lead, **facts)

    def protect(self) -> None:
        change_protection(
            self.mine, protection=Protection.STRICTLY_CONFIDENTIAL, reason="Meldt", by=self.team.coordinator
        )

    def meet(self, role: Role, situation: str) -> User:
        """The person of the role, after what the situation says has happened. To be undone by the caller.

        Somebody whose role can never use a grant is refused one, and stays outside.
        """
        user = self.people[role]
        if situation in ("granted", "expired", "elsewhere", "named", "shut_out", "foreign"):
            with suppress(Refused):
                self.let_in(user)
        if situation in ("protected", "named"):
            self.protect()
        if situation == "expired":
            with acting_as(self.team.lead):
                user.familyusergrant_set.update(expires_at=timezone.now() - timedelta(days=1))
        if situation == "shut_out":
            conflicts.shut_out(self.mine, user=user, reason="Nær slekt", by=self.another_lead)
        if situation == "elsewhere":
            yesterday = timezone.localdate() - timedelta(days=1)
            old = Membership.objects.filter(user=user)
            sector = old.get().sector
            old.update(valid_to=yesterday)
            Membership.objects.create(user=user, municipality=self.other.municipality, role=role, sector=sector)
        return User.objects.get(pk=user.pk)

    # ── Asking ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def address(self, name: str, rows: dict[str, Any] | None = None) -> str:
        """The address of `name`, filled in with the rows of the own family unless others are given."""
        rows = rows or self.rows
        # The same argument stands for different rows in different addresses.
        meant = {
            "referrals:waiting_move": ("referral_id", "waiting_id"),
            "referrals:waiting_case": ("referral_id", "waiting_id"),
            "referrals:letter_new": ("referral_id", "waiting_id"),
            "referrals:letter_pdf": ("referral_id", "waiting_id"),
            "plans:journal_mark": ("row_id", "entry_id"),
            "plans:plan_mark": ("row_id", "words_id"),
            "plans:other_plan_edit": ("row_id", "other_plan_id"),
            **{
                f"plans:{page}": ("meeting_id", "plan_meeting_id")
                for page in (
                    "meeting_attach",
                    "meeting_cancel",
                    "meeting_detail",
                    "meeting_edit",
                    "meeting_minutes",
                    "meeting_missed",
                    "meeting_tell",
                    "minutes_add",
                    "minutes_pdf",
                    "minutes_send",
                    "minutes_finish",
                )
            },
            "plans:decision_plan": ("decision_id", "made_decision_id"),
            "plans:meeting_detach": ("attached_id", "beside_meeting_id"),
        }
        if name in meant:
            rows = {**rows, meant[name][0]: rows[meant[name][1]]}
        missing = [key for key in VIEWS[name].pattern.converters if key not in rows]
        assert not missing, f"say in World._ids or ROWS where {missing} of {name} are found"
        return reverse(name, kwargs={key: rows[key] for key in VIEWS[name].pattern.converters})


def browser(user: User | None, **options: Any) -> Client:
    """A browser of somebody who has just logged in."""
    client = Client(HTTP_ACCEPT_LANGUAGE="nb", **options)
    if user is not None:
        client.force_login(user)
        client.user, client.opened = user, client.session
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def words_of(answer: HttpResponse) -> str:
    """All that can be read in an answer: the page, its headers, the text of a PDF. In small letters."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"%PDF"):
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    else:
        text = body.decode(errors="replace")
    return f"{dict(answer.headers)} {text}".lower()


def places_in(text: str, mark: str) -> set[str]:
    """Where the family with the mark has words that stand in the text."""
    return set(re.findall(rf"{mark}-([\w-]*\w)", text))


def changed_rows() -> dict[str, int]:
    """Rows added, changed or removed in this transaction so far, by table; PostgreSQL's own count.

    The log's months stand in a schema of their own and are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, n_tup_ins + n_tup_upd + n_tup_del from pg_stat_xact_user_tables"
            " where schemaname = 'public'"
        )
        return dict(cursor.fetchall())


# Written to whatever is asked: the session that each request keeps alive, and the log (its tables begin with audit_).
ALWAYS_WRITTEN = {"django_session", "accounts_session"}


class Writes:
    """What reading writes, beside the log and the session that each request keeps alive."""

    def __init__(self) -> None:
        self.before = changed_rows()

    def by(self, name: str) -> list[str]:
        earlier, self.before = self.before, changed_rows()
        tables = {table for table, n in self.before.items() if n != earlier.get(table, 0)} - ALWAYS_WRITTEN
        tables = {table for table in tables if not table.startswith("audit_")}
        return [f"reading {name} writes {tables}"] if tables else []


# To be found with exactly this in every answer; None: not there at all.
EVERY_HEADER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Access-Control-Allow-Origin": None,
}


def wrong_headers(answer: HttpResponse, *, no_store: bool) -> list[str]:
    """What every answer carries and this one does not. `no_store`: a page of somebody logged in stays in no cache."""
    right = EVERY_HEADER | ({"Cache-Control": "no-store"} if no_store else {})
    wrong = [f"{key}: {answer.get(key)}" for key, value in right.items() if answer.get(key) != value]
    policy = answer.get("Content-Security-Policy", "")
    wrong += [f"Content-Security-Policy: {policy}"] if "'none'" not in policy or "unsafe" in policy else []
    return wrong if "camera=()" in answer.get("Permissions-Policy", "") else [*wrong, "no Permissions-Policy"]


def ask(client: Client, verb: str, address: str) -> HttpResponse:
    """The answer to GET, or to an empty POST. Nothing is kept: not what it changed, not a cookie it set or took."""
    cookies = client.cookies.output()
    kept = {key: morsel.value for key, morsel in client.cookies.items()}
    with undone():
        answer = client.get(address) if verb == "GET" else client.post(address, {})
    if client.cookies.output() != cookies:
        client.cookies.clear()
        client.cookies.load(kept)
    return answer


def knock(client: Client, verb: str, address: str) -> tuple[str, str]:
    """The code the view itself answers with, and its words, past the middleware in front of it and the page that tells
    of an error: those are the same for all addresses. For what is refused; nothing is kept.
    """
    view, request = resolve(address), getattr(RequestFactory(), verb.lower())(address)
    request.user, request.session, request.resolver_match = client.user, client.opened, view
    request.htmx, request._messages = HtmxDetails(request), FallbackStorage(request)
    with undone(), acting_as(client.user):
        try:
            answer = view.func(request, *view.args, **view.kwargs)
        except Http404 as error:
            return "404", str(error).lower()
        except PermissionDenied as error:
            return "403", str(error).lower()
        return str(answer.status_code), words_of(answer)
