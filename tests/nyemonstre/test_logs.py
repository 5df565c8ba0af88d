"""No personal data reaches a log line, whatever went wrong: the real handlers, and words that must not be there."""

import io
import logging
import logging.config
from collections.abc import Iterator

import pytest
from celery.signals import task_prerun
from django.conf import settings
from django.core import mail
from django.db import Error, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from families.models import Household
from families.stages import Step
from nyemonstre import urls as site
from nyemonstre.access.views import signed_in
from nyemonstre.celery import app
from tests.factories import Team, family_at
from tests.factories.everything import family_with_everything

pytestmark = pytest.mark.django_db
WORD = "Zqvarxgata"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the handler of the settings writes, as an operator would read it."""
    config = settings.LOGGING
    formatter = logging.config.DictConfigurator(config).configure_formatter(dict(config["formatters"]["line"]))
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    handler.addFilter(
        logging.config.DictConfigurator(config).configure_filter(dict(config["filters"]["without_request"]))
    )
    logging.root.addHandler(handler)
    yield out
    logging.root.removeHandler(handler)


@signed_in
def breaks(request: HttpRequest) -> HttpResponse:
    """Breaks a constraint with what somebody typed."""
    Household.objects.update(address=request.POST["address"], postcode="12")
    return HttpResponse()


urlpatterns = [path("bryter/", breaks), *site.urlpatterns]
handler500 = site.handler500


@override_settings(ROOT_URLCONF=__name__)
def test_a_broken_constraint_is_logged_without_the_row(log: io.StringIO) -> None:
    team = Team()
    family_at(Step.INTAKE, team)
    client = Client(raise_request_exception=False)
    client.force_login(team.coordinator)
    assert client.post("/bryter/", {"address": WORD}).status_code == 500
    assert "household_postcode_four_digits" in log.getvalue(), "which rule was broken is said"
    assert WORD not in log.getvalue()
    assert connection.in_atomic_block


def test_an_error_is_told_by_its_kind_and_place_and_not_by_what_it_says(log: io.StringIO) -> None:
    """Both PostgreSQL and Python quote the value they could not read."""
    with pytest.raises(Error, match=WORD) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select %s::uuid", [WORD])
    with pytest.raises(ValueError, match=WORD) as unread:
        int(WORD)
    for error in (refused.value, unread.value):
        logging.getLogger("django.request").error("Internal Server Error: %s", f"/x/?navn={WORD}", exc_info=error)
    said = log.getvalue()
    assert WORD not in said
    assert "psycopg.errors.InvalidTextRepresentation 22P02\n… and then:" in said
    assert "django.db.utils.DataError\n" in said
    assert "builtins.ValueError\n" in said
    assert "test_logs.py" in said


def test_a_task_that_fails_is_told_without_what_it_was_called_with(log: io.StringIO) -> None:
    def falls(text: str) -> None:
        raise ValueError(text)

    try:
        app.task(falls, name="tests.falls").apply([WORD], throw=False)
    finally:
        app.tasks.pop("tests.falls")
    said = log.getvalue()
    assert "tests.falls" in said
    assert "builtins.ValueError" in said
    assert WORD not in said


def test_no_word_of_a_family_is_in_a_log_a_mail_or_a_task(
    log: io.StringIO, django_capture_on_commit_callbacks: object
) -> None:
    """A whole family's way, with a marked word in every place, and everything that was sent on the way."""
    given: list[str] = []

    def note(**facts: object) -> None:
        given.append(f"{facts['args']} {facts['kwargs']}")

    task_prerun.connect(note)
    before, app.conf.task_always_eager = app.conf.task_always_eager, True
    try:
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            family_with_everything(Team(), WORD, say=lambda place, text: f"{text} {WORD}")
    finally:
        app.conf.task_always_eager = before
        task_prerun.disconnect(note)
    mails = [f"{message.subject} {message.body} {message.to}" for message in mail.outbox]
    assert given
    assert mails
    assert not [text for text in (*given, *mails, log.getvalue()) if WORD.lower() in text.lower()]
