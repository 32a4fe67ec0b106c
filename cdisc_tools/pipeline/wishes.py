"""What a user wants of the findings of a validation."""

from dataclasses import dataclass
from pathlib import Path

from cdisc_tools.metadata.selection import Selection
from cdisc_tools.pipeline.validate import CAP


@dataclass(frozen=True)
class Wishes:
    """What a user wants of the findings.

    ``cap`` are listed per check and variables; ``rules`` are paths of further rules beside the
    product's own and the added ones; ``select`` and ``ignore`` are the words of a
    ``Selection``; ``severity`` is a table of severities; ``baseline`` the file of accepted
    findings, which ``update_baseline`` writes anew; ``workers`` is how many processes work.
    """

    cap: int = CAP
    rules: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Path | None = None
    baseline: Path | None = None
    update_baseline: bool = False
    workers: int = 1

    @property
    def selection(self) -> Selection:
        """The checks that are wanted."""
        return Selection(self.select, self.ignore)
