"""The first thing an operator does: a municipality and its administrator. Everybody else is added in the browser."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from nyemonstre.accounts.actions import found_municipality
from nyemonstre.accounts.tasks import password_link
from nyemonstre.refusals import Refused


class Command(BaseCommand):
    help = "Legg til en kommune og dens første administrator. Skriver ut lenken der administratoren velger passord."

    def add_arguments(self, parser):
        parser.add_argument("number", help="kommunenummer, fire siffer")
        parser.add_argument("name", help="kommunens navn")
        parser.add_argument("code", help="tre eller fire store bokstaver foran familienes koder")
        parser.add_argument("email", help="administratorens e-postadresse")
        parser.add_argument("person", help="administratorens navn")
        parser.add_argument("--language", choices=["nb", "nn"], default="nb")

    def handle(self, *args, **options):
        try:
            user = found_municipality(
                number=options["number"], name=options["name"], code=options["code"].upper(),
                language=options["language"], administrator=(options["email"], options["person"]), by=None,
            )  # fmt: skip
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.email}: {password_link(user)}")
