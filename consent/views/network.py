"""The family in the middle and the services around it; and «may I contact them?», answered in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent import rules
from consent.around import work_around
from consent.enums import Direction, Topic
from consent.forms import QuestionForm
from consent.models import Service
from consent.overview import dropped_items, network_items, network_rows, threads
from families.pages import family_context, open_family
from nyemonstre.access.roles import Permission
from nyemonstre.access.views import requires
from nyemonstre.postgres.sorting import NorwegianOrder

from .pages import people_of


@requires(Permission.VIEW_CONSENT)
@require_safe
def network(request: HttpRequest, family_id) -> HttpResponse:
    """Fragment for the family's overview, and a page part that makes sense alone."""
    family = open_family(request, family_id, Permission.VIEW_CONSENT, quiet=True)
    rows = threads(family, request.user, taking_part=rules.participates(family))
    around = work_around(request.user, family)
    context = {
        "family": family, "rows": network_rows(rows, around), "items": network_items(rows, around=around),
        "dropped": dropped_items(around),
    }  # fmt: skip
    return render(request, "consent/_network.html", context)


@requires(Permission.VIEW_CONSENT)
@require_safe
def service_contact_check(request: HttpRequest, family_id) -> HttpResponse:
    """«May I contact X about Y concerning Z?» Asked of consent/rules.py now, and answered in words."""
    family = open_family(request, family_id, Permission.VIEW_CONSENT, quiet=True)
    services = Service.objects.permitted(request.user).filter(municipality=family.municipality_id)
    form = QuestionForm(("ask" in request.GET and request.GET) or None, members=people_of(family), services=services)
    answer = _answer(family, request.user, form) if form.is_valid() else None
    context = {**family_context(request, family, "consent"), "form": form, "answer": answer}
    return render(request, "consent/service_contact_check.html", context)


def _answer(family: Any, user: Any, form: QuestionForm) -> dict[str, Any]:
    data = form.cleaned_data
    service, member, get = data["service"], form.people[data["member"]], data["way"] == Direction.GET
    said = {"service": service, "name": member.first_name, "topic": Topic(data["topic"]).label}
    refusal = rules.why_not_contact(family, service) or rules.why_not_share(member, service, data["topic"], get=get)
    if refusal:
        return {"may": False, "text": refusal, "contacts": []}
    text = (
        _("Du kan spørre %(service)s om %(topic)s for %(name)s.")
        if get
        else _("Du kan fortelle %(service)s om %(topic)s for %(name)s.")
    )
    shown = rules.live_contacts(family, user).filter(service=service).order_by(NorwegianOrder("name"), "pk").in_bulk()
    rows = threads(family, user, taking_part=True)
    contacts = [thread for thread in rows if thread.contact and thread.contact.pk in shown]
    return {"may": True, "text": text % said, "contacts": contacts}
