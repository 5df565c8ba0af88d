"""What stands in the printed consent: plain values, in the language it was given in.

What the child said and the coordinator's note are left out: the paper is given to the family.
"""

from collections.abc import Collection
from typing import Any

from django.utils import timezone, translation

from families.protection import Outside
from nyemonstre.files import store

from .enums import YES
from .models import Consent
from .texts import standard

PAGE = "consent/pdf/consent.html"


def language_of(consent: Consent) -> str:
    """The language the text was shown in."""
    return consent.text.language if consent.text else consent.family.municipality.language


def pictures_of(consent: Consent) -> dict[str, bytes]:
    """The pictures of the signatures by the name the page calls them, each the one that was stored.

    One that is lost or changed is left out: then the page draws the strokes, which stand in the row.
    """
    found = {}
    for one in consent.signatures.exclude(image_key=None).order_by("signed_at", "name"):
        try:
            with store.fetch(one.image_key, one.image_sha256) as file:
                found[f"signature-{one.pk}.png"] = file.read()
        except store.Damaged:
            continue
    return found


def printed_consent(consent: Consent, pictures: Collection[str] = ()) -> dict[str, Any]:
    """Values for the template, read with the language active. `consent` has text, extra, member, family, signatures.

    An answer from before texts were kept is printed with the product's own words, which were the only ones then.
    """
    out = Outside(consent.family)
    text = consent.text or standard(consent.family.municipality, consent.purpose, language_of(consent))
    with translation.override(language_of(consent)):
        return {
            "name": consent.member.full_name,
            "what": str(consent.what),
            "municipality": out.place(consent.family.municipality.name),
            "today": timezone.localdate(),
            "text": text,
            "sha256": consent.text_sha256 or text.sha256,
            "answer": str(consent.get_answer_display()),
            "yes": consent.answer in YES,
            "answered_on": consent.answered_on,
            "how": str(consent.get_how_display()).lower(),
            "given_by": consent.given_by,
            "until": consent.valid_until,
            "one_parent_reason": consent.one_parent_reason,
            "read_aloud": consent.read_aloud,
            "interpreter": consent.interpreter,
            "signatures": [
                {
                    "name": one.name,
                    "strokes": one.strokes,
                    "signed_at": one.signed_at,
                    "sha256": one.image_sha256,
                    "picture": name if (name := f"signature-{one.pk}.png") in pictures else "",
                }
                for one in consent.signatures.order_by("signed_at", "name")
            ],
        }
