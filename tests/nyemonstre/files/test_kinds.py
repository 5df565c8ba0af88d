"""Files are what they are, whatever they are called: each kind let in, and each trick refused."""

import io

import pytest

from nyemonstre.files import kinds
from nyemonstre.files.giving import clean_label, give
from nyemonstre.refusals import Refused

from .making import archive, docx, heic, jpeg, odt, pdf, png

ZIP = archive({"a.txt": "a"})
LET_IN = {
    "pdf": pdf(), "jpeg": jpeg(), "png": png(), "heic": heic(), "docx": docx(), "odt": odt(),
    "text": "Hei på deg.\nÆØÅ 🙂\n".encode(),
}  # fmt: skip
REFUSED = {
    "empty": (b"", "file_empty"),
    "html": (b"<!DOCTYPE html><p>hei", "file_kind"),
    "html later": (b"hei\n" * 9 + b"<script>1</script>", "file_kind"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "file_kind"),
    "program": (b"MZ\x90\0\3\0", "file_kind"),
    "elf": (b"\x7fELF\2\1\1", "file_kind"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 50, "file_kind"),
    "gif": (b"GIF89a\1\0\1\0", "file_kind"),
    "zip": (ZIP, "file_kind"),
    "latin-1": ("Blåbær".encode("latin-1"), "file_kind"),
    "bell": (b"hei \x07", "file_kind"),
    "pdf, script": (pdf(b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "file_acts"),
    "pdf, hidden script": (pdf(b"/OpenAction<</S/J#61vaScript>>"), "file_acts"),
    "pdf, script across blocks": (pdf(b" " * (kinds.BLOCK - 30) + b"/JavaScript " * 2), "file_acts"),
    "pdf, launch": (pdf(b"/A<</S/Launch>>"), "file_acts"),
    "pdf, cut": (pdf()[:-8], "file_damaged"),
    "pdf, also zip": (pdf()[:-6] + ZIP + b"%%EOF", "file_two_in_one"),
    "pdf, also html": (pdf(b"<script>1</script>"), "file_two_in_one"),
    "png, also zip": (png() + ZIP, "file_two_in_one"),
    "png, cut": (png()[:-4], "file_damaged"),
    "jpeg, cut": (jpeg()[:-2], "file_damaged"),
    "jpeg, also html": (jpeg()[:20] + b"<html>" + jpeg()[20:], "file_two_in_one"),
    "heic, cut": (heic()[:16], "file_damaged"),
    "docx, macros": (docx(**{"word/vbaProject.bin": "x"}), "file_acts"),
    "docx, said macros": (docx('<Override ContentType="application/vnd.ms-word.macroEnabled"/>'), "file_acts"),
    "docx, active x": (docx(**{"word/activeX/a.xml": "x"}), "file_acts"),
    "docx, template far away": (docx(**{"word/_rels/settings.xml.rels": "attachedTemplate"}), "file_acts"),
    "docx, prefix": (b"PK\x03\x04" + b"x" * 60 + docx(), "file_two_in_one"),
    "docx, suffix": (docx() + b"<html>", "file_damaged"),
    "docx, climbing": (docx(**{"../../etc/passwd": "x"}), "file_damaged"),
    "docx, no end": (docx()[:-30], "file_damaged"),
    "xlsx": (archive({"[Content_Types].xml": "spreadsheetml", "xl/workbook.xml": "x"}), "file_kind"),
    "odt, macros": (odt(**{"Basic/Standard/a.xml": "x"}), "file_acts"),
    "odt, other": (archive({"mimetype": "application/epub+zip"}, stored="mimetype"), "file_kind"),
}


@pytest.mark.parametrize(("name", "content"), LET_IN.items())
def test_let_in(name, content):
    file = io.BytesIO(content)
    file.seek(3)
    assert kinds.recognise(file).name == name
    assert file.tell() == 0


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    content, rule = REFUSED[name]
    with pytest.raises(Refused) as refused:
        kinds.recognise(io.BytesIO(content))
    assert refused.value.rule == rule, refused.value.sentence
    assert refused.value.field == "file"


@pytest.mark.parametrize(("limit", "to"), [("PARTS", 1), ("UNPACKED", 10)])
def test_what_unpacks_to_too_much_is_refused_unopened(monkeypatch, limit, to):
    monkeypatch.setattr(kinds, limit, to)
    with pytest.raises(Refused) as refused:
        kinds.recognise(io.BytesIO(docx()))
    assert refused.value.rule == "file_size"


def test_a_locked_document_says_so():
    content = bytearray(docx())
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # the flags of the last part in the list at the end
    with pytest.raises(Refused) as refused:
        kinds.recognise(io.BytesIO(bytes(content)))
    assert refused.value.rule == "file_locked"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("avtale.pdf", "avtale.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\fakepath\\Ærlig talt.docx", "Ærlig talt.docx"),
        ("a\u202egnp.exe\r\nX: y", "agnp.exeX: y"),
        ("..", ""),
        ("x" * 400, "x" * 120),
    ],
)
def test_a_name_is_a_label(name, shown):
    assert clean_label(name) == shown


def test_a_file_is_given_out_as_a_download_that_nothing_runs():
    answer = give(io.BytesIO(pdf()), label="avtale <b>.html", kind="pdf")
    assert b"".join(answer.streaming_content) == pdf()
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert ".html" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'filename="fil.txt"' in give(io.BytesIO(b""), label="", kind="text").headers["Content-Disposition"]
