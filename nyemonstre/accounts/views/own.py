"""One's own profile, calendar address, password and drafts."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from nyemonstre.access.fresh import fresh_login
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires, signed_in
from nyemonstre.accounts.actions import change_password, change_profile, discard_draft, save_draft
from nyemonstre.accounts.actions_feed import end_feed, make_feed
from nyemonstre.accounts.drafts import typed_in
from nyemonstre.accounts.entry import safe_next
from nyemonstre.accounts.forms import PasswordForm, ProfileForm
from nyemonstre.accounts.middleware import page_of
from nyemonstre.accounts.models import CalendarFeed, Draft
from nyemonstre.refusals import Refused

# A form is a page of text or a long kartlegging; more than this is something else. Characters.
LARGEST_DRAFT = 300_000


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    user = request.user
    saved = {"name": user.name, "phone": user.phone, "language": user.language}
    form = ProfileForm(request.POST or None, initial=saved)
    if form.is_valid():
        change_profile(user, by=user, **form.cleaned_data)
        messages.success(request, _("Profilen er lagret."))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "memberships": user.live_memberships,
        "drafts": Draft.objects.permitted(user),
        "may_subscribe": user.may_use(Permission.VIEW_FAMILY),
        "feed": CalendarFeed.objects.permitted(user).first(),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
@requires(Permission.VIEW_FAMILY)
@fresh_login()
def feed_new(request):
    """The new address, this once. It is not kept anywhere it could be shown from again."""
    address = make_feed(request.user, by=request.user)
    return render(request, "accounts/feed_new.html", {"address": address})


@require_POST
@signed_in
def feed_end(request):
    """Take the address back."""
    try:
        end_feed(request.user, by=request.user)
    except Refused as refusal:  # the other of two clicks came first
        messages.info(request, refusal.sentence)
    else:
        messages.success(request, _("Kalenderadressen virker ikke lenger."))
    return redirect(reverse("accounts:profile") + "#kalender")


@signed_in
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password_change(request):
    form = PasswordForm(request.POST or None, user=request.user)
    if form.is_valid():
        user = change_password(request.user, password=form.cleaned_data["new"], by=request.user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Passordet er byttet. Du er logget ut på andre maskiner."))
        return redirect("accounts:profile")
    return render(request, "accounts/password_change.html", {"form": form}, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def draft_save(request):
    """Keep what somebody is typing (static/draft.js). The draft belongs to the page the request comes from."""
    key = page_of(request)
    if not key:
        return HttpResponseBadRequest(_("Vi vet ikke hvilken side utkastet hører til."), content_type="text/plain")
    data = typed_in(request)
    if sum(len(name) + len(str(texts)) for name, texts in data.items()) > LARGEST_DRAFT:
        return HttpResponse(_("Utkastet er for langt til å lagres."), status=413, content_type="text/plain")
    save_draft(key, data=data, by=request.user)
    return HttpResponse(status=204)


@signed_in
@require_POST
def draft_discard(request):
    """Throw away one's own draft of the form at `key`, and stay on the page."""
    discard_draft(request.POST.get("key", "").replace("\0", "") or page_of(request), by=request.user)
    messages.success(request, _("Utkastet er kastet."))
    back = safe_next(request) if "next" in request.POST else page_of(request) or "/"
    return redirect(back)
