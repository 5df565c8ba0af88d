"""The project's addresses, and two bare views to compare with."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from nyemonstre.access.views import signed_in


@signed_in
def bare(request: HttpRequest, size: int) -> HttpResponse:
    """As many bytes as the page it is compared with, through the same middleware: what is left is Django's own cost."""
    return HttpResponse(b"x" * size)


FORM = """{% extends "base.html" %}{% block content %}<form method="post">{% csrf_token %}{{ form.as_div }}
<button>Lagre</button></form>{% endblock %}"""


@signed_in
def form(request: HttpRequest, fields: int) -> HttpResponse:
    """As many questions as the sitting it is compared with, by Django's own form on the site's own page: no rows, no
    rules, no words of ours.
    """
    choices = [(str(n), str(n)) for n in range(6)]
    asked = {f"q{n}": forms.ChoiceField(choices=choices, widget=forms.RadioSelect) for n in range(fields)}
    made = type("Asked", (forms.Form,), asked)()
    return HttpResponse(engines["django"].from_string(FORM).render({"form": made}, request))


urlpatterns = [path("bare/<int:size>/", bare), path("form/<int:fields>/", form), path("", include("nyemonstre.urls"))]
