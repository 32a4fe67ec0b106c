"""A text document of headings, paragraphs, lists and tables, whatever file it is written to."""

from dataclasses import dataclass

# a text, also of a table's cell, that begins so is for a person to write
TO_COMPLETE = "To complete: "


@dataclass(frozen=True)
class Heading:
    """A heading: its number ("3.1"), its text, and its level from 1."""

    number: str
    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; one that is ``by_hand`` says what a person is to write in its place."""

    text: str
    by_hand: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list without an order."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table: a header, records as texts, and the share of the width that each column takes."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]


Block = Heading | Paragraph | Bullets | Table


@dataclass(frozen=True)
class Document:
    """A document: title, subtitles below it, and what follows; ``running`` heads each page."""

    title: str
    subtitles: tuple[str, ...]
    blocks: tuple[Block, ...]
    running: str = ""
