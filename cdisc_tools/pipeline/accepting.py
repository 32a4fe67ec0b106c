"""Findings beside a baseline: the accepted ones are left out, stale entries are told."""

from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from cdisc_tools.io.writing import write_text
from cdisc_tools.metadata.baseline import (
    STALE,
    compare_baseline,
    read_baseline,
    renew_baseline,
    stale_findings,
)
from cdisc_tools.metadata.checks import check_of, read_checks
from cdisc_tools.metadata.selection import Selection
from cdisc_tools.model.baseline import BaselineEntry
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Check, Findings
from cdisc_tools.model.validation import BaselineUse
from cdisc_tools.pipeline.wishes import Wishes
from cdisc_tools.reports.baseline import baseline_csv
from cdisc_tools.reports.outcomes import RAN

LookedAt = Callable[[BaselineEntry], bool]


def entries_of(path: Path, *, update: bool) -> list[BaselineEntry]:
    """Read the entries of a baseline; one that is to be written need not exist.

    Raises ConfigurationError for one that does not exist or is wrong.
    """
    if path.exists():
        return read_baseline(path)
    if update:
        return []
    raise ConfigurationError(
        f"{path} does not exist; --update-baseline writes it with all findings as accepted"
    )


def accept_findings(
    findings: Findings,
    path: Path,
    entries: Sequence[BaselineEntry],
    wishes: Wishes,
    read: Collection[str] | None,
) -> tuple[Findings, BaselineUse]:
    """Give the findings that a baseline does not accept, with a note for each stale entry.

    Where it is to be updated, it is written first, so that it accepts all findings. ``read`` are
    the datasets that were read, None for all of a study.
    """
    looked_at = looked_at_by(findings, wishes.selection, read)
    if wishes.update_baseline:
        entries = renew_baseline(findings, entries, looked_at)
        write_text(path, baseline_csv(entries))
    comparison = compare_baseline(findings, entries, looked_at)
    new, stale = comparison.new, len(comparison.stale)
    # stale entries are told whatever was selected, unless they are ignored
    if not wishes.selection.ignores(check_of(STALE)):
        new.extend(stale_findings(comparison.stale))
    use = BaselineUse(path.as_posix(), comparison.accepted, comparison.unexplained, stale)
    return new, use


def looked_at_by(
    findings: Findings, selection: Selection, read: Collection[str] | None
) -> LookedAt:
    """Tell whether what an entry accepts could have been found this time.

    Its check was selected, its rule ran, and its dataset was among those ``read``: None stands for
    a whole study, whose absent datasets are gone for good.
    """
    own = read_checks()
    known = {**own, **findings.checks}
    status = {(item.rule_id, item.dataset): item.status for item in findings.outcomes}
    ran = {rule for (rule, _), became in status.items() if became == RAN}

    def looked_at(entry: BaselineEntry) -> bool:
        check_id, dataset = entry.identity[:2]
        check = known.get(check_id) or Check(check_id, "", "", "", "", "")
        judged = check_id in own or (
            check_id in ran and status.get((check_id, dataset), RAN) == RAN
        )
        here = read is None or not dataset or dataset in read
        return judged and here and selection.takes(check)

    return looked_at
