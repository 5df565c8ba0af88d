"""THE CONSENT RULE: what may be mapped, whom may we contact, what may be shared. Asked when used, never copied.

Each `why_not_…` returns None when the answer is yes, or a sentence that says what is lacking and what to do.
The `may_…` form is the same answer as a bool. Sources: R-C1, R-C2, R-P1; DOMAIN.md 4.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from documents.models import Document
from families.calendar import birthday
from nyemonstre.access.roles import Permission
from nyemonstre.postgres.sorting import NorwegianOrder

from . import ages
from .enums import YES, Answer, Direction, LineState, Purpose, Standing, Topic
from .models import AgreementLine, Consent, Contact, Service

# Days before its last day in which a line is told to run out.
ENDS_SOON = 30


def latest(family: Any, purpose: Any, on: date | None = None, *, extra: Any = None) -> dict[Any, Consent]:
    """The answer that counts on the day `on` (default today), by member id. One query."""
    rows = Consent.objects.counting(on).filter(family=family, purpose=purpose, extra=extra)
    return {row.member_id: row for row in rows}


def is_live(consent: Consent | None, on: date | None = None) -> bool:
    """Given, and not run out, on the day `on` (default today)."""
    if consent is None or consent.answer not in YES:
        return False
    on = on or timezone.localdate()
    return consent.answered_on <= on and (consent.valid_until is None or on <= consent.valid_until)


def has_run_out(consent: Consent | None, on: date | None = None) -> bool:
    """Given once, but its last day is past."""
    if consent is None or consent.answer not in YES or consent.valid_until is None:
        return False
    return consent.valid_until < (on or timezone.localdate())


def members_with(family: Any, purpose: Any, on: date | None = None) -> set[Any]:
    """Ids of the members whose yes to `purpose` covers the day `on`, and who have not taken it back since.

    An older day matters when something is written down late: what was right then, may be kept unless it was withdrawn.
    """
    today = timezone.localdate()
    on = on or today
    covered = {member for member, consent in latest(family, purpose, on).items() if is_live(consent, on)}
    if on < today:
        now = latest(family, purpose, today)
        covered -= {member for member, consent in now.items() if consent.answer not in YES}
    return covered


def why_not_map(member: Any, on: date | None = None) -> str | None:
    """Kartlegging of a person needs that person's live consent to participation (R-P1, hard lock)."""
    if member.pk in members_with(member.family_id, Purpose.PARTICIPATION, on):
        return None
    consent = latest(member.family_id, Purpose.PARTICIPATION).get(member.pk)
    if consent is not None and consent.answer == Answer.WITHDRAWN:
        return _("%(name)s har trukket samtykket til å delta.") % {"name": member.first_name}
    if has_run_out(consent):
        return _("Samtykket fra %(name)s til å delta har gått ut. Før et nytt samtykke først.") % {
            "name": member.first_name
        }
    return _("%(name)s har ikke samtykket til å delta. Før samtykket først.") % {"name": member.first_name}


def may_map(member: Any, on: date | None = None) -> bool:
    return why_not_map(member, on) is None


def why_not_map_family(family: Any, on: date | None = None) -> str | None:
    """A sitting can begin when at least one member has a live consent to participation."""
    if members_with(family, Purpose.PARTICIPATION, on):
        return None
    return _("Ingen i familien har et gyldig samtykke til å delta. Før samtykke før kartleggingen.")


def live_line(family: Any, service: Any, on: date | None = None) -> AgreementLine | None:
    """A live agreement line with the service, or None."""
    return AgreementLine.objects.live(on).filter(family=family, service=service).order_by("valid_from", "pk").first()


def why_not_contact(family: Any, service: Any, on: date | None = None) -> str | None:
    """Contact with a service needs a live agreement line (R-P1, hard lock). None is live without participation."""
    if live_line(family, service, on):
        return None
    if not participates(family, on):
        return _(
            "Ingen i familien har et gyldig samtykke til å delta, så dere kan ikke kontakte noen. Før samtykke først."
        )
    return _(
        "Familien har ingen gyldig avtale om samarbeid med %(service)s. Lag en linje i samarbeidsavtalen, "
        "og la familien skrive under, før dere tar kontakt."
    ) % {"service": service}


def participates(family: Any, on: date | None = None) -> bool:
    """Whether somebody in the family has a live consent to participation on the day `on`."""
    return Consent.objects.live(on).filter(family=family, purpose=Purpose.PARTICIPATION).exists()


def has_left(family: Any, on: date | None = None) -> bool:
    """Somebody took part once, and on the day `on` (default today) nobody does: the case is restricted.

    Asked, never stored, so that it holds from the same transaction in which the last yes is taken back, and from
    midnight in Oslo when the last one runs out. A new yes opens the case again.
    """
    on = on or timezone.localdate()
    yes = Consent.objects.filter(family=family, purpose=Purpose.PARTICIPATION, answer__in=YES, answered_on__lte=on)
    live = Consent.objects.live(on).filter(family=family, purpose=Purpose.PARTICIPATION)
    return yes.exclude(Exists(live)).exists()


def why_not_change(family: Any, on: date | None = None) -> str | None:
    """A restricted case is read, not changed. What is left is to note why in the journal and to close the case."""
    if not has_left(family, on):
        return None
    return _(
        "Ingen i familien har et gyldig samtykke til å delta, så saken kan leses, men ikke endres. "
        "Avslutt oppfølgingen, eller før et nytt samtykke først."
    )


def why_not_research(member: Any, on: date | None = None) -> str | None:
    """No export to research without the person's own live yes to research. Participation has no say in it.

    A yes given before the 18th birthday ends there: it is confirmed anew or it does not count. A no the child has said
    itself stands until a later yes for which the child was heard, or until the young person answers alone
    (helseforskningsloven § 17; DOMAIN.md 4).
    """
    on = on or timezone.localdate()
    consent = latest(member.family_id, Purpose.RESEARCH, on).get(member.pk)
    said = {"name": member.first_name}
    if consent is not None and is_live(consent, on):
        if _is_from_childhood(member, consent, on):
            return _("%(name)s har fylt 18 år og har ikke svart på nytt om forskning.") % said
        if member.pk in _own_refusals([member], on) and _is_past_the_child(member, consent):
            return _("%(name)s har selv sagt nei til forskning, og er ikke spurt på nytt.") % said
        return None
    if consent is not None and consent.answer == Answer.WITHDRAWN:
        return _("%(name)s har trukket samtykket til forskning.") % said
    if has_run_out(consent, on):
        return _("Samtykket fra %(name)s til forskning har gått ut.") % said
    return _("%(name)s har ikke samtykket til forskning.") % said


def research_yes(members: Iterable[Any], on: date | None = None) -> dict[Any, Consent]:
    """The yes to research of each of these persons whose data may be used on the day `on`, by member id. Two queries.

    The same answer as `why_not_research`, for many at once.
    """
    on = on or timezone.localdate()
    people = {member.pk: member for member in members}
    live = Consent.objects.live(on).filter(purpose=Purpose.RESEARCH, member__in=list(people))
    refused = _own_refusals(people.values(), on)
    return {
        yes.member_id: yes
        for yes in live
        if not _is_from_childhood(people[yes.member_id], yes, on)
        and not (yes.member_id in refused and _is_past_the_child(people[yes.member_id], yes))
    }


def taken_back(purpose: str, on: date | None = None) -> Any:
    """The answers that count on the day `on` and are a no: taken back, or refused after a yes."""
    return Consent.objects.counting(on).filter(purpose=purpose, answer__in=(Answer.WITHDRAWN, Answer.REFUSED))


def _own_refusals(members: Iterable[Any], on: date) -> set[Any]:
    """Ids of those who, as a child, have said no to research themselves."""
    rows = Consent.objects.filter(
        member__in=[member.pk for member in members], purpose=Purpose.RESEARCH, child_refused=True, answered_on__lte=on
    )
    return set(rows.values_list("member_id", flat=True))


def _is_from_childhood(member: Any, yes: Consent, on: date) -> bool:
    return yes.answered_on < birthday(member.birth_date, ages.answers_from(Purpose.PARTICIPATION)) <= on


def _is_past_the_child(member: Any, yes: Consent) -> bool:
    """Somebody else's yes, for which the child was not heard."""
    return not yes.child_heard.strip() and not ages.answers_for_self(member, Purpose.RESEARCH, yes.answered_on)


def may_research(member: Any, on: date | None = None) -> bool:
    return why_not_research(member, on) is None


def may_contact(family: Any, service: Any, on: date | None = None) -> bool:
    return why_not_contact(family, service, on) is None


def why_not_share(member: Any, service: Any, topic: str, on: date | None = None, *, get: bool = False) -> str | None:
    """Telling a service about this person and topic (or asking it, with `get`) needs a line that covers all three.

    The person must take part too: a line about somebody who has withdrawn says nothing any more.
    """
    refusal = why_not_map(member, on)
    if refusal:
        return refusal
    ways = [Direction.BOTH, Direction.GET if get else Direction.GIVE]
    lines = AgreementLine.objects.live(on).filter(
        family=member.family_id, service=service, topics__contains=[topic], direction__in=ways, covered__member=member
    )
    if lines.exists():
        return None
    said = {"service": service, "topic": Topic(topic).label, "name": member.first_name}
    if get:
        return _("Avtalen med %(service)s dekker ikke å få vite om %(topic)s for %(name)s.") % said
    return _("Avtalen med %(service)s dekker ikke å fortelle om %(topic)s for %(name)s.") % said


def may_share(member: Any, service: Any, topic: str, on: date | None = None, *, get: bool = False) -> bool:
    return why_not_share(member, service, topic, on, get=get) is None


def paper_is_open(paper: Document) -> bool:
    """A scan of an agreement shows every contact on it, so all its lines must be live."""
    lines = AgreementLine.objects.filter(paper=paper)
    return lines.exists() and not lines.exclude(pk__in=AgreementLine.objects.live().values("pk")).exists()


def contactable_services(family: Any, on: date | None = None) -> Any:
    """The services a live line of this family covers: the choices of every picker (measures, journal)."""
    return Service.objects.filter(pk__in=AgreementLine.objects.live(on).filter(family=family).values("service_id"))


def live_contacts(family: Any, user: Any) -> Any:
    """The contacts of live lines, as far as `user` may see this family's agreements. Drafts are not among them."""
    lines = AgreementLine.objects.live().filter(family=family, contact__isnull=False)
    return Contact.objects.permitted(user, Permission.VIEW_CONSENT).filter(pk__in=lines.values("contact_id"))


def lines_ended_by_leaving(*leaving: Any) -> list[AgreementLine]:
    """The open lines that cover nobody who takes part once these members of one family do not; all when nobody is left.

    Asked before, to say what follows, and after, to do it.
    """
    family = leaving[0].family_id
    left = members_with(family, Purpose.PARTICIPATION) - {member.pk for member in leaving}
    lines = AgreementLine.objects.filter(family=family).exclude(state=LineState.ENDED).prefetch_related("covered")
    lines = lines.select_related("service").order_by(NorwegianOrder("service__name"), "valid_from", "pk")
    return [
        line
        for line in lines
        if not left
        or (
            (covered := {row.member_id for row in line.covered.all()}) & {member.pk for member in leaving}
            and not covered & left
        )
    ]


def standing(line: AgreementLine, taking_part: bool, on: date | None = None) -> Any:
    """The Standing of a line on the day `on`; `taking_part` is `participates` of its family, asked once per page."""
    on = on or timezone.localdate()
    if line.state == LineState.ENDED:
        return Standing.ENDED
    if line.state == LineState.DRAFT:
        return Standing.DRAFT
    if line.valid_to and line.valid_to < on:
        return Standing.RAN_OUT
    if not taking_part:
        return Standing.RESTING
    if line.valid_from > on:
        return Standing.AHEAD
    if line.valid_to and line.valid_to <= on + timedelta(days=ENDS_SOON):
        return Standing.ENDS
    return Standing.LIVE


# The standings in which a service may be contacted; the contact's details are shown in these, and in one's own draft.
OPEN = (Standing.LIVE, Standing.ENDS)


def in_few_words(line: AgreementLine, part: Collection[Any], on: date | None = None) -> str:
    """«May I contact X about Y concerning Z?» for the one line that shows a contact, to stand beside it wherever it is.

    `part` is who takes part (`members_with`), asked once per page: about one who has left nothing is said. Reads the
    line's members, so prefetch them.
    """
    state = standing(line, bool(part), on)
    who = ", ".join(member.first_name for member in line.members.all() if member.pk in part)
    if state == Standing.DRAFT:
        return _("Kan ikke kontaktes før avtalen er underskrevet")
    if state == Standing.AHEAD:
        return _("Kan kontaktes fra %(day)s") % {"day": date_format(line.valid_from, "DATE_FORMAT")}
    if state not in OPEN or not who:
        return _("Kan ikke kontaktes")
    words = {
        Direction.BOTH: _("Kan kontaktes om %(about)s, gjelder %(who)s, %(until)s"),
        Direction.GIVE: _("Kan få vite om %(about)s, gjelder %(who)s, %(until)s"),
        Direction.GET: _("Kan spørres om %(about)s, gjelder %(who)s, %(until)s"),
    }[Direction(line.direction)]
    ends = date_format(line.valid_to, "DATE_FORMAT") if line.valid_to else ""
    until = _("til %(day)s") % {"day": ends} if ends else _("uten sluttdato")
    return words % {"about": ", ".join(line.topic_labels), "who": who, "until": until}


def answers_by_service(family: Any) -> dict[Any, str]:
    """The same for each service that may be contacted today, for pickers; several lines with one are one sentence."""
    part = members_with(family, Purpose.PARTICIPATION)
    lines = AgreementLine.objects.live().filter(family=family).prefetch_related("members").order_by("valid_from", "pk")
    found: dict[Any, list[str]] = {}
    for line in lines:
        found.setdefault(line.service_id, []).append(in_few_words(line, part))
    return {service: "; ".join(dict.fromkeys(words)) for service, words in found.items()}
