"""`manage.py verify_log`: is the log as it was written? Ends with 1 and names the first broken link of each chain."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from nyemonstre.access.wall import as_job
from nyemonstre.audit import chains


class Command(BaseCommand):
    help = "Prøver alle kjedene i loggen, og mot filene fra hver natt (NM_LOG_HEADS) der de finnes."

    def add_arguments(self, parser):
        parser.add_argument("--without-files", action="store_true", help="Bare databasen, uten filene.")

    def handle(self, *args, **options):
        with as_job():
            heads = {} if options["without_files"] else self.heads()
            proof = chains.verify(heads)
            breaks = [str(broken) for broken in proof.breaks]
            if heads:
                late = chains.unfiled(heads, chains.filed_until())
                breaks += [f"kjede {pk}: begynt på en dag som alt var over" for pk in late]
        for line in breaks:
            self.stderr.write(line)
        self.stdout.write(
            f"{proof.events} hendelser i {proof.chains} kjeder, {proof.emptied} av dem slettet etter lagringstiden; "
            f"{len(heads)} kjeder står i filene."
        )
        if breaks:
            raise CommandError(f"{len(breaks)} kjeder holder ikke.")
        self.stdout.write(f"Alle kjedene er hele {timezone.localtime():%d.%m.%Y %H:%M}.")

    def heads(self):
        """From the files. Raises CommandError when they have been changed."""
        try:
            return chains.read_heads()
        except chains.HeadsBroken as error:
            raise CommandError(str(error)) from error
