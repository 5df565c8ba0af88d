"""What static files carry, and whose word about the caller is believed.

The headers of every other answer are asked for in tests/meta/test_urls.py.
"""

from ipaddress import ip_network

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory

from nyemonstre.access.limits import count
from nyemonstre.ui.headers import HeadersMiddleware, address_of
from tests.factories import Team

PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.django_db
def test_static_files_have_them_too(client):
    answer = client.get("/static/app.js")
    answer.close()
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("peer", "forwarded", "believed"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # the caller wrote the header
        ("10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "192.0.2.1, 203.0.113.9", "203.0.113.9"),  # the left one came from the caller
        ("10.0.0.2", "192.0.2.1, 203.0.113.9, 10.0.0.3", "203.0.113.9"),  # two proxies of ours
        ("10.0.0.2", "192.0.2.1, no address", "192.0.2.1"),
        ("10.0.0.2", "10.0.0.3, 10.0.0.4", "10.0.0.2"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("", "203.0.113.9", ""),  # a unix socket says no address
    ],
)
def test_the_callers_address(settings, peer, forwarded, believed):
    settings.NM_TRUSTED_PROXIES = PROXIES
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    HeadersMiddleware(lambda request: HttpResponse())(request)
    assert address_of(request) == believed


@pytest.mark.parametrize(("peer", "secure"), [("10.0.0.2", True), ("198.51.100.7", False)])
def test_only_a_proxy_of_ours_says_that_it_was_tls(settings, peer, secure):
    settings.NM_TRUSTED_PROXIES = PROXIES
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https")
    HeadersMiddleware(lambda request: HttpResponse())(request)
    assert request.is_secure() is secure


@pytest.mark.django_db
def test_searching_very_often_is_told_to_wait_and_reading_is_not(client):
    cache.clear()
    team = Team()
    client.force_login(team.administrator)
    for _time in range(119):
        count("search", str(team.administrator.pk), seconds=60)
    assert client.get("/konto/brukere/?q=a").status_code == 200
    told = client.get("/konto/brukere/?q=a")
    assert told.status_code == 429
    assert told["Retry-After"] == "60"
    assert "Vent 1 minutt" in told.content.decode()
    assert client.get("/konto/brukere/").status_code == 200
    cache.clear()


def test_the_cookies_belong_to_this_host_alone():
    assert django_settings.SESSION_COOKIE_HTTPONLY
    assert django_settings.CSRF_COOKIE_HTTPONLY
    assert django_settings.SESSION_COOKIE_SAMESITE == "Lax"
