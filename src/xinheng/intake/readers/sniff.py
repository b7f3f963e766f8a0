"""What a file is, by its content. Its name is not asked."""

import re

from xinheng.intake.readers import ole
from xinheng.intake.readers.errors import unreadable
from xinheng.intake.readers.files import Content

TEXT, XLS, ZIP, HTML, XML = "text", "xls", "zip", "html", "xml"
_HEAD_BYTES = 4096
_PAGES = (b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"(\xb5/\xfd")
_OTHERS = (b"{\\rtf", b"SQLite format 3\0", b"\x7fELF", b"MZ\x90\0", b"\x09\x08\x10\0", b"\x09\x08\x08\0")
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_HTML = re.compile(
    rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|meta|table|div|style)\b", re.I | re.S
)
_MAIL = re.compile(rb"\s*MIME-Version:\s*1", re.I)
_XML = re.compile(rb"\s*<\?xml\s", re.I)
_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
_MARKS = b"\xef\xbb\xbf\xff\xfe"


def container_of(file: Content) -> str:
    """``text``, ``xls``, ``zip``, ``html`` or ``xml`` (a spreadsheet of Excel 2003).

    Raises ``UnreadableFile`` for everything known that is none of them.
    """
    head = file.head(_HEAD_BYTES)
    if head.startswith(ole.SIGNATURE):
        return XLS
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return ZIP
    _refuse_known(head)
    # Narrowed, so that a page in UTF-16 is told as well.
    start = head.lstrip(_MARKS).replace(b"\0", b"")
    if _MAIL.match(start):
        raise unreadable("file.html")
    if _HTML.match(start):
        return HTML
    return _kind_of_xml(start) if _XML.match(start) else TEXT


def _kind_of_xml(start: bytes) -> str:
    if b"<html" in start.lower():
        return HTML
    if _SPREADSHEET in start:
        return XML
    raise unreadable("file.xml")


def _refuse_known(head: bytes) -> None:
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    is_bitmap = head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"
    if head.startswith(_PAGES) or is_webp or is_bitmap:
        raise unreadable("file.pdf_or_image")
    if head.startswith(_ARCHIVES) or (head.startswith(b"BZh") and head[4:10] == b"1AY&SY"):
        raise unreadable("file.archive")
    if head.startswith(_OTHERS):
        raise unreadable("file.unknown_type")
