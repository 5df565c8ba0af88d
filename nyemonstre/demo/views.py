"""Log in as a made-up person, and read the mail that would have been sent. The addresses exist in demo mode only."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from nyemonstre.access.views import public
from nyemonstre.accounts.entry import enter
from nyemonstre.accounts.enums import LoginMethod
from nyemonstre.accounts.models import User

from .outbox import letters


def _only_in_demo():
    """The addresses are not even listed outside the demo; this is the second lock."""
    if not settings.DEMO:
        raise Http404


@public
@require_POST
def login(request):
    _only_in_demo()
    try:
        user = User.objects.working_today().get(pk=request.POST.get("user", ""))
    except (User.DoesNotExist, ValidationError) as error:
        raise Http404 from error
    return enter(request, user, how=LoginMethod.DEMO)


@public
@require_safe
def outbox(request):
    _only_in_demo()
    return render(request, "demo/outbox.html", {"letters": letters()})
