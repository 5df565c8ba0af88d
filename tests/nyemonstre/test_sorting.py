import random

import pytest

from nyemonstre.accounts.models import Municipality
from nyemonstre.postgres.sorting import NorwegianOrder, norwegian_key

IN_ORDER = ["ask", "Berg", "Éva Dahl", "Zahl", "Ærø", "ærøy", "Østby", "østre", "Åsen", "åsgård"]


def test_key_puts_the_three_letters_last():
    shuffled = random.sample(IN_ORDER, len(IN_ORDER))
    assert sorted(shuffled, key=norwegian_key) == IN_ORDER


@pytest.mark.django_db
def test_the_database_agrees():
    for number, name in enumerate(random.sample(IN_ORDER, len(IN_ORDER))):
        Municipality.objects.create(number=f"{number:04d}", name=name, code=f"K{number}")
    assert [m.name for m in Municipality.objects.order_by(NorwegianOrder("name"))] == IN_ORDER
