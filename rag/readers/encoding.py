"""Which encoding a file's first bytes are in."""

import codecs
import re
from collections.abc import Mapping

BYTE_ORDER_MARKS: Mapping[bytes, str] = {  # in this order: UTF-32's begins as UTF-16's does
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
WINDOWS = "cp1252"


def encoding_of(head: bytes) -> str:
    """What the byte-order mark says; else UTF-8, or Windows-1252 where the head is that and not UTF-8."""
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return encoding
    return WINDOWS if not _is_utf8(head) and _is_windows(head) else "utf-8"


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the head may end inside a character
    except UnicodeDecodeError:
        return False
    return True


def _is_windows(head: bytes) -> bool:
    """A damaged UTF-8 file has whole characters; one of Windows may have a few by chance."""
    text = head.decode("utf-8", "surrogateescape")
    wrong = len(re.findall("[\udc80-\udcff]", text))
    right = len(re.findall("[^\0-\x7f\udc80-\udcff]", text))
    try:
        head.decode(WINDOWS)
    except UnicodeDecodeError:
        return False
    return wrong > 10 * right
