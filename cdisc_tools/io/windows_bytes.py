"""The five bytes that windows-1252 leaves open, as the control characters that browsers take them
for: so each text of bytes is read, and written again as the same bytes.

Source: WHATWG Encoding Standard, index windows-1252.
"""

import codecs

# the name of an error handler of ``str.encode`` and ``bytes.decode``
C1_CONTROLS = "cdisc_tools.c1_controls"
_OPEN = frozenset({0x81, 0x8D, 0x8F, 0x90, 0x9D})


def _as_control(error: UnicodeError) -> tuple[str | bytes, int]:
    """Read an open byte as its control character, and write that as the byte."""
    if isinstance(error, UnicodeDecodeError | UnicodeEncodeError) and error.encoding == _CHARMAP:
        found = error.object[error.start]
        code = ord(found) if isinstance(found, str) else found
        if code in _OPEN:
            return (bytes([code]) if isinstance(found, str) else chr(code)), error.start + 1
    raise error


# what Python calls the codecs of single bytes
_CHARMAP = "charmap"
codecs.register_error(C1_CONTROLS, _as_control)
