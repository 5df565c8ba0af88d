"""The municipality's directory of services. No personal data."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.enums import ConsentEvent
from consent.models import Service
from nyemonstre.access.actions import action
from nyemonstre.access.roles import Permission, roles_using
from nyemonstre.accounts.models import Municipality, User
from nyemonstre.audit.log import record
from nyemonstre.refusals import Refused
from nyemonstre.ui.once import refuse_twice
from nyemonstre.versioned import lock


def _check_directory(municipality: Municipality, by: User) -> None:
    """Those whose role can make agreements keep the directory of their own municipality."""
    writers = roles_using(Permission.CHANGE_CONSENT)
    if not any(m.municipality_id == municipality.pk and m.role in writers for m in by.live_memberships):
        raise PermissionDenied(_("Rollen din gir ikke lov til å endre tjenestene i kommunen."))


def _check_name(municipality: Municipality, name: str, besides: UUID | None = None) -> None:
    Municipality.objects.select_for_update(of=("self",)).get(pk=municipality.pk)
    if not name.strip():
        raise Refused(_("Skriv hva tjenesten heter."), rule="name", field="name")
    if Service.objects.filter(municipality=municipality, name__iexact=name.strip()).exclude(pk=besides).exists():
        raise Refused(_("Tjenesten finnes alt i kommunen."), rule="service_taken", field="name")


@action
def add_service(
    municipality: Municipality, *, name: str, sector: str, by: User, phone: str = "", website: str = "",
    key: UUID | None = None,
) -> Service:  # fmt: skip
    """A service for the municipality's directory. Raises Refused when the name is taken."""
    _check_directory(municipality, by)
    refuse_twice(Service.objects.all(), key)
    _check_name(municipality, name)
    service = Service(municipality=municipality, name=name.strip(), sector=sector, phone=phone, website=website)
    if key is not None:
        service.pk = key
    service.save(force_insert=True)
    record(ConsentEvent.SERVICE_ADDED, by=by, target=service)
    return service


@action
def change_service(
    service: Service, *, name: str, sector: str, by: User, phone: str = "", website: str = "", closed: bool = False,
    version: int | None = None,
) -> Service:  # fmt: skip
    """Change or close a service. A closed one keeps its agreements, and gets no new ones. Raises Stale, or Refused."""
    _check_directory(service.municipality, by)
    _check_name(service.municipality, name, besides=service.pk)
    current = lock(service, version)
    current.name, current.sector, current.phone, current.website = name.strip(), sector, phone, website
    current.closed_on = (current.closed_on or timezone.localdate()) if closed else None
    current.save()
    record(ConsentEvent.SERVICE_CHANGED, by=by, target=current)
    return current
