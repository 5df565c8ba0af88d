"""After a new key was put first in NM_VAULT_KEYS or NM_INDEX_KEYS and every process was started again."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nyemonstre.access.wall import as_job
from nyemonstre.vault import CannotOpen
from nyemonstre.vault.rotation import places, rotate


class Command(BaseCommand):
    help = (
        "Forsegl alt på nytt med nøklene som gjelder nå, mens systemet er i bruk. Kan avbrytes og kjøres igjen. "
        "Kjøres som worker: docker compose run --rm worker python manage.py rotate_keys"
    )

    def add_arguments(self, parser):
        parser.add_argument("--batch", type=int, default=200, help="rader per transaksjon (200)")
        parser.add_argument("--status", action="store_true", help="bare vis hvilke nøkler som er i bruk")

    def handle(self, *args, **options):
        if settings.DATABASE_ROLE == "web":
            raise CommandError("Rollen nm_web ser bare én brukers rader. Kjør kommandoen som worker: NM_DATABASE_ROLE.")
        if not options["status"]:
            try:
                rotate(size=options["batch"], tell=lambda place, rows: self.stdout.write(f"{place}: {rows}"))
            except CannotOpen as error:
                raise CommandError(
                    f"En verdi i {error} kan ikke åpnes: nøkkelen er tatt ut for tidlig. Sett den inn igjen sist i "
                    "NM_VAULT_KEYS, og kjør kommandoen på nytt. Det som alt er gjort, er gjort."
                ) from error
        with as_job():
            for place in places():
                for key, index_key, rows in place.keys_in_use():
                    index = f", indeks med nøkkel {index_key}" if index_key else ""
                    self.stdout.write(f"{place.name}: {rows} forseglet med nøkkel {key}{index}")
