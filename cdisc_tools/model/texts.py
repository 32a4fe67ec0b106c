"""Texts as tables hold them."""


def one_line_end(text: str) -> str:
    """Write every line end of a text as a line feed, which is what a table's cell keeps.

    >>> one_line_end("a\\r\\nb\\rc")
    'a\\nb\\nc'
    """
    return text.replace("\r\n", "\n").replace("\r", "\n")
