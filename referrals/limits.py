"""How often one address may send a henvendelse. A help against floods: without Valkey everybody is let through."""

from django.http import HttpRequest

from nyemonstre.access.limits import count
from nyemonstre.ui.headers import address_of

# A whole town hall may share one address, so the limit is wide.
MOST, SECONDS = 20, 60 * 60


def too_many(request: HttpRequest) -> bool:
    """Count this henvendelse; true when the address has sent its share for the hour."""
    return count("referral", address_of(request), seconds=SECONDS) > MOST
