"""Django's command, quicker: see nyemonstre.postgres.drawing."""

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate

from nyemonstre.postgres.drawing import drawing_little


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """As Django's. Towards a migration that is named the way may lead back, and is Django's own."""
        with drawing_little() if not options["migration_name"] else nullcontext():
            super().handle(*args, **options)
