"""Mail about families. Never a name, a code or an address of a family in a mail: how many, and where to log in."""

import logging
from functools import partial
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from celery import Task, shared_task
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerDown

from nyemonstre.access.wall import as_job
from nyemonstre.accounts import mail
from nyemonstre.accounts.models import User

from .reminders import Reminder

logger = logging.getLogger(__name__)

# A mail server that is away is tried again after 1, 2, 4 … minutes, for about a working day.
RETRIES: dict[str, Any] = {
    "autoretry_for": (OSError, SMTPException),
    "retry_backoff": 60,
    "retry_backoff_max": 3600,
    "max_retries": 12,
}


def tell(user: User, what: str) -> None:
    """When this transaction is committed, mail `user` about `what` (a key of NEWS).

    With the broker away the mail goes straight from here; with the mail server away too it is given up and logged:
    the change itself stands, and shows on the person's own pages.
    """
    transaction.on_commit(partial(soon, mail_news, str(user.pk), what), robust=True)


def soon(task: Task, *args: str) -> None:
    """Hand a task to the worker; with the broker away it is done here, and a failure is logged and no more."""
    try:
        task.delay(*args)
        return
    except (BrokerDown, OSError) as error:
        logger.warning("The broker is away (%s); %s is done at once.", type(error).__name__, task.name)
    try:
        task.run(*args)
    except (OSError, SMTPException) as error:
        logger.error("%s could not be done: %s", task.name, type(error).__name__)


# What there is news about: subject and sentence.
NEWS = {
    "given": (
        lambda: _("Du har fått en familie i Nye mønstre"),
        lambda: _("Du er satt opp som koordinator for en familie. Logg inn for å se hvem det er."),
    ),
    "virus": (
        lambda: _("En fil du lastet opp i Nye mønstre, er stanset"),
        lambda: _("Det ble funnet virus i filen. Ingen kan laste den ned. Si fra til den du fikk filen av."),
    ),
    "consent_ends": (
        lambda: _("Et samtykke går snart ut i Nye mønstre"),
        lambda: _("I en familie du følger, er et samtykke nær slutten. Logg inn og se under Å gjøre."),
    ),
    "agreement_ends": (
        lambda: _("En avtale går snart ut i Nye mønstre"),
        lambda: _("I en familie du følger, er en linje i samarbeidsavtalen nær slutten. Logg inn og se under Å gjøre."),
    ),
    "taken": (
        lambda: _("En familie har fått en annen koordinator"),
        lambda: _("Du følger ikke lenger en av familiene dine. Logg inn for å se familiene du har nå."),
    ),
    "helped": (
        lambda: _("En familie du følger, har fått en vikar eller en andre koordinator"),
        lambda: _("Du er fortsatt ansvarlig koordinator. Logg inn for å se hvem som hjelper til."),
    ),
    "leave_given": (
        lambda: _("Du er satt opp som vikar"),
        lambda: _("Du er vikar for familiene til en kollega i et tidsrom. Logg inn for å se hvem det er, og når."),
    ),
    "leave_covered": (
        lambda: _("Familiene dine har fått vikar"),
        lambda: _("Du er fortsatt ansvarlig koordinator. Logg inn for å se hvem som er vikar, og til når."),
    ),
    "leave_ended": (
        lambda: _("Vikartiden din er over"),
        lambda: _("Du er ikke lenger vikar for familiene til en kollega. Logg inn for å se familiene du har nå."),
    ),
    "leave_over": (
        lambda: _("Fraværet ditt er avsluttet"),
        lambda: _("Vikarene dine følger ikke lenger familiene. Logg inn for å se familiene dine."),
    ),
    "shut_out": (
        lambda: _("Du er meldt inhabil i en sak"),
        lambda: _(
            "Du ser ikke lenger saken. Mener du at dette er feil, snakk med en teamleder eller personvernombudet."
        ),
    ),
    "shut_out_lifted": (
        lambda: _("Du er ikke lenger inhabil i en sak"),
        lambda: _("En inhabilitet er opphevet. Logg inn for å se familiene dine."),
    ),
    "conflict": (
        lambda: _("Noen er meldt inhabil i en sak"),
        lambda: _("Personen ser ikke lenger familien. Logg inn for å se hvem det gjelder, og hvilken familie."),
    ),
    "needs_coordinator": (
        lambda: _("En familie trenger ny koordinator"),
        lambda: _("Den ansvarlige koordinatoren er inhabil og ser ikke lenger familien. Logg inn og overfør familien."),
    ),
    "meeting_planned": (
        lambda: _("Du er satt opp på et møte i Nye mønstre"),
        lambda: _("En kollega har avtalt et møte der du skal være med. Logg inn for å se hvem, hvor og når."),
    ),
    "talk_moved": (
        lambda: _("En samtale du skal være med på, er flyttet"),
        lambda: _("Logg inn for å se den nye tiden. Samtalen står i listen din."),
    ),
    "talk_cancelled": (
        lambda: _("En samtale du skulle være med på, er avlyst"),
        lambda: _("Logg inn for å se hvem det gjelder, og hvorfor."),
    ),
    "intake_moved": (
        lambda: _("Et inntaksmøte er flyttet"),
        lambda: _("Logg inn for å se den nye dagen. Sakslisten er den samme."),
    ),
    "intake_cancelled": (
        lambda: _("Et inntaksmøte er avlyst"),
        lambda: _("Logg inn for å se hvorfor, og hvor sakene er flyttet."),
    ),
    "lead_named": (
        lambda: _("Du er satt opp som teamleder for en familie"),
        lambda: _("Du kan fordele familien og gi tilgang til den. Logg inn for å se hvem det er."),
    ),
    "lead_named_by_code": (
        lambda: _("Personvernombudet ber deg se etter en familie"),
        lambda: _("Finnes familien, kan du fordele den og gi tilgang til den. Logg inn og se i lista over familier."),
    ),
    "research_withdrawn": (
        lambda: _("Noen har trukket seg fra forskning i Nye mønstre"),
        lambda: _("Et pseudonym i et uttrekk du har laget, skal slettes. Logg inn for å se hvilket, og bekreft det."),
    ),
    "research_key_asked": (
        lambda: _("Noen ber om koblingsnøkkelen til et forskningsprosjekt"),
        lambda: _("Den åpnes bare hvis du godkjenner det. Logg inn for å se hvem som ber om den, og hvorfor."),
    ),
    "research_text_asked": (
        lambda: _("Noen ber om fritekst til et forskningsprosjekt"),
        lambda: _("Den gis bare ut hvis du godkjenner det. Logg inn for å se hvem som ber om den, og hvorfor."),
    ),
    "glass_broken": (
        lambda: _("En familie er åpnet i nød"),
        lambda: _("Noen har åpnet en familie i nød, for å lese i én time. Logg inn for å se hvem, når og hvorfor."),
    ),
}


@shared_task(**RETRIES)
def mail_news(user_id: str, what: str) -> None:
    """One sentence to one person, in their own language."""
    with as_job(), transaction.atomic():
        user = User.objects.get(pk=user_id)
        language = _language(user)
    subject, sentence = NEWS[what]
    with translation.override(language):
        facts = {"sentence": sentence(), "name": user.name, "url": settings.BASE_URL + "/"}
        text = render_to_string("families/mail/news.txt", facts)
        mail.send(user, kind=what, subject=str(subject()), text=text)


@shared_task(**RETRIES)
def mail_reminder(reminder_id: str) -> bool:
    """What is due, in numbers. True when a mail went now, False when it had gone already.

    The row is locked while the mail is sent, so that two workers with the same task send one mail.
    """
    with as_job(), transaction.atomic():
        rows = Reminder.objects.select_for_update(of=("self",)).select_related("user")
        reminder = rows.get(pk=UUID(str(reminder_id)))
        if reminder.sent_at or not reminder.user.is_active:
            return False
        with translation.override(_language(reminder.user)):
            facts = {
                "name": reminder.user.name,
                "open": reminder.open_windows,
                "passed": reminder.passed_windows,
                "escalated": reminder.escalated,
                "url": settings.BASE_URL + "/",
            }
            text = render_to_string("families/mail/reminder.txt", facts)
            subject = _("Dette kan du gjøre i Nye mønstre nå")
            mail.send(reminder.user, kind="reminder", subject=subject, text=text, key=f"reminder.{reminder.pk}")
        reminder.sent_at = timezone.now()
        reminder.save(update_fields=["sent_at"])
    return True


def _language(user: User) -> str:
    home = user.home_municipality
    return user.language or (home.language if home else settings.LANGUAGE_CODE)
