"""Small real files of each kind, and the ways they go wrong."""

import io
import struct
import zipfile
import zlib

from nyemonstre.files.kinds import ODT

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>%s</Types>'
)


def pdf(extra: bytes = b"") -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\n1 0 obj<</Type/Catalog" + extra + b">>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def png() -> bytes:
    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + part(b"IDAT", zlib.compress(b"\0\0")) + part(b"IEND", b"")


def jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\x11" * 40 + b"\xff\xd9"


def heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40


def archive(parts: dict[str, str | bytes], *, stored: str = "", comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data, zipfile.ZIP_STORED if name == stored else None)
        made.comment = comment
    return out.getvalue()


def docx(types: str = "", **parts: str) -> bytes:
    return archive({"[Content_Types].xml": CONTENT_TYPES % types, "word/document.xml": "<w/>", **parts})


def odt(**parts: str) -> bytes:
    return archive({"mimetype": ODT.mime, "content.xml": "<office/>", **parts}, stored="mimetype")
