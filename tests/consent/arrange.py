"""Short words for what the tests of consents and agreements do."""

from datetime import date, timedelta
from typing import Any

from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from consent import actions
from consent.ages import answers_for_self
from consent.enums import Answer, How, Purpose
from consent.holders import holders_in
from consent.models import Contact, Service
from families.models import Family, Member
from nyemonstre.access.wall import acting_as

# Strings of a contact that no page may show when no live line covers it.
SECRETS = {
    "name": "Solfrid Hemmelund",
    "title": "spesialpedagog",
    "phone": "90909091",
    "email": "solfrid.hemmelund@skole.test",
}


def members_of(family: Family, user: Any) -> dict[str, Member]:
    """The family's people by first name: Mor, Far, Jente (13), Gutt (7)."""
    with acting_as(user):
        rows = Member.objects.filter(family=family).select_related("family__municipality")
        return {member.first_name: member for member in rows.order_by("pk")}


def say(member: Member, by: Any, answer: str = Answer.GIVEN, purpose: str = Purpose.PARTICIPATION, **facts: Any) -> Any:
    facts = {"how": How.SIGNED, "child_heard": "Ja takk", "note": "sagt i møte", **facts}
    facts.setdefault("given_by", who_answers(member, purpose, by, facts.get("on")))
    return actions.record_consent(member, purpose=purpose, answer=answer, by=by, **facts)


def who_answers(member: Member, purpose: str, by: Any, on: date | None = None) -> str:
    """The names of those who may: the person alone; for a child those noted as holders, or else its parents."""
    if answers_for_self(member, purpose, on):
        return member.full_name
    with acting_as(by):
        noted = [str(row) for row in holders_in(member.family_id).get(member.pk, [])]
    return ", ".join(noted or [f"Mor {member.last_name}", f"Far {member.last_name}"])


def visible_contacts(user: Any) -> tuple[set[Any], set[Any]]:
    """(what Python shows, what the wall lets through) to `user`."""
    with acting_as(user):
        python = set(Contact.objects.permitted(user, "view_consent").visible_to(user).values_list("pk", flat=True))
        wall = set(Contact.objects.values_list("pk", flat=True))
    return python, wall


def days(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)


FAMILY_PAGES = ("family_tab", "consent_new", "line_new", "agreement_print", "network", "service_contact_check")


def url(name, *args):
    return reverse(f"consent:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def errors(response):
    assert response.status_code == 422, response.content.decode()[:3000]
    soup = BeautifulSoup(response.content, "html.parser")
    return " ".join(soup.select_one("ds-error-summary").get_text(" ").split())


def text(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def every_page(client, family, rows=()):
    """All the words of every consent page one can open, links and hidden fields included."""
    pages = [url(name, family) for name in FAMILY_PAGES] + [url("lines_sign", family)]
    pages += [url(name, family, row) for name, row in rows]
    with acting_as(client.nm_user):
        service = Service.objects.order_by("pk").first()
        girl = Member.objects.get(family=family, first_name="Jente")
    found = [client.get(page, follow=True).content.decode() for page in pages]
    question = {"ask": "1", "service": service.pk, "topic": "school", "way": "give", "member": girl.pk}
    found.append(client.get(url("service_contact_check", family), question).content.decode())
    found += [client.get(f"{url('line_new', family)}?fra={row}", follow=True).content.decode() for _name, row in rows]
    return "\n".join(found)


def leaks(words):
    return [key for key, value in SECRETS.items() if value in words]
