from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from nyemonstre.accounts.models import Membership, Municipality, User

pytestmark = pytest.mark.django_db

ARGUMENTS = ["4223", "Vennesla", "ven", "Anne@vennesla.test", "Anne Prøve"]


def test_a_municipality_begins_with_one_administrator_and_a_link_to_a_password(client):
    out = StringIO()
    call_command("add_municipality", *ARGUMENTS, "--language", "nn", stdout=out)
    municipality = Municipality.objects.get(number="4223")
    assert (municipality.code, municipality.language) == ("VEN", "nn")
    membership = Membership.objects.get(municipality=municipality)
    assert (membership.user.email, membership.role) == ("anne@vennesla.test", "administrator")
    link = out.getvalue().split(": ", 1)[1].strip()
    assert client.get("/" + link.split("/", 3)[3], follow=True).status_code == 200


def test_taken_numbers_and_wrong_forms_are_refused_in_a_sentence():
    call_command("add_municipality", *ARGUMENTS, stdout=StringIO())
    with pytest.raises(CommandError, match="finnes alt"):
        call_command("add_municipality", *ARGUMENTS, stdout=StringIO())
    with pytest.raises(CommandError, match="fire siffer"):
        call_command("add_municipality", "42", "Feil", "FEI", "f@f.test", "F", stdout=StringIO())
    assert not User.objects.filter(email="f@f.test").exists()
