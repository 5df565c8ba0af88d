"""The engine behind every PDF. The only module that knows WeasyPrint.

It knows the look (templates/pdf/page.html and page.css) and nothing about families: whoever prints gathers plain values
and names a template. Checked by the tests and by hand with pikepdf's PDF/A check; no certificate is claimed.
"""

import os
import re
import threading
import time
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pydyf
from django.conf import settings
from django.template.loader import render_to_string
from fontTools.ttLib import woff2
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from nyemonstre.pdf import FontMissing
from nyemonstre.staticfiles import VENDOR
from nyemonstre.ui.stitches import CHARTS, OPEN_STITCH, chart_path

# The clock of the fonts in a file, which are cut to size for each one: so that the same page is the same file.
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")

# The look on paper. Colours stand in the drawings, because a printer knows no theme.
HEM, WOOL = "#24346b", "#f4f0ea"
YARN = {"indigo": "#2f4380", "krapp": "#924924", "mose": "#415c28"}
_KNIT = "M1 1.5l7.6 7.2v9.8L1 11.3zM17 1.5L9.4 8.7v9.8l7.6-7.2z"

UA_MARK = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA version identifier</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
</rdf:RDF>"""


def _svg(width: int, height: int, inside: str) -> bytes:
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{inside}</svg>'.encode()


@cache
def _drawings() -> dict[str, bytes]:
    """Every picture the page may ask for. Backgrounds, so that a screen reader passes them by."""
    rose = f'<path fill="{WOOL}" d="{chart_path(CHARTS[5])}"/>'
    lice = "".join(f'<path fill="{WOOL}" d="{_KNIT}" transform="translate({x} {y})"/>' for x, y in ((0, 0), (18, 20)))
    drawings = {
        "nm:rose.svg": _svg(110, 110, rose),
        "nm:band.svg": _svg(36, 40, f'<path fill="{HEM}" d="M0 0h36v40H0z"/>{lice}'),
        "nm:open.svg": _svg(18, 20, f'<path fill="none" stroke="{YARN["krapp"]}" stroke-width="1.4" d="{_KNIT}"/>'),
    }
    for yarn, colour in YARN.items():
        drawings[f"nm:{yarn}.svg"] = _svg(18, 20, f'<path fill="{colour}" d="{_KNIT}"/>')
        ground = f'<path fill="{WOOL}" d="M0 0h110v110H0z"/>'
        open_stitch = f'<path fill="none" stroke="{colour}" stroke-width="4" d="{OPEN_STITCH}"/>'
        drawings[f"nm:m0-{yarn}.svg"] = _svg(110, 110, ground + open_stitch)
        for value, chart in CHARTS.items():
            motif = f'<path fill="{colour}" d="{chart_path(chart)}"/>'
            drawings[f"nm:m{value}-{yarn}.svg"] = _svg(110, 110, ground + motif)
    return drawings


@lru_cache(maxsize=16)
def _font(file: Path, _changed: int) -> bytes:
    """The font, unpacked. Unpacking takes longer than to draw a short paper, and WeasyPrint does it for each one."""
    unpacked = BytesIO()
    woff2.decompress(BytesIO(file.read_bytes()), unpacked)
    return unpacked.getvalue()


# Seconds. WeasyPrint unpacks fonts in the temporary folder, which some machines tidy after days.
KEPT_FOR = 3600
_kept = threading.local()


def _fonts() -> FontConfiguration:
    """The fonts as the machine knows them, found and measured once an hour. Each thread has its own: Pango's are not
    shared."""
    these = settings.NODE_MODULES, time.monotonic() // KEPT_FOR
    if vars(_kept).get("these") != these:
        _kept.these, _kept.fonts = these, FontConfiguration()
    return _kept.fonts


class _NoSuchFont(FatalURLFetchingError):
    """Ours, and not there."""


class OurFiles(URLFetcher):
    """Gives out our own fonts and drawings, the pictures this page was given, and nothing else: no file, no address,
    whatever people wrote."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        super().__init__()
        self.pictures = pictures

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """The file behind an `nm:` address. Raises FatalURLFetchingError, which stops the printing, for any other."""
        drawings = _drawings()
        if url in drawings:
            return URLFetcherResponse(url, drawings[url], {"Content-Type": "image/svg+xml"})
        name = url.removeprefix("nm:")
        if name in self.pictures:
            return URLFetcherResponse(url, self.pictures[name], {"Content-Type": "image/png"})
        if url.startswith("nm:fonts/") and f"vendor/{name}" in VENDOR:
            file = Path(settings.NODE_MODULES) / VENDOR[f"vendor/{name}"]
            try:
                font = _font(file, file.stat().st_mtime_ns)
                return URLFetcherResponse(url, font, {"Content-Type": "font/ttf"})
            except OSError as error:
                # Stops the printing: with another font the same plan would look different on another machine.
                raise _NoSuchFont(f"font missing: {name}") from error
        raise FatalURLFetchingError(f"not ours: {url}")


def render_pdf(template: str, values: dict[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """See nyemonstre.pdf."""
    html = render_to_string(template, values)
    try:
        page = HTML(string=html, base_url="nm:", url_fetcher=OurFiles(pictures))
        return page.write_pdf(pdf_variant="pdf/a-2a", finisher=partial(_finish, html), font_config=_fonts())
    except _NoSuchFont as error:
        raise FontMissing(str(error)) from error
    except FatalURLFetchingError as error:
        raise RuntimeError(str(error)) from error


def _finish(html: str, _document: Any, pdf: pydyf.PDF) -> None:
    """What WeasyPrint leaves out of PDF/UA-1: which way each table heading points, and the mark itself.

    The document's id is made from the page and not by lot, so that the same page is the same file, byte for byte.
    """
    for thing in pdf.objects:
        # All our headings stand in thead. WeasyPrint gives each an attribute dictionary of its own.
        if isinstance(thing, pydyf.Dictionary) and thing.get("S") == "/TH":
            thing["A"]["Scope"] = "/Column"
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    marked = re.sub(rb"</rdf:RDF>", UA_MARK, b"".join(metadata.stream))
    metadata.stream = [re.sub(rb"xmp\.did:[0-9a-f-]{36}", f"xmp.did:{uuid5(NAMESPACE_URL, html)}".encode(), marked)]
