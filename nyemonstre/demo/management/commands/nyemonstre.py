"""`manage.py nyemonstre seed` makes the demo data; `manage.py nyemonstre logins` lists who can be played."""

import gc
import shutil
import subprocess
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from nyemonstre.demo.logins import lines
from nyemonstre.demo.people import FAMILIES, PLACES
from nyemonstre.demo.seed import PASSWORD, seed, send_reminders

# Behind everybody else's work, where the system knows how.
POLITE = ["nice", "-n", "10"] if shutil.which("nice") else []


class Command(BaseCommand):
    help = "Demodata: seed lager oppdiktede kommuner, folk og familier; logins viser hvem du kan logge inn som."

    def add_arguments(self, parser):
        commands = parser.add_subparsers(dest="command", required=True)
        new = commands.add_parser("seed", help="Lager det som mangler. Kan kjøres flere ganger.")
        new.add_argument("--seed", type=int, default=2026, help="Tallet som bestemmer alle valg.")
        new.add_argument("--families-scale", type=float, default=1.0, help="Andel av familiene, for eksempel 0.1.")
        new.add_argument("--place", choices=[place.number for place in PLACES], help="Bare denne kommunen.")
        commands.add_parser("logins", help="Viser folk etter rolle.")

    def handle(self, *args, command, **options):
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("Demodata finnes bare i demo. Sett NM_DEMO=1.")
        if command == "logins":
            for line in lines():
                self.stdout.write(line)
            self.stdout.write(f"\nPassord for alle: {PASSWORD}")
        elif not 0 < options["families_scale"] <= 1:
            raise CommandError("--families-scale må være over 0 og høyst 1.")
        elif options["place"]:
            place = next(place for place in PLACES if place.number == options["place"])
            # A family's story is a great many small objects, gone when it is told: fewer looks for garbage.
            gc.freeze()
            gc.set_threshold(50_000, 20, 100)
            self.stdout.write(seed(place, options["seed"], options["families_scale"]))
        else:
            self.everywhere(options["seed"], options["families_scale"])

    def everywhere(self, number, scale):
        """A process for each municipality: five years take a while, and most machines have more than one core."""
        began = time.monotonic()
        same = [sys.executable, sys.argv[0], "nyemonstre", "seed", f"--seed={number}", f"--families-scale={scale}"]
        # The largest town has more than half of the families: it gets a core to itself, the others share what is left.
        largest = max(PLACES, key=lambda place: len(FAMILIES[place.number]))
        running = [
            subprocess.Popen([*([] if place == largest else POLITE), *same, f"--place={place.number}"])
            for place in PLACES
        ]
        codes = [process.wait() for process in running]
        if any(codes):
            raise CommandError("Demodataene ble ikke ferdige. Kjør kommandoen på nytt; det som er laget, blir stående.")
        send_reminders()
        self.stdout.write(f"Ferdig på {time.monotonic() - began:.0f} sekunder.")
