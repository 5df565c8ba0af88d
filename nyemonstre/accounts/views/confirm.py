"""Confirming who one is before something that matters, and sending the form that waited meanwhile."""

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from nyemonstre.access.views import signed_in
from nyemonstre.accounts.entry import ID_TOKEN, confirmed, safe_next, second_step_failed, why_not_confirmed
from nyemonstre.accounts.enums import LoginMethod
from nyemonstre.accounts.forms import ConfirmForm
from nyemonstre.accounts.middleware import HELD
from nyemonstre.accounts.models import Draft, LoginProvider
from nyemonstre.accounts.second_factor import code_is_right, has_second_factor
from nyemonstre.accounts.tasks import may_use_password


@signed_in
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request):
    """The password once more, and the code of those who have one; then on to where they were going."""
    user = request.user
    second = has_second_factor(user)
    form = ConfirmForm(request.POST or None, with_code=second)
    if form.is_valid() and may_use_password(user):
        sentence = why_not_confirmed(request, form.cleaned_data["password"])
        if sentence:
            form.add_error("password", sentence)
        elif second and not code_is_right(user, form.cleaned_data["code"]):
            second_step_failed(user, by=user)
            form.add_error("code", _("Koden stemmer ikke. Vent til appen viser en ny, og prøv igjen."))
        else:
            confirmed(request, how=LoginMethod.TOTP if second else LoginMethod.PASSWORD)
            return redirect(safe_next(request))
    context = {
        "form": form,
        "next": safe_next(request),
        "with_passkey": second,
        "with_password": may_use_password(request.user) and not settings.DEMO,
        "providers": _own_providers(request),
    }
    return render(request, "accounts/confirm.html", context, status=422 if form.is_bound else 200)


def _own_providers(request):
    """The provider this person came in by; none for those who came in by password."""
    known, _token = request.session.get(ID_TOKEN, ("", ""))
    return LoginProvider.objects.active().filter(pk=known) if known else []


@signed_in
@require_safe
def held(request, held_id):
    """The form that was sent when the login was no longer fresh, ready to be sent once more."""
    key = reverse("accounts:held", args=[held_id])
    draft = Draft.objects.permitted(request.user).filter(key=key).first()
    if draft is None:
        raise Http404
    fields = [(name, value) for name, values in draft.data["fields"].items() for value in values]
    context = {"to": draft.data["to"], "page": draft.data["page"], "fields": [*fields, (HELD, key)]}
    return render(request, "accounts/held.html", context)
