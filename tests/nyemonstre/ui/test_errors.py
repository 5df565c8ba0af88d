"""Error pages: words instead of codes, and no database needed where there may be none."""

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import Client, RequestFactory

from nyemonstre.ui import errors

pytestmark = pytest.mark.urls("tests.nyemonstre.ui.urls")


def down(cause: Exception | None = None) -> OperationalError:
    error = OperationalError("x")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (down(), True),
        (down(psycopg.OperationalError("connection refused")), True),
        (down(psycopg.errors.AdminShutdown("57P01")), True),
        (down(psycopg.errors.TooManyConnections("53300")), True),
        (InterfaceError("connection already closed"), True),
        (down(psycopg.errors.LockNotAvailable("55P03")), False),
        (down(psycopg.errors.DeadlockDetected("40P01")), False),
        (IntegrityError("x"), False),
        (ValueError("x"), False),
        (None, False),
    ],
)
def test_only_a_database_that_is_away_is_down(error, answer):
    assert errors.is_database_down(error) is answer


@pytest.mark.django_db
def test_database_down_is_a_clean_503_that_keeps_the_login():
    client = Client(raise_request_exception=False)
    client.cookies["nm"] = "s" * 32
    response = client.get("/borte/")
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "no-store"
    assert "Alt som er lagret, er trygt" in response.text
    assert "refused" not in response.text
    assert "nm" not in response.cookies


def test_fault_of_ours_says_what_is_safe():
    response = Client(raise_request_exception=False).get("/feil/")
    assert response.status_code == 500
    assert "er trygt" in response.text
    assert "ZeroDivision" not in response.text


def test_database_that_fails_outside_a_view_is_503_too():
    try:
        raise down()
    except OperationalError:
        assert errors.handler500(RequestFactory().get("/")).status_code == 503


def test_error_page_that_cannot_be_drawn_is_plain_words(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(errors, "render_to_string", fail)
    response = errors.handler500(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "Noe gikk galt hos oss" in response.text


@pytest.mark.django_db
def test_page_that_does_not_exist():
    response = Client().get("/finnes-ikke/")
    assert response.status_code == 404
    assert "Vi finner ikke siden" in response.text


@pytest.mark.parametrize(
    ("exception", "shown"),
    [
        (PermissionError("Bare teamlederen kan gjøre dette."), True),
        (PermissionError("no_perm families.view"), False),
        (None, False),
    ],
)
def test_forbidden_shows_a_rules_sentence_and_no_code(exception, shown):
    response = errors.handler403(RequestFactory().get("/"), exception)
    assert response.status_code == 403
    assert ("Bare teamlederen" in response.text) is shown
    assert "no_perm" not in response.text


def test_lost_stamp_says_how_to_go_on():
    client = Client(enforce_csrf_checks=True)
    response = client.post("/skriv/", {"name": "Amal"})
    assert response.status_code == 403
    assert "Skjemaet var for gammelt" in response.text


def test_bad_request_has_words():
    response = errors.handler400(RequestFactory().get("/"))
    assert response.status_code == 400
    assert "Ingenting er endret eller slettet" in response.text
