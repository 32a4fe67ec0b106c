"""Code pages that texts of transport files may be of."""

import codecs
from functools import cache

_ASCII = bytes(range(128))
# Latin, Greek, Cyrillic, Arabic, Thai, Japanese, Chinese, Korean
_LETTERS = "\u00e9\u0141\u03a9\u0416\u0639\u0e01\u3042\u4e2d\ud55c"


@cache
def code_page(name: str) -> str:
    """The name by which Python knows a code page; "" for what is none that texts may be of.

    Its bytes are those of ASCII for each character of ASCII, without a mark in front, as the blanks
    that fill up a value and its length ask for; other characters have bytes of their own.

    >>> code_page("windows-1252"), code_page("UTF8"), code_page("utf-16"), code_page("rot13")
    ('cp1252', 'utf-8', '', '')
    """
    try:
        found = codecs.lookup(name).name
        is_fit = _ASCII.decode().encode(found) == _ASCII and _ASCII.decode(found) == _ASCII.decode()
    # what is known to Python may turn bytes to bytes, or know no control characters
    except (LookupError, ValueError):
        return ""
    return found if is_fit and not any(_is_escaped(letter, found) for letter in _LETTERS) else ""


def _is_escaped(letter: str, page: str) -> bool:
    """True where characters of ASCII stand for another one, which would be read as they stand."""
    written = letter.encode(page, "ignore")
    return written.isascii() and bool(written)
