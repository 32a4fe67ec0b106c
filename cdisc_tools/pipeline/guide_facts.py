"""What the reviewer's guides are written from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from cdisc_tools.model.analysis import Analysis
from cdisc_tools.model.baseline import BaselineEntry
from cdisc_tools.model.documents import Block, Paragraph
from cdisc_tools.model.mapping import MappingLine
from cdisc_tools.model.study import Study
from cdisc_tools.model.validation import Validation
from cdisc_tools.pipeline.package_files import Splits
from cdisc_tools.pipeline.package_parts import Part
from cdisc_tools.pipeline.run import Run

Blocks = Iterable[Block]


@dataclass(frozen=True)
class GuideFacts:
    """What the guide of one part of a package is written from.

    ``parts`` are all parts by standard; ``validation`` is that of this part, with all findings;
    ``entries`` are the accepted findings; ``mapping`` are the lines of the mapping tables. ``run``
    is None for datasets that lay ready, ``analysis`` for a study without analysis definitions.
    """

    study: Study
    part: Part
    parts: Mapping[str, Part]
    splits: Splits
    validation: Validation
    entries: tuple[BaselineEntry, ...] = ()
    mapping: tuple[MappingLine, ...] = ()
    run: Run | None = None
    analysis: Analysis | None = None

    def frame(self, name: str) -> pd.DataFrame | None:
        """The records of a dataset of the package, whatever its part; None where there is none."""
        for part in self.parts.values():
            for dataset in part.datasets:
                if dataset.name == name:
                    return dataset.frame
        return None


def not_at_hand(what: str) -> list[Block]:
    """Say that a person has to describe something of which nothing is known here."""
    return [Paragraph(f"{what} is not known from the study's tables; describe it.", by_hand=True)]


def texts(frame: pd.DataFrame, columns: Iterable[str]) -> list[tuple[str, ...]]:
    """The records of some columns as texts; a missing value and an absent column are ""."""
    found = [
        frame[name].astype("string").fillna("").tolist() if name in frame else [""] * len(frame)
        for name in columns
    ]
    return list(zip(*found, strict=True))
