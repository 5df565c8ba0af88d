"""The first page after login: where each role begins its day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from nyemonstre.access.roles import Role
from nyemonstre.access.views import signed_in

# In this order: somebody with two roles begins with the first.
FIRST_PAGE = (
    (Role.COORDINATOR, "families:family_list"),
    (Role.LEAD, "families:dashboard"),
    (Role.INTAKE, "referrals:referral_list"),
    (Role.ADMINISTRATOR, "accounts:user_list"),
    (Role.AUDITOR, "audit:event_list"),
    (Role.RESEARCHER, "research:project_list"),
)


@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """To the page of one's role. Somebody without a role is told whom to ask."""
    for role, name in FIRST_PAGE:
        if request.user.has_role(role):
            try:
                return redirect(reverse(name))
            except NoReverseMatch:
                continue
    return render(request, "families/home.html")
