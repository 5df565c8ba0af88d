"""A way in for one person, from the operator's terminal: when there is no mail, or nobody else who can send it."""

from django.core.management.base import BaseCommand, CommandError

from nyemonstre.accounts.actions_login import set_emergency
from nyemonstre.accounts.models import User
from nyemonstre.accounts.tasks import login_link


class Command(BaseCommand):
    help = (
        "Skriv ut en innloggingslenke for en bruker. --emergency gjør brukeren til nødkonto, --no-emergency opphever."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--emergency", action="store_true", default=None)
        group.add_argument("--no-emergency", action="store_false", dest="emergency")

    def handle(self, *args, **options):
        user = User.objects.filter(email=options["email"].lower()).first()
        if user is None:
            raise CommandError(f"Ingen bruker har adressen {options['email']}.")
        if options["emergency"] is not None:
            set_emergency(user, emergency=options["emergency"], by=None)
        self.stdout.write(f"{user.email}: {login_link(user)}")
