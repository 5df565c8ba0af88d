from datetime import timedelta

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nyemonstre.ui.forms import NMForm, NorwegianDateField

# One year at a time: longer lists are not read, and a file must not take the request away from others.
LONGEST = timedelta(days=366)
USUAL = timedelta(days=90)


class InsightForm(NMForm, forms.Form):
    """Which days, and in which language. Lives in the address, so that the file is the list that was looked at."""

    fra = NorwegianDateField(label=gettext_lazy("Fra"))
    til = NorwegianDateField(label=gettext_lazy("Til og med"))
    sprak = forms.ChoiceField(label=gettext_lazy("Språk"), choices=settings.LANGUAGES)

    submit_text = gettext_lazy("Vis")
    form_class = "nm-form nm-filterform"

    def __init__(self, data, *, language):
        today = timezone.localdate()
        usual = {"fra": f"{today - USUAL:%d.%m.%Y}", "til": f"{today:%d.%m.%Y}", "sprak": language}
        asked = {key: data[key] for key in usual if key in data}
        super().__init__(usual | asked)
        self.helper.form_method = "get"
        self.helper.inputs[0].name = ""

    def clean(self):
        first, last = self.cleaned_data.get("fra"), self.cleaned_data.get("til")
        if first and last and last < first:
            self.add_error("til", _("Denne datoen er før «Fra»."))
        elif first and last and last - first > LONGEST:
            self.add_error("fra", _("Velg høyst ett år om gangen."))
        return self.cleaned_data
