"""The sprite: what a page uses, and nothing else."""

import re

import pytest
from django.template import Context, Template

from nyemonstre.ui import icons, stitches


def draw(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


def symbols(html: str) -> list[str]:
    return re.findall(r'<(?:symbol|pattern) id="([^"]+)"', html)


def test_sprite_carries_only_what_the_page_uses():
    signs = '{% stitch "m3" %}{% icon "Calendar" %}{% icon "Calendar" %}{% due_chip "now" "nå" %}'
    html = draw("{% symbols %}" + signs + "{% endsymbols %}")
    assert symbols(html) == ["d-now", "i-Calendar", "m3"]


def test_page_without_drawings_gets_no_sprite():
    assert draw("{% symbols %}Bare ord{% endsymbols %}") == "Bare ord"


def test_ground_is_sent_with_the_motif_that_lies_on_it():
    assert symbols(draw('{% symbols %}{% stitch "m1" ground=True %}{% endsymbols %}')) == ["m1", "nm-ground"]


def test_what_people_write_adds_no_symbol():
    text = '<use href="#m5"/> url(#nm-ground)'
    assert symbols(draw("{% symbols %}{{ text }}{% endsymbols %}", text=text)) == []


def test_charts_grow_with_the_status():
    sizes = [chart.count("#") for chart in stitches.CHARTS.values()]
    assert sizes == sorted(sizes)
    assert all(len(chart.split()) == 9 and set(map(len, chart.split())) == {9} for chart in stitches.CHARTS.values())


def test_motif_stays_inside_its_box():
    for chart in stitches.CHARTS.values():
        for x, y in re.findall(r"M(\d+\.4) ([\d.]+)", stitches.chart_path(chart)):
            assert 10 <= float(x) <= 91
            assert 8 <= float(y) <= 89


def test_unknown_stitch_names_the_known_ones():
    with pytest.raises(KeyError, match="s-done"):
        draw('{% stitch "m9" %}')


@pytest.mark.parametrize("name", ["Kalender", "../../package", "Calendar.svg", ""])
def test_unknown_icon_is_refused(name):
    with pytest.raises(LookupError):
        icons.icon_paths(name)


def test_icon_follows_the_text_colour():
    assert "fill=" not in icons.icon_symbol("i-Heart").replace('fill-rule="', "")
