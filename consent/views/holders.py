"""Who holds foreldreansvar for one child."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consent.actions import record_holders
from consent.forms_holders import HoldersForm
from consent.holders import holders_in
from families.enums import MemberRole
from families.models import Member
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import get_visible_or_404, requires, say
from nyemonstre.refusals import Refused

from .pages import back, form_page, open_to_change, people_of


@requires(Permission.CHANGE_CONSENT)
@require_http_methods(["GET", "HEAD", "POST"])
def holders(request: HttpRequest, family_id, child_id) -> HttpResponse:
    """One or two, in the family or elsewhere. What is noted decides who signs for the child."""
    family = open_to_change(request, family_id)
    rows = Member.objects.filter(family=family).exclude(role=MemberRole.ADULT).select_related("family__municipality")
    child = get_visible_or_404(rows, request, Permission.CHANGE_CONSENT, quiet=True, pk=child_id)
    now = holders_in(family).get(child.pk, [])
    initial = {
        "people": [str(row.person_id) for row in now if row.person_id],
        "elsewhere": next((row.name for row in now if row.name), ""),
    }
    form = HoldersForm(request.POST or None, adults=[m for m in people_of(family) if m.is_adult], initial=initial)
    if form.is_valid():
        try:
            record_holders(child, people=form.chosen(), elsewhere=form.cleaned_data["elsewhere"], by=request.user)
        except Refused as refusal:
            say(form, refusal)
        else:
            return back(family, _("Lagret."), request=request)
    return form_page(
        request, family, form, heading=_("Foreldreansvar for %(name)s") % {"name": child.first_name},
        lead=_("Spør familien hvem som har foreldreansvar. De skriver under for barnet til det er gammelt nok selv."),
    )  # fmt: skip
