"""The login provider of a municipality: shown, set or taken away by whoever operates the service."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from nyemonstre.accounts.actions_login import drop_login_provider, set_login_provider
from nyemonstre.accounts.models import LoginProvider, Municipality
from nyemonstre.accounts.oidc import is_safe, redirect_uri

# What each kind is set up with unless said otherwise. Seconds.
USUAL = {
    "entra": {"client_auth": "client_secret_post", "longest": 8 * 3600, "acr": ""},
    "ansattporten": {"client_auth": "private_key_jwt", "longest": 2 * 3600, "acr": "high"},
    "other": {"client_auth": "client_secret_basic", "longest": 8 * 3600, "acr": ""},
}
# Entra ID's addresses for accounts of any organisation: with one of these, anybody's tenant would be let in.
ANYBODYS = ("/common/", "/organizations/", "/consumers/")


class Command(BaseCommand):
    help = "Vis, sett eller fjern innloggingstjenesten til en kommune. Uten kommunenummer: vis alle."

    def add_arguments(self, parser):
        parser.add_argument("number", nargs="?", help="kommunenummer, fire siffer")
        parser.add_argument("--remove", action="store_true", help="tilbake til passord")
        parser.add_argument("--kind", choices=list(USUAL))
        parser.add_argument("--issuer", help="utstederen, nøyaktig slik tjenesten skriver den")
        parser.add_argument("--client-id")
        parser.add_argument("--secret", help="hvor hemmeligheten ligger: env:NAVN eller file:/run/secrets/navn")
        parser.add_argument("--client-auth", choices=LoginProvider.Auth.values)
        parser.add_argument("--key-id", default="", help="kid for private_key_jwt")
        parser.add_argument("--acr", help="nivåer, med mellomrom; ett av dem må stå i svaret")
        parser.add_argument("--amr", default="", help="metoder som alle må stå i svaret, for eksempel mfa")
        parser.add_argument("--max-age", type=int, help="sekunder siden personen sist logget inn der")
        parser.add_argument("--longest", type=int, help="sekunder en innlogging hos oss varer, høyst 28800")

    def handle(self, *args, **options):
        if options["number"] is None:
            return self._show()
        place = Municipality.objects.filter(number=options["number"]).first()
        if place is None:
            raise CommandError(f"Ingen kommune har nummeret {options['number']}.")
        if options["remove"]:
            drop_login_provider(place, by=None)
            return self.stdout.write(f"{place}: logger inn med passord.")
        return self._set(place, options)

    def _set(self, place, options):
        missing = [name for name in ("kind", "issuer", "client_id", "secret") if not options[name]]
        if missing:
            raise CommandError(f"Mangler: {', '.join('--' + name.replace('_', '-') for name in missing)}.")
        if not is_safe(options["issuer"]) or any(word in options["issuer"] + "/" for word in ANYBODYS):
            raise CommandError("Utstederen må ha https og være kommunens egen, ikke en felles for alle.")
        usual = USUAL[options["kind"]]
        facts = {name: options[name] for name in ("kind", "issuer", "client_id", "key_id", "amr", "max_age")}
        facts |= {name: usual[name] if options[name] is None else options[name] for name in usual}
        try:
            provider = set_login_provider(place, facts=facts | {"secret_ref": options["secret"]}, by=None)
            provider.secret()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (KeyError, OSError) as error:
            self.stderr.write(f"Hemmeligheten er ikke på {options['secret']} for denne prosessen: {error}")
        return self.stdout.write(f"{provider}\nRegistrer denne adressen hos tjenesten: {redirect_uri()}")

    def _show(self):
        for provider in LoginProvider.objects.active().select_related("municipality"):
            self.stdout.write(f"{provider} · {provider.issuer} · {provider.client_id} · {provider.secret_ref}")
