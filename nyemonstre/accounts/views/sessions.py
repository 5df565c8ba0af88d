"""Where one is logged in, and staying so."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from nyemonstre.access.views import signed_in
from nyemonstre.accounts.actions_login import end_other_sessions, end_own_session
from nyemonstre.accounts.models import Session
from nyemonstre.accounts.sessions import browser_and_system


@signed_in
@require_safe
def session_list(request):
    here = request.session.session_key
    lines = [
        {"session": session, "device": _device(session), "here": session.pk == here}
        for session in Session.objects.permitted(request.user)
    ]
    return render(request, "accounts/session_list.html", {"lines": lines})


def _device(session):
    browser, system = browser_and_system(session.browser)
    if browser and system:
        return _("%(browser)s på %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("En nettleser vi ikke kjenner")


@signed_in
@require_POST
def session_end(request, name):
    session = Session.objects.permitted(request.user).filter(name=name).first()
    if session is None:
        raise Http404
    end_own_session(session, by=request.user)
    messages.success(request, _("Innloggingen er avsluttet."))
    return redirect("accounts:session_list")


@signed_in
@require_POST
def session_end_others(request):
    ended = end_other_sessions(request.user, keep=request.session.session_key, by=request.user)
    done = ngettext("%(count)s innlogging er avsluttet.", "%(count)s innlogginger er avsluttet.", ended)
    messages.success(request, done % {"count": ended})
    return redirect("accounts:session_list")


@signed_in
@require_POST
def stay(request):
    """The button *Fortsett* (static/session.js): any request keeps the session, and this one does nothing else."""
    return HttpResponse(status=204)
