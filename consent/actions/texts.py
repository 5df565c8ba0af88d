"""The municipality's own purposes, and new versions of what is said yes to. Nothing is rewritten."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.enums import ConsentEvent, Purpose
from consent.models import Consent
from consent.wording import STANDARD_VERSIONS, ConsentText, ExtraPurpose
from nyemonstre.access.actions import action
from nyemonstre.access.check import check
from nyemonstre.access.roles import Permission
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock


@action
def add_text(
    municipality: Municipality, *, purpose: str, facts: Mapping[str, Any], by: User, extra: ExtraPurpose | None = None,
    key: UUID | None = None,
) -> ConsentText:  # fmt: skip
    """A new version, which counts from its day. `facts`: language, version, heading, body, valid_from, approved_by.

    Raises Refused when the version's name is taken, or its first day is past: somebody may have been shown the old one.
    """
    check(by, Permission.CHANGE_CONTENT, municipality)
    refuse_twice(ConsentText.objects.all(), key)
    Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    if facts["valid_from"] < timezone.localdate():
        raise Refused(_("En ny tekst kan ikke gjelde bakover i tid."), rule="past", field="valid_from")
    same = ConsentText.objects.filter(
        municipality=municipality, purpose=purpose, extra=extra, language=facts["language"], version=facts["version"]
    )
    if facts["version"] in STANDARD_VERSIONS or same.exists():
        raise Refused(_("Versjonen finnes alt. Gi den nye et annet navn."), rule="version_taken", field="version")
    text = ConsentText(municipality=municipality, purpose=purpose, extra=extra, added_by=by, **facts)
    if key is not None:
        text.pk = key
    text.save(force_insert=True)
    record(ConsentEvent.TEXT_ADDED, by=by, target=text, facts={"purpose": purpose, "version": text.version})
    return text


@action
def add_purpose(
    municipality: Municipality, *, name: str, by: User, key: UUID | None = None
) -> ExtraPurpose:  # fmt: skip
    """One more thing to ask about. It shows in the forms when it has a text. Raises Refused when the name is taken."""
    check(by, Permission.CHANGE_CONTENT, municipality)
    refuse_twice(ExtraPurpose.objects.all(), key)
    Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    name = name.strip()
    if not name:
        raise Refused(_("Skriv hva formålet er."), rule="name", field="name")
    if ExtraPurpose.objects.filter(municipality=municipality, name__iexact=name).exists():
        raise Refused(_("Formålet finnes alt i kommunen."), rule="purpose_taken", field="name")
    purpose = ExtraPurpose(municipality=municipality, name=name)
    if key is not None:
        purpose.pk = key
    purpose.save(force_insert=True)
    record(ConsentEvent.PURPOSE_ADDED, by=by, target=purpose)
    return purpose


@action
def switch_purpose(purpose: ExtraPurpose, *, on: bool, by: User) -> ExtraPurpose:
    """Ask about it from now on, or not any more. What was answered stands, and can be taken back."""
    check(by, Permission.CHANGE_CONTENT, purpose.municipality)
    current = lock(purpose, None)
    current.is_on = on
    current.save()
    record(ConsentEvent.PURPOSE_CHANGED, by=by, target=current, facts={"on": on})
    return current


@action
def take_out_consent(consent: Consent, *, by: User) -> Consent:
    """Somebody takes one answer out on paper; the log says so. What stands on it is consent/printed.py's."""
    check(by, Permission.VIEW_CONSENT, consent.family)
    facts = {"purpose": str(Purpose(consent.purpose)), "sha256": consent.text_sha256}
    record(ConsentEvent.CONSENT_PRINTED, by=by, target=consent, family=consent.family, facts=facts)
    return consent
