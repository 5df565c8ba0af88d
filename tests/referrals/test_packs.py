"""More languages as data: what a pack holds, and that the form speaks it, from right to left, and nothing else does."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from nyemonstre.access.wall import acting_as
from referrals import packs
from referrals.models import Referral

from .test_views_sending import filled

ROOT = Path(__file__).resolve().parents[2]
NEW = reverse("referrals:referral_new")
HOLDER = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def sentences():
    with (ROOT / "locale" / "nn" / "LC_MESSAGES" / "django.po").open("rb") as file:
        found = [message.id for message in read_po(file, locale="nn")]
        return {text[0] if isinstance(text, tuple) else text for text in found}


@pytest.mark.parametrize("pack", packs.packs().values(), ids=lambda pack: pack.code)
def test_a_pack_translates_sentences_that_are_there_and_keeps_their_holders(pack, sentences):
    assert not (set(pack.texts) | set(pack.plurals)) - sentences, "no page says this any more"
    for sentence, own in [
        *pack.texts.items(),
        *((s.replace("Én ting", "%(counter)s ting"), o) for s, o in pack.plurals.items()),
    ]:
        assert own.strip()
        assert sorted(HOLDER.findall(sentence)) == sorted(HOLDER.findall(own)), sentence
    assert pack.name
    assert pack.checked_by or pack.unchecked
    if pack.rtl:
        letters = [sign for own in pack.texts.values() for sign in own if sign.isalpha()]
        assert sum(sign > "\u0590" for sign in letters) > 0.9 * len(letters), (
            "left-to-right words in a pack that is not"
        )


def test_one_of_them_goes_from_right_to_left():
    assert any(pack.rtl for pack in packs.packs().values())


@pytest.mark.django_db
def test_the_form_speaks_it_from_beginning_to_receipt(client, team):
    plain = client.get(NEW).content.decode()
    assert 'href="?sprak=ar"' in plain
    assert 'dir="rtl"' not in plain.split("<body")[0]
    assert client.get(NEW + "?sprak=xx").content.decode().count("Send henvendelsen") == 1

    url = NEW + "?sprak=ar"
    page = BeautifulSoup(client.get(url).content, "html.parser")
    texts = packs.packs()["ar"].texts
    assert (page.html["lang"], page.html["dir"]) == ("ar", "rtl")
    assert page.h1.get_text(strip=True) == texts["Henvendelse til Nye mønstre"]
    assert page.select_one("[name=referrer_kind][value=family]").has_attr("checked")
    family = page.select_one("[data-nothing]") or page.form
    shown = family.get_text(" ", strip=True)
    for sentence in ("Hva ønsker dere hjelp med?", "Lav inntekt i minst tre år", "Send henvendelsen", "Fødselsdato"):
        assert texts[sentence] in shown
        assert sentence not in shown
    assert packs.packs()["ar"].unchecked in page.get_text()

    refused = client.post(url, filled(team, referrer_kind="family", own_words="x", family_name=""))
    assert "قبل الحفظ" in refused.content.decode()
    assert texts["Fyll ut dette feltet."] in refused.content.decode()
    kept = client.post(url, filled(team, referrer_kind="family", own_words="نريد المساعدة", keep="1"))
    assert kept.url.endswith("?sprak=ar")
    assert "نريد المساعدة" in client.get(kept.url).content.decode()
    answer = client.post(url, filled(team, referrer_kind="family", own_words="نريد المساعدة في العثور على عمل"))
    assert answer.url.endswith("?sprak=ar")
    receipt = client.get(answer.url).content.decode()
    assert texts["Henvendelsen er sendt"] in receipt
    link = BeautifulSoup(receipt, "html.parser").select_one("a[href*='/status/']")["href"]
    assert texts["Skriv nummeret fra kvitteringen."] in client.get(link).content.decode()
    with acting_as(team.intake):
        assert Referral.objects.get().own_words.startswith("نريد")


@pytest.mark.django_db
def test_what_one_page_speaks_the_next_does_not(client):
    client.get(NEW + "?sprak=ar")
    assert "Send henvendelsen" in client.get(NEW).content.decode()
    with translation.override("nn"):
        assert gettext("Nei") == "Nei"
