from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "nyemonstre.accounts"
    verbose_name = _("brukere og kommuner")
    events = "nyemonstre.accounts.enums.AccountEvent"

    def ready(self):
        from .policy import copy_roles_to_database  # noqa: PLC0415  models are not ready before this point

        post_migrate.connect(copy_roles_to_database, sender=self, dispatch_uid="copy_roles_to_database")
