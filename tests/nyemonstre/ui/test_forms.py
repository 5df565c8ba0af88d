"""Dates, text of every kind, rows, and how errors are said."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from crispy_forms.utils import render_crispy_form
from django import forms
from django.forms import formset_factory
from django.template import Context, Template

from nyemonstre.ui.forms import NMForm, NorwegianDateField, PlainTextField, RowsFormSet, plain
from nyemonstre.ui.gallery import ChildForm, ExampleForm

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "text",
    [
        "21.11.2026",
        "21.11.2026.",
        " 21.11.2026 ",
        "21/11/2026",
        "21/11-2026",
        "21-11-2026",
        "21 11 2026",
        "21112026",
        "2026-11-21",
    ],
)
def test_date_is_read_as_people_write_it(text):
    assert NorwegianDateField().clean(text) == DAY


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("21.11.26", "Skriv året med fire sifre, slik: 21.11.2026"),
        ("12/3-87", "Skriv året med fire sifre, slik: 21.11.2026"),
        ("31.02.2026", "Denne dagen finnes ikke. Sjekk dag og måned."),
        ("29.02.2027", "Denne dagen finnes ikke. Sjekk dag og måned."),
        ("11.21.2026", "Denne dagen finnes ikke. Sjekk dag og måned."),
        ("01.01.1899", "Årstallet må være mellom 1900 og 2100."),
        ("01.01.2101", "Årstallet må være mellom 1900 og 2100."),
        ("9999-12-31", "Årstallet må være mellom 1900 og 2100."),
        ("i morgen", "Skriv datoen slik: 21.11.2026"),
        ("21.11.2026\0", "Skriv datoen slik: 21.11.2026"),
        ("🙂", "Skriv datoen slik: 21.11.2026"),
    ],
)
def test_date_that_is_none_says_what_to_write(text, message):
    with pytest.raises(forms.ValidationError) as refused:
        NorwegianDateField().clean(text)
    assert refused.value.messages == [message]


def test_leap_day_and_no_date():
    assert NorwegianDateField().clean("29.02.2028") == date(2028, 2, 29)
    assert NorwegianDateField(required=False).clean("  ") is None


def test_date_limits_may_be_asked_for_at_the_moment_of_use():
    field = NorwegianDateField(earliest=date(2026, 1, 1), latest=lambda: DAY)
    assert field.clean("21.11.2026") == DAY
    with pytest.raises(forms.ValidationError, match=r"etter 21\.11\.2026"):
        field.clean("22.11.2026")
    with pytest.raises(forms.ValidationError, match=r"før 01\.01\.2026"):
        field.clean("31.12.2025")


def test_date_comes_back_as_it_is_written():
    class Form(NMForm, forms.Form):
        day = NorwegianDateField()

    assert 'value="21.11.2026"' in str(Form(initial={"day": DAY})["day"])
    assert 'value="31.02.2026"' in str(Form({"day": "31.02.2026"})["day"])


@pytest.mark.parametrize("text", ["أريد السلام", "Ŋil Sáŋŋá", "🙂👨‍👩‍👧", "Å\nto linjer\tinnrykk", "שלום‎"])
def test_people_may_write_any_script(text):
    assert PlainTextField(long=True).clean(text) == text


def test_control_characters_go_and_letters_are_composed():
    assert plain("A\u030a\x07b\x1b\u202ec") == "Åbc"
    assert PlainTextField().clean("  Amal \r") == "Amal"


def test_nul_and_long_text_are_told_in_words():
    with pytest.raises(forms.ValidationError):
        PlainTextField().clean("a\0b")
    form = ExampleForm({"name": "a\0b", "situation": "x" * 10_001})
    assert form.errors["name"] == [
        "Teksten har et tegn som ikke kan lagres. Skriv den på nytt, eller lim inn som ren tekst."
    ]
    assert form.errors["situation"] == ["Teksten er på 10001 tegn. Det er plass til 10000."]


def test_every_text_has_a_limit_and_textareas_cut_nothing_in_silence():
    class Form(NMForm, forms.Form):
        free = forms.CharField(widget=forms.Textarea)
        short = forms.CharField(max_length=5, widget=forms.Textarea)

    assert "free" in Form({"free": "x" * 10_001, "short": "x"}).errors
    assert "maxlength" not in str(Form()["short"])


def drawn(form: forms.BaseForm) -> BeautifulSoup:
    return BeautifulSoup(render_crispy_form(form, context={"csrf_token": "stamp"}), "html.parser")


def test_empty_form_has_no_summary_and_marks_what_is_optional():
    html = drawn(ExampleForm())
    assert html.find("ds-error-summary") is None
    assert "(valgfritt)" in html.find("label", {"for": "id_mail"}).text
    assert "(valgfritt)" not in html.find("label", {"for": "id_name"}).text
    assert html.find("input", {"name": "csrfmiddlewaretoken"})["value"] == "stamp"
    assert not html.find_all(required=True)
    assert all(
        "ds-input" in tag["class"]
        for tag in html.find_all(["input", "select", "textarea"])
        if tag.get("type") != "hidden"
    )


def test_error_summary_leads_to_each_field():
    html = drawn(ExampleForm({"born": "12/3-87", "mail": "ola"}))
    links = html.find("ds-error-summary").find_all("a")
    assert [link["href"] for link in links] == [
        "#id_name",
        "#id_born",
        "#id_mail",
        "#id_home",
        "#id_knows_0",
        "#id_agrees",
    ]
    assert all(html.find(id=link["href"][1:]) for link in links)
    assert links[0].text == "Navn: Fyll ut dette feltet."
    assert links[4].text == "Vet familien om henvendelsen? Velg et svar."


def test_field_with_an_error_is_tied_to_its_words():
    html = drawn(ExampleForm({"born": "12/3-87"}))
    field = html.find(id="id_born")
    assert field["aria-invalid"] == "true"
    assert field["value"] == "12/3-87"
    texts = [html.find(id=target).text.strip() for target in field["aria-describedby"].split()]
    assert texts == ["dd.mm.åååå", "Skriv året med fire sifre, slik: 21.11.2026"]
    group = html.find("fieldset", id="id_knows")
    assert html.find(id=group["aria-describedby"]).text.strip() == "Velg et svar."


def test_what_was_written_comes_back_in_every_script():
    html = drawn(ExampleForm({"name": "محمد <b>", "situation": "🙂 Ŋ", "services": ["nav"], "knows": "ja"}))
    assert html.find(id="id_name")["value"] == "محمد <b>"
    assert html.find("textarea").text.strip() == "🙂 Ŋ"
    assert html.find("input", {"value": "nav"}).has_attr("checked")
    assert html.find("input", {"value": "ja"}).has_attr("checked")


def test_errors_of_the_whole_form_stand_in_the_summary():
    class Form(NMForm, forms.Form):
        name = PlainTextField()

        def clean(self):
            raise forms.ValidationError("Slutten er før starten.")

    assert "Slutten er før starten." in drawn(Form({"name": "x"})).find("ds-error-summary").text


Rows = formset_factory(ChildForm, formset=RowsFormSet, extra=1, max_num=3, can_delete=True)


def sent(**values: str) -> dict[str, str]:
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    data.update({"barn-TOTAL_FORMS": "1", "barn-INITIAL_FORMS": "0", **values})
    return data


def rows_html(formset: RowsFormSet) -> BeautifulSoup:
    return BeautifulSoup(Template("{% load ui %}{% rows f %}").render(Context({"f": formset})), "html.parser")


def test_one_more_row_keeps_what_was_typed_and_judges_nothing():
    data = sent(**{"barn-add": "1", "barn-0-born": "tull"})
    formset, form = Rows(data, prefix="barn"), ExampleForm(data)
    assert not formset.is_valid()
    assert not form.is_valid()
    assert form.errors == {}
    html = rows_html(formset)
    assert len(html.find_all("fieldset")) == 2
    assert html.find(id="id_barn-0-born")["value"] == "tull"
    assert not html.find_all(class_="ds-validation-message")


def test_rows_end_where_the_limit_is():
    full = Rows(sent(**{"barn-TOTAL_FORMS": "3", "barn-add": "1"}), prefix="barn")
    assert len(full.forms) == 3
    assert rows_html(full).find("button", attrs={"name": "barn-add"}) is None


def test_broken_row_count_is_an_error_not_a_crash():
    formset = Rows(sent(**{"barn-TOTAL_FORMS": "²", "barn-add": "1"}), prefix="barn")
    assert not formset.is_valid()
    rows_html(formset)


def test_errors_of_rows_join_the_one_summary():
    formset = Rows(sent(**{"barn-0-name": "Leah", "barn-0-born": "31.02.2015"}), prefix="barn")
    form = ExampleForm({"name": "Amal"})
    form.formsets = [formset]
    assert not formset.is_valid()
    links = drawn(form).find("ds-error-summary").find_all("a")
    assert links[-1]["href"] == "#id_barn-0-born"
    assert rows_html(formset).find(id="id_barn-0-born")
