"""Logging in with a work account: out to the municipality's provider, and back."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from nyemonstre.access.limits import limited
from nyemonstre.access.views import public
from nyemonstre.accounts import oidc
from nyemonstre.accounts.entry import confirmed, enter_with_work_account, is_same_person, refused, safe_next
from nyemonstre.accounts.enums import LoginMethod
from nyemonstre.accounts.models import LoginProvider
from nyemonstre.accounts.tasks import invited_user

# In the session: the invitation that brought somebody here, until the login it is for.
INVITED = "nm_invited"


@public
@never_cache
@limited("work_account", times=60, seconds=900)
@require_safe
def begin(request, provider_id):
    """Off to the provider. Only the page to come back to is taken from the address; what we ask for is ours to say."""
    provider = LoginProvider.objects.active().filter(pk=provider_id).select_related("municipality").first()
    if provider is None:
        raise Http404
    memory = {"next": safe_next(request), "invited": request.session.get(INVITED, ["", ""])}
    confirm = request.user.is_authenticated and "bekreft" in request.GET
    if confirm:
        memory["user"] = str(request.user.pk)
    try:
        return HttpResponseRedirect(oidc.start(request, provider, confirm=confirm, **memory))
    except oidc.LoginRefused as refusal:
        return _back(request, refused(request, refusal.why, provider))


@public
@never_cache
@limited("work_account", times=60, seconds=900)
@require_safe
def done(request):
    """Back from the provider, with a code or an error."""
    try:
        answer = oidc.finish(request)
    except oidc.LoginRefused as refusal:
        return _back(request, refused(request, refusal.why, refusal.provider))
    if "user" in answer.memory:
        return _confirm(request, answer)
    response, sentence = enter_with_work_account(request, answer)
    request.session.pop(INVITED, None)
    return response or _back(request, sentence)


def _confirm(request, answer):
    """The same person, who has just logged in there once more; anybody else is refused and nothing changes."""
    if not request.user.is_authenticated or not is_same_person(request.user, answer):
        return _back(request, refused(request, "other_person", answer.provider))
    confirmed(request, how=LoginMethod.WORK_ACCOUNT)
    return HttpResponseRedirect(answer.memory["next"])


def _back(request, sentence):
    messages.error(request, sentence)
    return redirect("accounts:confirm" if request.user.is_authenticated else "accounts:login")


@public
@never_cache
@require_safe
def invitation(request, uid, token):
    """Where a mailed invitation leads. One that was used, is too old or was never made gets the same words."""
    user = invited_user(uid, token)
    places = [membership.municipality_id for membership in user.live_memberships] if user and user.is_active else []
    providers = list(LoginProvider.objects.active().filter(municipality__in=places).select_related("municipality"))
    if not providers:
        return render(request, "accounts/password_link_old.html", status=410)
    request.session[INVITED] = [uid, token]
    return render(request, "accounts/invitation.html", {"person": user, "providers": providers})
