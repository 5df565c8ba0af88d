"""Writes to accounts: users, roles, drafts."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission, Role
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused

from .enums import (
    APPEAL_WEEKS,
    ESCALATION_DAYS,
    FEWEST_SECTORS,
    FIT_FALL,
    FIT_STILL,
    OWN_SECTORS,
    SECTOR_LENGTH,
    SERVICE_DOMAINS,
    AccountEvent,
    Sector,
)
from .models import CalendarFeed, Draft, Membership, Municipality, Session, User
from .tasks import post_password_link


@action
def found_municipality(
    *, number: str, name: str, code: str, language: str, administrator: tuple[str, str], by: User | None = None
) -> User:
    """A municipality begins: its row, and its first administrator (e-mail, name), who adds everybody else.

    Run by whoever operates the service, so `by` is nobody. Raises Refused when number, code or e-mail is taken, and
    ValidationError for a number or code of the wrong form.
    """
    email, person = administrator
    taken = Municipality.objects.filter(Q(number=number) | Q(code=code)).exists()
    if taken or User.objects.filter(email=email.lower()).exists():
        raise Refused(_("Kommunenummeret, koden eller e-postadressen finnes alt."), rule="taken")
    municipality = Municipality(number=number, name=name, code=code, language=language)
    municipality.full_clean()
    municipality.save(force_insert=True)
    user = User.objects.create_user(email, person)
    Membership.objects.create(user=user, municipality=municipality, role=Role.ADMINISTRATOR)
    record(AccountEvent.MUNICIPALITY_ADDED, by=by, target=municipality)
    record(AccountEvent.USER_ADDED, by=by, target=user, municipality=municipality)
    return user


@action
def add_user(
    municipality: Municipality, *, email: str, name: str, by: User, phone: str = "", password: str | None = None
) -> User:
    """A new person who may log in once they have a role. Raises Refused when the e-mail address is taken."""
    check(by, Permission.MANAGE_USERS, municipality)
    if User.objects.filter(email=email.lower()).exists():
        raise Refused(_("Det finnes alt en bruker med denne e-postadressen."), rule="email_taken", field="email")
    user = User.objects.create_user(email, name, password, phone=phone)
    record(AccountEvent.USER_ADDED, by=by, target=user, municipality=municipality)
    return user


@action
def add_colleague(
    municipality: Municipality,
    *,
    email: str,
    name: str,
    role: str,
    by: User,
    phone: str = "",
    sector: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> User:
    """A new person with a first role, and a mail with a link to a password of their own. All of it, or none."""
    user = add_user(municipality, email=email, name=name, phone=phone, by=by)
    give_role(
        user, municipality=municipality, role=role, sector=sector, valid_from=valid_from, valid_to=valid_to, by=by
    )
    send_link(user, municipality=municipality, by=by)
    return user


@action
def send_link(user: User, *, municipality: Municipality, by: User) -> None:
    """Mail `user` a link where they choose a new password. The old one works until they do."""
    check(by, Permission.MANAGE_USERS, municipality)
    _check_works_here(user, municipality)
    record(AccountEvent.PASSWORD_LINK_SENT, by=by, target=user, municipality=municipality)
    transaction.on_commit(lambda: post_password_link(user), robust=True)


def _check_works_here(user: User, municipality: Municipality) -> None:
    if not user.memberships.filter(municipality=municipality).exists():
        raise Refused(_("Brukeren har ingen rolle i denne kommunen."), rule="other_municipality")


@action
def give_role(
    user: User,
    *,
    municipality: Municipality,
    role: str,
    by: User,
    sector: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Give `user` a role in a municipality. Raises Refused when they already have it."""
    check(by, Permission.MANAGE_USERS, municipality)
    day = valid_from or timezone.localdate()
    if Membership.objects.live(day).filter(user=user, municipality=municipality, role=role).exists():
        raise Refused(_("%(name)s har alt denne rollen.") % {"name": user.name}, rule="role_taken", field="role")
    if (role == Role.INTAKE) != bool(sector):
        raise Refused(_("Velg sektor for inntaksteamet, og bare for inntaksteamet."), rule="sector", field="sector")
    if valid_to and valid_to < day:
        raise Refused(_("Sluttdatoen er før startdatoen."), rule="dates", field="valid_to")
    membership = Membership.objects.create(
        user=user, municipality=municipality, role=role, sector=sector, valid_from=day, valid_to=valid_to
    )
    record(AccountEvent.MEMBERSHIP_GIVEN, by=by, target=membership, facts={"user": str(user.pk), "role": role})
    return membership


@action
def end_role(membership: Membership, *, by: User, on: date | None = None) -> Membership:
    """Take a role back. The last day is the day before `on` (default today), so it ends at once."""
    membership = Membership.objects.select_for_update(of=("self",)).select_related("municipality").get(pk=membership.pk)
    check(by, Permission.MANAGE_USERS, membership.municipality)
    last = (on or timezone.localdate()) - timezone.timedelta(days=1)
    if last < membership.valid_from:
        # A role that never began cannot end before its first day: it keeps that day as a one-day trace in the past.
        membership.valid_from = last
    membership.valid_to = last
    membership.save(update_fields=["valid_from", "valid_to"])
    if not Membership.objects.live().filter(user=membership.user_id).exists():
        _end_ways_in(membership.user_id)
    record(AccountEvent.MEMBERSHIP_ENDED, by=by, target=membership, facts={"user": str(membership.user_id)})
    return membership


def _end_ways_in(user_id: UUID) -> None:
    """Sessions, and the calendar's secret address: should the person come back, they make a new one."""
    Session.objects.filter(user=user_id).delete()
    CalendarFeed.objects.filter(user=user_id).delete()


@action
def set_active(user: User, *, active: bool, municipality: Municipality, by: User) -> User:
    """Close or reopen somebody's login. A closed user's sessions end now."""
    check(by, Permission.MANAGE_USERS, municipality)
    if user.pk == by.pk and not active:
        raise Refused(_("Du kan ikke stenge din egen bruker."), rule="own_user")
    _check_works_here(user, municipality)
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        _end_ways_in(user.pk)
    what = AccountEvent.USER_ENABLED if active else AccountEvent.USER_DISABLED
    record(what, by=by, target=user, municipality=municipality)
    return user


@action
def keep_identity_numbers(municipality: Municipality, *, keep: bool, by: User) -> Municipality:
    """Does the municipality keep identity numbers of members? Off hides those that are there, and deletes none."""
    check(by, Permission.MANAGE_USERS, municipality)
    municipality.keeps_identity_numbers = keep
    municipality.save(update_fields=["keeps_identity_numbers"])
    record(AccountEvent.MUNICIPALITY_CHANGED, by=by, target=municipality, facts={"keeps_identity_numbers": keep})
    return municipality


@action
def set_intake_rules(
    municipality: Municipality,
    *,
    sectors_needed: int,
    only_in_meetings: bool,
    by: User,
    own_sectors: Sequence[str] | None = None,
) -> None:
    """How the intake team decides: sectors that must take part (R-A5), whether only in a meeting, and the sectors the
    municipality has beside the three. None leaves those as they are.

    Raises Refused for fewer than two sectors or more than there are, and for a name that is too long or there already.
    """
    check(by, Permission.MANAGE_USERS, municipality)
    own = municipality.intake_own_sectors if own_sectors is None else _own_sectors(own_sectors)
    if not FEWEST_SECTORS <= sectors_needed <= len(Sector.values) + len(own):
        raise Refused(
            _("Velg minst to sektorer, og ikke flere enn det finnes."), rule="sectors", field="intake_sectors_needed"
        )
    municipality.intake_sectors_needed, municipality.intake_only_in_meetings = sectors_needed, only_in_meetings
    municipality.intake_own_sectors = own
    municipality.save(update_fields=["intake_sectors_needed", "intake_only_in_meetings", "intake_own_sectors"])
    facts = {
        "intake_sectors_needed": sectors_needed, "intake_only_in_meetings": only_in_meetings, "own_sectors": len(own),
    }  # fmt: skip
    record(AccountEvent.MUNICIPALITY_CHANGED, by=by, target=municipality, facts=facts)


def _own_sectors(names: Sequence[str]) -> list[str]:
    own = [name.strip() for name in names if name.strip()]
    taken = {str(label).casefold() for label in (*Sector.labels, *Sector.values)}
    if len({name.casefold() for name in own} - taken) < len(own):
        raise Refused(_("To sektorer kan ikke hete det samme."), rule="same_sector", field="intake_own_sectors")
    if len(own) > OWN_SECTORS or any(len(name) > SECTOR_LENGTH for name in own):
        raise Refused(
            _("Skriv høyst %(most)d sektorer, hver på høyst %(length)d tegn.")
            % {"most": OWN_SECTORS, "length": SECTOR_LENGTH},
            rule="own_sectors",
            field="intake_own_sectors",
        )
    return own


@action
def set_letter_rules(municipality: Municipality, *, makes_vedtak: bool, appeal_weeks: int, by: User) -> None:
    """Are the intake team's decisions enkeltvedtak, and how many weeks is there to appeal (3 to 12; fvl. § 29: 3)?

    Raises Refused for fewer weeks than the law gives, or more than a quarter of a year.
    """
    check(by, Permission.MANAGE_USERS, municipality)
    if appeal_weeks not in APPEAL_WEEKS:
        raise Refused(_("Klagefristen er minst tre uker, og ikke mer enn tolv."), rule="appeal_weeks")
    municipality.intake_makes_vedtak, municipality.intake_appeal_weeks = makes_vedtak, appeal_weeks
    municipality.save(update_fields=["intake_makes_vedtak", "intake_appeal_weeks"])
    facts = {"intake_makes_vedtak": makes_vedtak, "intake_appeal_weeks": appeal_weeks}
    record(AccountEvent.MUNICIPALITY_CHANGED, by=by, target=municipality, facts=facts)


@action
def set_fit_limits(municipality: Municipality, *, fall: int, still: int, by: User) -> None:
    """When an answer to FIT becomes a task: so many points below the one before, or so many alike. 0 for never.

    Raises Refused for what the scale of 0 to 10 does not hold, and for one answer alike with itself.
    """
    check(by, Permission.MANAGE_USERS, municipality)
    if fall not in FIT_FALL or still not in FIT_STILL:
        raise Refused(_("Velg ett av tallene i listen."), rule="fit_limits")
    municipality.fit_fall, municipality.fit_still = fall, still
    municipality.save(update_fields=["fit_fall", "fit_still"])
    facts = {"fit_fall": fall, "fit_still": still}
    record(AccountEvent.MUNICIPALITY_CHANGED, by=by, target=municipality, facts=facts)


@action
def set_escalation(municipality: Municipality, *, after_days: int, by: User) -> None:
    """How many days after a window has passed the leads are told (one of ESCALATION_DAYS; 0 is never).

    Raises Refused for another number.
    """
    check(by, Permission.MANAGE_USERS, municipality)
    if after_days not in ESCALATION_DAYS:
        raise Refused(_("Velg ett av tallene i listen."), rule="escalation", field="escalate_after_days")
    municipality.escalate_after_days = after_days or None
    municipality.save(update_fields=["escalate_after_days"])
    record(AccountEvent.MUNICIPALITY_CHANGED, by=by, target=municipality, facts={"escalate_after_days": after_days})


@action
def set_service_domains(municipality: Municipality, *, domains: Sequence[str], by: User) -> None:
    """The e-mail domains of the municipality's services, without @. Kept in lower case, each once, in order.

    Raises Refused for what is no domain (an address, a word without a dot), and for more than SERVICE_DOMAINS.
    """
    check(by, Permission.MANAGE_USERS, municipality)
    listed = sorted({domain.strip().lower() for domain in domains if domain.strip()})
    if len(listed) > SERVICE_DOMAINS:
        raise Refused(
            _("Skriv høyst %(most)d domener.") % {"most": SERVICE_DOMAINS}, rule="domains", field="service_domains"
        )
    for domain in listed:
        try:
            DomainNameValidator()(domain)
        except ValidationError:
            raise Refused(
                _("«%(domain)s» er ikke et domene. Skriv det som står etter @, for eksempel skolen.kommune.no.")
                % {"domain": domain[:80]},
                rule="not_a_domain",
                field="service_domains",
            ) from None
    municipality.service_domains = listed
    municipality.save(update_fields=["service_domains"])
    record(AccountEvent.MUNICIPALITY_CHANGED, by=by, target=municipality, facts={"service_domains": len(listed)})


@action
def change_profile(user: User, *, by: User, name: str, phone: str, language: str) -> User:
    """One's own name, telephone and language."""
    if user.pk != by.pk:
        raise Refused(_("Du kan bare endre din egen profil."), rule="own_profile")
    user.name, user.phone, user.language = name, phone, language
    user.save(update_fields=["name", "phone", "language"])
    record(AccountEvent.PROFILE_CHANGED, by=by, target=user)
    return user


@action
def choose_language(user: User, *, language: str, by: User) -> User:
    """The language of one's own pages; empty follows the municipality."""
    if user.pk != by.pk:
        raise Refused(_("Du kan bare endre din egen profil."), rule="own_profile")
    user.language = language
    user.save(update_fields=["language"])
    record(AccountEvent.PROFILE_CHANGED, by=by, target=user, facts={"fields": ["language"]})
    return user


@action
def change_password(user: User, *, password: str, by: User) -> User:
    """One's own new password. Sessions elsewhere end; the view keeps the one it was changed in."""
    if user.pk != by.pk:
        raise Refused(_("Du kan bare bytte ditt eget passord."), rule="own_profile")
    user.set_password(password)
    user.save(update_fields=["password"])
    record(AccountEvent.PASSWORD_CHANGED, by=by, target=user)
    return user


@action(quiet="the form is sent a moment later, and leaves its own trace")
def hold_form(key: str, *, data: dict[str, Any], by: User) -> Draft:
    """Keep a whole form that was sent when the login was no longer fresh, until `by` has confirmed it and sends it."""
    return Draft.objects.create(user=by, key=key, data=data)


@action(quiet="a draft is saved every second while someone types")
def save_draft(key: str, *, data: dict[str, Any], by: User) -> Draft:
    """Keep what `by` has typed in the form at `key`."""
    draft, _created = Draft.objects.update_or_create(
        user=by, key=key[:200], defaults={"data": data, "saved_at": timezone.now()}
    )
    return draft


@action(quiet="a draft is not a record; the saved form is")
def discard_draft(key: str, *, by: User) -> None:
    """The form was saved, or the person threw the draft away."""
    Draft.objects.filter(user=by, key=key[:200]).delete()


@action
def set_on_call(membership: Membership, *, on: bool, by: User) -> Membership:
    """A coordinator goes on call, or off. What it opens, the municipality decides (`allow_break_glass_on_call`)."""
    check(by, Permission.MANAGE_USERS, membership.municipality)
    if membership.role != Role.COORDINATOR:
        raise Refused(_("Bare koordinatorer går i vakt."), rule="no_coordinator")
    membership.on_call = on
    membership.save(update_fields=["on_call"])
    record(AccountEvent.ON_CALL_CHANGED, by=by, target=membership, facts={"user": str(membership.user_id), "on": on})
    return membership


@action
def allow_break_glass_on_call(municipality: Municipality, *, allowed: bool, by: User) -> Municipality:
    """Whether coordinators on call may open a family in need, or only leads."""
    check(by, Permission.MANAGE_USERS, municipality)
    municipality.on_call_may_break_glass = allowed
    municipality.save(update_fields=["on_call_may_break_glass"])
    record(AccountEvent.ON_CALL_RULE_CHANGED, by=by, target=municipality, facts={"on": allowed})
    return municipality
