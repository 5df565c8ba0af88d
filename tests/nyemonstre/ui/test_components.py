"""Components from plain values: what is read aloud, what stays in the URL, what is refused."""

import pytest
from bs4 import BeautifulSoup
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from nyemonstre.ui import gallery, people
from nyemonstre.ui.templatetags.ui_page import changed_query


def draw(source: str, path: str = "/", **values: object) -> BeautifulSoup:
    request = RequestFactory().get(path)
    return BeautifulSoup(
        Template("{% load ui %}" + source).render(Context({"request": request, **values})), "html.parser"
    )


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ("dddn------", "3 av 10 steg er nådd. Steg 4, Samtykke, er i vinduet nå."),
        ("ddddddda--", "7 av 10 steg er nådd. Vinduet for steg 8, FIT, er passert."),
        ("ddddddddpp", "8 av 10 steg er nådd. På pause fra steg 9, 6-månedersevaluering."),
        ("dddddddddx", "9 av 10 steg er nådd. Neste er steg 10, Årlig kartlegging."),
        ("dddddddddd", "10 av 10 steg er nådd."),
        ("----------", "0 av 10 steg er nådd."),
    ],
)
def test_step_line_is_one_sentence(states, words):
    svg = draw("{% step_line steps %}", steps=gallery.line(states)).svg
    assert svg["aria-label"] == words
    assert len(svg.find_all("use")) == 10


def test_step_line_refuses_an_unknown_state():
    with pytest.raises(ValueError, match="late"):
        draw("{% step_line steps %}", steps=[{"state": "late", "label": "FIT"}])


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ingrid Solbakk", "IS"),
        ("Amal", "AM"),
        ("محمد علي", "مع"),
        ("Ŋil", "ŊI"),
        ("🙂", "?"),
        ("", "?"),
        ("a\0b", "AB"),
    ],
)
def test_initials(name, letters):
    assert people.initials(name) == letters


def test_names_and_own_words_are_escaped():
    html = draw("{% own_words text %}{% tag text %}{% due_chip 'now' text %}", text="<script>alert(1)</script>")
    assert html.script is None


def test_own_words_of_nobody_is_nothing():
    assert str(draw("{% own_words '' %}")) == ""


def test_query_keeps_the_rest_and_starts_at_the_first_page():
    request = RequestFactory().get("/?q=ly&vis=apent&page=4&vis=to")
    assert changed_query(request, sort="name") == "?q=ly&vis=apent&vis=to&sort=name"
    assert changed_query(request, vis="") == "?q=ly"
    assert changed_query(request, page=5) == "?q=ly&vis=apent&vis=to&page=5"
    assert changed_query(None) == "?"


@pytest.mark.parametrize(
    ("path", "direction", "link"),
    [
        ("/?q=a", None, "?q=a&sort=name"),
        ("/?sort=name", "ascending", "?sort=-name"),
        ("/?sort=-name", "descending", "?sort=name"),
    ],
)
def test_sort_header(path, direction, link):
    th = draw('{% sort_header "name" "Familie" %}', path).th
    assert th.get("aria-sort") == direction
    assert th.a["href"] == link


def test_filter_chips_mark_the_chosen_one():
    html = draw(
        '{% filter_chips "vis" options %}', "/?vis=utkast&q=x", options=[("", "Alle", 10), ("utkast", "Utkast", 0)]
    )
    everything, drafts = html.find_all("a")
    assert everything["href"] == "?q=x"
    assert drafts["aria-current"] == "true"
    assert drafts.b.text == "0"


def test_pagination_of_one_page_is_nothing():
    assert draw("{% pagination page %}", page=Paginator(range(3), 10).page(1)).nav is None


def test_pagination_marks_this_page_and_keeps_the_search():
    html = draw("{% pagination page %}", "/?q=ly&page=7", page=Paginator(range(200), 10).page(7))
    assert html.find(attrs={"aria-current": "true"}).text.endswith("7")
    assert html.find(rel="prev")["href"] == "?q=ly&page=6"
    assert html.find(string="20").find_parent("a")["href"] == "?q=ly&page=20"


def test_confirm_dialog_posts_with_its_token_and_fields():
    html = draw(
        '{% confirm_dialog id="d" title="Avslutte?" text="Alt står." action="/x/" button="Ja" fields=fields %}',
        fields={"version": 3},
        csrf_token="stamp",
    )
    assert html.form["method"] == "post"
    assert html.find("input", {"name": "csrfmiddlewaretoken"})["value"] == "stamp"
    assert html.find("input", {"name": "version"})["value"] == "3"


def test_table_wrap_can_be_reached_and_named():
    html = draw('{% table_wrap "Familier" %}<tbody><tr><td>1</td></tr></tbody>{% endtable_wrap %}')
    assert html.div["tabindex"] == "0"
    assert html.div["aria-label"] == html.table.caption.text == "Familier"


def test_card_names_its_section():
    html = draw('{% card "Å gjøre" variant="now" %}<p>x</p>{% endcard %}')
    assert html.section["aria-labelledby"] == html.h2["id"]
    assert "nm-todo" in html.section["class"]


def test_pattern_says_value_who_and_difference():
    html = draw("{% pattern p.rows p.columns 'Mønsteret' %}", p=gallery.pattern())
    assert html.find("a", attrs={"aria-label": "3, midt imellom. Familien mars 26. Ingrid satte 2."})
    assert html.find(class_="nm-knit__drop").text == "Mistet maske: øvelseskjøring, Jonas"
    assert len(html.find_all(class_="nm-st--paper")) == 7 * 3
    assert len(html.find_all(class_="nm-st--needle")) == 7


def test_pattern_has_an_open_stitch_where_nobody_was_asked_and_chart_paper_for_what_has_not_been():
    html = draw(
        "{% pattern rows columns %}",
        columns=[{"label": "Start"}, {"label": "6 md."}, {"label": "1 år"}, {"label": "2 år", "ahead": True}],
        rows=[
            {
                "label": "Skole",
                "yarn": "indigo",
                "cells": [{"value": 3}, None, {"value": 0, "asked": False}, None],
            }
        ],
    )
    signs = [(sign["aria-label"], sign.use["href"]) for sign in html.select("td svg[role=img]")]
    assert signs == [("3, midt imellom.", "#m3"), ("ikke spurt.", "#m0"), ("ikke spurt.", "#m0")]
    assert [one.text for one in html.select(".nm-st--paper")] == ["har ikke vært ennå"]


def test_pattern_refuses_a_row_of_another_length():
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        draw(
            "{% pattern rows columns %}",
            columns=[{"label": "a"}, {"label": "b"}],
            rows=[{"label": "Skole", "yarn": "mose", "cells": [None]}],
        )


@pytest.mark.parametrize("count", [0, 1, 2, 7, 12])
def test_network_draws_a_thread_for_each_service(count):
    html = draw("{% network services %}", services=[{"name": f"T{n}"} for n in range(count)])
    assert len(html.find_all("li")) == len(html.find_all("path")) == count


def test_ended_agreement_is_a_cut_thread():
    html = draw("{% network services %}", services=[{"name": "Skolen", "state": "ended", "note": "Avsluttet"}])
    assert len(html.find_all("path")) == 2


def test_a_dropped_stitch_is_drawn_last_with_a_thread_that_no_service_has():
    html = draw("{% network services dropped %}", services=[{"name": "Skolen"}], dropped=[{"what": "Øvelseskjøring"}])
    assert [path["data-state"] for path in html.find_all("path", class_="nm-net__line")] == ["live", "dropped"]
    assert "Øvelseskjøring" in html.find("li", attrs={"data-state": "dropped"}).text


def test_line_chart_never_guesses_a_missing_value():
    html = draw(
        "{% line_chart series 'Selvvurdering' columns %}",
        series=[{"name": "Amal", "values": [2, None, 10]}],
        columns=["a", "b", "c"],
    )
    assert html.find(class_="nm-spark__fam")["d"] == "M20.0 50.8M140.0 6.0"
    assert [td.text for td in html.tbody.find_all("td")] == ["2", "–", "10"]
    assert "Amal: fra 2 til 10." in html.svg["aria-label"]


def test_ladder_and_status_have_every_answer_once():
    form = gallery.SittingForm(initial={"ladder": "6", "status": "not_assessed"})
    html = draw("{% ladder form.ladder %}{% status_choice form.status %}", form=form)
    ladder, status = html.find_all("fieldset")
    assert [i["value"] for i in ladder.find_all("input")] == [*map(str, range(10, -1, -1)), "unknown", "refused"]
    assert ladder.find("input", checked=True)["value"] == "6"
    assert [u["href"] for u in status.find_all("use")] == ["#m1", "#m2", "#m3", "#m4", "#m5", "#m0"]
    assert status.find("input", checked=True)["value"] == "not_assessed"
    ids = [tag["id"] for tag in html.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_answer_that_was_refused_says_so_at_the_question():
    form = gallery.SittingForm({"ladder": "11"})
    html = draw("{% ladder form.ladder %}{% segments form.criterion %}", form=form)
    ladder, segments = html.find_all("fieldset")
    assert html.find(id=ladder["aria-describedby"].split()[-1]).text.strip() == "Velg ett av svarene i listen."
    assert "Velg et svar." in segments.text
