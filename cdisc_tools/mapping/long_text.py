"""Text that is longer than a variable can hold, continued where the standard says."""

import pandas as pd

from cdisc_tools.mapping.collected import Collected
from cdisc_tools.model.mapping import MappingLine

MAX_BYTES = 200


def split_text(text: str, limit: int = MAX_BYTES) -> list[str]:
    """Split a text into parts of at most ``limit`` bytes, between words where it can.

    >>> split_text("one two three", 8)
    ['one two', 'three']
    """
    parts, rest = [], text
    while len(rest.encode()) > limit:
        head = rest.encode()[:limit].decode(errors="ignore")
        # a word that reaches over the limit goes to the next part, unless it fills one alone
        cut = head.rfind(" ") if rest[len(head)] != " " else len(head)
        cut = cut if cut > 0 else len(head)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest]


def split_column(values: pd.Series) -> list[pd.Series]:
    """Split a column of texts: the first parts, then the second ones, as far as any reaches."""
    parts = {text: split_text(text) for text in values.dropna().unique()}
    most = max((len(split) for split in parts.values()), default=1)
    return [
        values.map({text: split[n] for text, split in parts.items() if n < len(split)}).astype(
            "string"
        )
        for n in range(most)
    ]


def continue_long_text(collected: Collected) -> None:
    """Keep the first part of each text over 200 bytes; the others become qualifiers.

    AETERM continues in the supplemental qualifiers AETERM1, AETERM2, ... as "SUPP." columns.
    Source: SDTMIG 3.4 section 4.5.3.2.
    """
    frame = collected.frame
    for variable in collected.spec.variables:
        if variable.type != "Char" or variable.name not in frame:
            continue
        values = frame[variable.name]
        # four bytes are the most that a character takes
        if not (values.str.len() * 4 > MAX_BYTES).any():
            continue
        first, *more = split_column(values)
        for number, part in enumerate(more, 1):
            name = f"SUPP.{variable.name[: 8 - len(str(number))]}{number}"
            label = f"{variable.label[: 39 - len(str(number))]} {number}"
            line = MappingLine(collected.name, "", name, "continued", label=label)
            frame[name] = part
            collected.supplemental.append(line)
            own = collected.lineage[collected.lineage["VARIABLE"] == variable.name]
            collected.add_lineage(own.assign(VARIABLE=name))
        frame[variable.name] = first
