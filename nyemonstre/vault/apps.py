from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    name = "nyemonstre.vault"
    verbose_name = _("nøkler")
    events = "nyemonstre.vault.enums.VaultEvent"
