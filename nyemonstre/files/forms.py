"""The field that takes a file. It says what it takes before one chooses, and refuses in a sentence."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy

from nyemonstre.refusals import Refused

from .kinds import KINDS, recognise

ACCEPT = ",".join(sorted({kind.extension for kind in KINDS.values()} | {".jpeg", ".heif"}))
ON_TOP = gettext_lazy(
    "PDF, bilde (JPEG, PNG, HEIC), Word (.docx), OpenDocument (.odt) eller ren tekst. Høyst %(limit)s."
)


class UploadField(forms.FileField):
    """`cleaned_data` holds the uploaded file with `.kind`, the name of what it really is.

    static/upload.js tells the size before it is sent, and how far it has come; both work without.
    """

    default_error_messages = {
        "required": gettext_lazy("Velg en fil."),
        "empty": gettext_lazy("Filen er tom."),
        "too_large": gettext_lazy("Filen er for stor. Den kan være på høyst %(limit)s."),
        "invalid": gettext_lazy("Velg en fil."),
        "missing": gettext_lazy("Velg en fil."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("Fil"))
        attrs = {"accept": ACCEPT, "data-max-bytes": settings.NM_UPLOAD_MAX_BYTES, **kwargs.pop("attrs", {})}
        kwargs.setdefault("widget", forms.FileInput(attrs=attrs))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file:
            return file
        if file.size > settings.NM_UPLOAD_MAX_BYTES:
            # What was past the limit was thrown away as it came in, so how large it was is not known here.
            limit = {"limit": filesizeformat(settings.NM_UPLOAD_MAX_BYTES)}
            raise ValidationError(self.error_messages["too_large"], code="too_large", params=limit)
        try:
            file.kind = recognise(file).name
        except Refused as refusal:
            raise ValidationError(str(refusal), code=refusal.rule) from refusal
        return file


def what_is_taken() -> str:
    """For a help text: kinds and size."""
    return ON_TOP % {"limit": filesizeformat(settings.NM_UPLOAD_MAX_BYTES)}
