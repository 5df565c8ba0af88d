"""What a file really is. The name and what the browser says count for nothing; the content decides.

A short list is let in, each kind by its own strict reading; what can carry a program (macros, scripts, HTML, SVG), or
is two kinds at once, is refused. puremagic gives a second opinion, and names what was refused.
"""

import codecs
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import puremagic
from django.utils.translation import gettext as _

from nyemonstre.refusals import Refused

# Bytes at the beginning in which a page or a program would have to show itself to be taken for one.
HEAD = 2048
# A ZIP archive ends here: 22 bytes, and a remark of at most 65,535.
ZIP_TAIL = 22 + 65_535
ZIP_END, ZIP_BEGIN = b"PK\x05\x06", b"PK\x03\x04"
# What an office document may unpack to: parts, and bytes in all.
PARTS, UNPACKED = 5_000, 200 * 1024 * 1024
SMALL_PART = 1024 * 1024
BLOCK = 256 * 1024

PAGE = re.compile(rb"<\s*(!doctype|html|head|body|script|svg|iframe|\?php|\?xml)", re.IGNORECASE)
# What makes a PDF act by itself, or carry another file.
PDF_ACTS = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)\b")
PDF_ESCAPE = re.compile(rb"#([0-9a-fA-F]{2})")
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class FileKind:
    """A kind that is let in. `extension` is the one the file gets back when it is given out."""

    name: str
    mime: str
    extension: str
    others: tuple[str, ...] = ()


PDF = FileKind("pdf", "application/pdf", ".pdf", (".fdf", ".ai"))
JPEG = FileKind("jpeg", "image/jpeg", ".jpg", (".jpeg", ".jfif", ".jpe"))
PNG = FileKind("png", "image/png", ".png", (".apng",))
HEIC = FileKind("heic", "image/heic", ".heic", (".heif", ".hif"))
DOCX = FileKind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
ODT = FileKind("odt", "application/vnd.oasis.opendocument.text", ".odt")
TEXT = FileKind("text", "text/plain; charset=utf-8", ".txt")
KINDS = {kind.name: kind for kind in (PDF, JPEG, PNG, HEIC, DOCX, ODT, TEXT)}


def recognise(file: BinaryIO) -> FileKind:
    """The kind of `file`, and the file at its beginning again. Raises Refused, in a sentence, when it is not let in."""
    file.seek(0, 2)
    size = file.tell()
    head = _at(file, 0, HEAD)
    try:
        if not size:
            raise _refused(_("Filen er tom."), "file_empty")
        kind = _kind_of(head)
        if kind is None:
            raise _refused(_not_taken(head), "file_kind")
        if kind not in (DOCX, ODT):
            _refuse_two_in_one(file, head, size)
        READ[kind.name](file, size)
        _second_opinion(head, kind)
        return kind
    finally:
        file.seek(0)


def _kind_of(head: bytes) -> FileKind | None:
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS:
        return HEIC
    if head.startswith(ZIP_BEGIN):
        # An ODT says first of all what it is; a DOCX is opened to be believed.
        return ODT if head[30:38] == b"mimetype" else DOCX
    binary = b"\0" in head or head.startswith((b"MZ", b"\x7fELF", b"\xd0\xcf\x11\xe0"))
    return None if binary or PAGE.search(head) else TEXT


def _read_pdf(file: BinaryIO, size: int) -> None:
    if b"%%EOF" not in _at(file, max(0, size - 1024), 1024):
        raise _damaged()
    rest, file_end = b"", False
    file.seek(0)
    while not file_end:
        block = file.read(BLOCK)
        file_end = not block
        # A name may be written with escapes: /#4aavaScript.
        text = PDF_ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), rest + block)
        if PDF_ACTS.search(text):
            raise _refused(
                _("PDF-en har skript eller vedlegg inni seg. Skriv den ut som en ny PDF først."), "file_acts"
            )
        rest = (rest + block)[-64:] if block else b""


def _read_png(file: BinaryIO, size: int) -> None:
    if _at(file, max(0, size - 12), 12) != b"\0\0\0\0IEND\xaeB\x60\x82":
        raise _damaged()


def _read_jpeg(file: BinaryIO, size: int) -> None:
    # A phone may put a short film after the picture; the end of the picture itself must be there.
    file.seek(0)
    rest = b""
    while block := file.read(BLOCK):
        if b"\xff\xd9" in rest + block:
            return
        rest = block[-1:]
    raise _damaged()


def _read_heic(file: BinaryIO, size: int) -> None:
    if int.from_bytes(_at(file, 0, 4)) > min(size, HEAD):
        raise _damaged()


def _read_docx(file: BinaryIO, size: int) -> None:
    with _parts(file, size) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" not in names or "word/document.xml" not in names:
            raise _refused(_("Dette er ikke et Word-dokument (.docx)."), "file_kind")
        types = _part(archive, "[Content_Types].xml")
        if b"wordprocessingml.document.main+xml" not in types:
            raise _refused(_("Dette er ikke et Word-dokument (.docx)."), "file_kind")
        settings = "word/_rels/settings.xml.rels"
        if (
            b"macroEnabled" in types
            or b"vbaProject" in types
            or any(n.lower().endswith((".bin", ".vba", ".exe")) or n.startswith("word/activeX") for n in names)
            or (settings in names and b"attachedTemplate" in _part(archive, settings))
        ):
            raise _has_macros()


def _read_odt(file: BinaryIO, size: int) -> None:
    with _parts(file, size) as archive:
        first = archive.infolist()[0]
        if first.filename != "mimetype" or _part(archive, "mimetype") != ODT.mime.encode():
            raise _refused(_("Dette er ikke et OpenDocument-tekstdokument (.odt)."), "file_kind")
        if any(name.startswith(("Basic/", "Scripts/", "Object ")) for name in archive.namelist()):
            raise _has_macros()


def _read_text(file: BinaryIO, size: int) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(BLOCK):
            if CONTROL.search(decoder.decode(block)):
                raise _refused(_("Filtypen tas ikke imot."), "file_kind")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise _refused(_("Teksten har tegn vi ikke kan lese. Lagre den som UTF-8 eller PDF."), "file_kind") from None


READ: dict[str, Callable[[BinaryIO, int], None]] = {
    "pdf": _read_pdf, "png": _read_png, "jpeg": _read_jpeg, "heic": _read_heic, "docx": _read_docx, "odt": _read_odt,
    "text": _read_text,
}  # fmt: skip


def _refuse_two_in_one(file: BinaryIO, head: bytes, size: int) -> None:
    """A file that is also a page or an archive, for whoever reads it the other way."""
    if PAGE.search(head) or ZIP_END in _at(file, max(0, size - ZIP_TAIL), ZIP_TAIL):
        raise _refused(_("Filen er to filtyper på en gang. Lagre den på nytt, og prøv igjen."), "file_two_in_one")


def _parts(file: BinaryIO, size: int) -> zipfile.ZipFile:
    """The archive, if it is a plain one: from the first byte to the last, not locked, and not too large inside."""
    if _at(file, max(0, size - 22), 4) != ZIP_END:
        raise _damaged()
    try:
        archive = zipfile.ZipFile(file)
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise _damaged() from None
    if not parts or min(part.header_offset for part in parts) != 0:
        raise _refused(_("Filen er to filtyper på en gang. Lagre den på nytt, og prøv igjen."), "file_two_in_one")
    if any(part.flag_bits & 1 for part in parts):
        raise _refused(_("Dokumentet er låst med passord. Lagre det uten, og prøv igjen."), "file_locked")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise _refused(_("Dokumentet er for stort når det pakkes ut."), "file_size")
    if any(part.filename.startswith("/") or ".." in part.filename.split("/") for part in parts):
        raise _damaged()
    return archive


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of one part: enough for what is looked for, however large it says it is."""
    try:
        with archive.open(name) as part:
            return part.read(SMALL_PART)
    except (KeyError, zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
        raise _damaged() from None


def _second_opinion(head: bytes, kind: FileKind) -> None:
    """puremagic must not be surer of something else than of this kind."""
    try:
        best = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return
    known = {kind.extension, *kind.others}
    if kind in (DOCX, ODT, TEXT) or best.confidence < 0.8 or best.extension in known:
        return
    raise _refused(_not_taken(head), "file_kind")


def _not_taken(head: bytes) -> str:
    try:
        what = puremagic.magic_string(head)[0].extension
    except (puremagic.PureError, ValueError, IndexError):
        what = ""
    said = _("Filtypen tas ikke imot. Lagre den som PDF, og prøv igjen.")
    return _("Dette er en %(what)s-fil. ") % {"what": what.lstrip(".")} + said if what else said


def _at(file: BinaryIO, place: int, length: int) -> bytes:
    file.seek(place)
    return file.read(length)


def _refused(sentence: str, rule: str) -> Refused:
    return Refused(sentence, rule=rule, field="file")


def _damaged() -> Refused:
    return _refused(
        _("Filen er ikke hel, eller ikke det den sier. Åpne den, lagre på nytt, og prøv igjen."), "file_damaged"
    )


def _has_macros() -> Refused:
    return _refused(_("Dokumentet har makroer eller innebygde filer. Lagre det som PDF, og prøv igjen."), "file_acts")
