"""The demo's settings for the site the browser tests walk through: a template variable that is not there is a fault."""

from nyemonstre.settings import *  # noqa: F403
from nyemonstre.settings import TEMPLATES


class UnknownVariable(str):
    """Stands where a template names something that is not there, and stops the page."""

    def __contains__(self, item: object) -> bool:
        # Django asks for "%s" before it formats.
        return True

    def __mod__(self, variable: object) -> str:
        raise AssertionError(f"unknown template variable: {variable}")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable("?")
# Sixty people get a password each; nobody logs in with one here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
