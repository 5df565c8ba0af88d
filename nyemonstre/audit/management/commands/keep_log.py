"""`manage.py keep_log 4204 84`: that municipality keeps its log for 84 months."""

from django.core.management.base import BaseCommand, CommandError

from nyemonstre.access.wall import as_job
from nyemonstre.accounts.models import Municipality
from nyemonstre.audit.actions import keep_log
from nyemonstre.refusals import Refused


class Command(BaseCommand):
    help = "Setter hvor mange måneder en kommune lagrer innsynsloggen. Ellers er det 60."

    def add_arguments(self, parser):
        parser.add_argument("number", help="Kommunenummer, for eksempel 4204.")
        parser.add_argument("months", type=int, help="Måneder, minst 12.")

    def handle(self, *args, number, months, **options):
        municipality = Municipality.objects.filter(number=number).first()
        if municipality is None:
            raise CommandError(f"Ingen kommune har nummeret {number}.")
        try:
            with as_job():
                keep_log(municipality, months=months, by=None)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{municipality.name} lagrer innsynsloggen i {months} måneder.")
