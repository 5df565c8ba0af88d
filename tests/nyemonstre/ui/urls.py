"""The gallery and a few pages that fail, for the tests of nyemonstre.ui alone."""

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from nyemonstre.ui import views
from nyemonstre.ui.gallery import ExampleForm

handler400 = "nyemonstre.ui.errors.handler400"
handler403 = "nyemonstre.ui.errors.handler403"
handler404 = "nyemonstre.ui.errors.handler404"
handler500 = "nyemonstre.ui.errors.handler500"

DRAFTS: list[dict[str, str]] = []
ANSWER = {"status": 204}


@login_not_required
def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused")


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@login_not_required
def writing(request: HttpRequest) -> HttpResponse:
    form = ExampleForm()
    form.fields["secret"] = forms.CharField(label="Hemmelig", widget=forms.TextInput(attrs={"data-never-kept": ""}))
    form.save_drafts("/utkast/", owner="ingrid")
    return render(request, "ui/writing.html", {"form": form})


@csrf_exempt
@login_not_required
def draft(request: HttpRequest) -> HttpResponse:
    if ANSWER["status"] == 302:
        return HttpResponse(status=302, headers={"Location": "/konto/"})
    if ANSWER["status"] == 204:
        DRAFTS.append(request.POST.dict())
    return (
        HttpResponse(status=ANSWER["status"]) if ANSWER["status"] == 204 else JsonResponse({}, status=ANSWER["status"])
    )


urlpatterns = [
    path("galleri/", views.gallery),
    path("borte/", away),
    path("feil/", broken),
    path("skriv/", writing),
    path("utkast/", draft),
    path("", include("nyemonstre.ui.urls")),
]
