from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from .sessions import begin


class AccountsConfig(AppConfig):
    name = "nyemonstre.accounts"
    verbose_name = _("brukere og kommuner")
    events = "nyemonstre.accounts.enums.AccountEvent"

    def ready(self):
        # Models are not ready before this point.
        from .policy import copy_roles_to_database, harden_functions  # noqa: PLC0415

        # However somebody came in, the session knows when.
        user_logged_in.connect(note_login, dispatch_uid="note_login")
        post_migrate.connect(copy_roles_to_database, sender=self, dispatch_uid="copy_roles_to_database")
        post_migrate.connect(harden_functions, sender=self, dispatch_uid="harden_functions")


def note_login(request, **kwargs):
    begin(request)
