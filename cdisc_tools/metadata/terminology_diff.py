"""What changed between two versions of the terminology, and which values it concerns."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cdisc_tools.metadata.terminology import Terminology
from cdisc_tools.model.specs import Codelist
from cdisc_tools.model.terminology import DataHit, TermChange, TerminologyDiff

_KINDS = (
    "codelist added", "codelist removed", "codelist renamed", "extensible changed",
    "term added", "term removed", "term renamed",
)  # fmt: skip
# values of each variable of each dataset, with their records, by codelist
Values = Mapping[str, Mapping[tuple[str, str], Mapping[str, int]]]


def compare_versions(old: Terminology, new: Terminology) -> TerminologyDiff:
    """Find the terms and codelists added, removed and renamed, and extensible changed.

    A term is renamed where the same code of the same codelist has another submission value. A
    codelist that only one version has counts as added or removed where the other version has
    its whole package; the shipped part of a package leaves codelists out, which a note says.
    """
    changes: list[TermChange] = []
    unknown = {old.version: 0, new.version: 0}
    for code in sorted(set(old) | set(new), key=lambda one: (len(one), one)):
        if code in old and code in new:
            changes.extend(_codelist_changes(old[code], new[code]))
        elif code in old and old.packages[code] in new.whole:
            changes.append(_whole("codelist removed", old[code]))
        elif code in new and new.packages[code] in old.whole:
            changes.append(_whole("codelist added", new[code]))
        else:
            unknown[new.version if code in old else old.version] += 1
    notes = tuple(
        f"{version} is at hand in part: {count} codelists of the other version were not compared; "
        "import its whole package"
        for version, count in unknown.items()
        if count
    )
    return TerminologyDiff(old.version, new.version, tuple(sorted(changes, key=_order)), notes)


def _order(change: TermChange) -> tuple[str, str, int, str, str, str]:
    kind = _KINDS.index(change.kind)
    return change.short_name, change.codelist, kind, change.old, change.new, change.term


def _whole(kind: str, codelist: Codelist) -> TermChange:
    gone = kind == "codelist removed"
    name = codelist.short_name
    return TermChange(kind, name, codelist.code, "", name if gone else "", "" if gone else name)


def _codelist_changes(old: Codelist, new: Codelist) -> Iterator[TermChange]:
    name, code = new.short_name, new.code
    if old.short_name != name:
        yield TermChange("codelist renamed", name, code, "", old.short_name, name)
    if old.extensible != new.extensible:
        words = ("No", "Yes") if new.extensible else ("Yes", "No")
        yield TermChange("extensible changed", name, code, "", words[0], words[1])
    before = {term.code: term.submission_value for term in old.terms}
    after = {term.code: term.submission_value for term in new.terms}
    for term, value in before.items():
        if term not in after:
            yield TermChange("term removed", name, code, term, value, "")
        elif after[term] != value:
            yield TermChange("term renamed", name, code, term, value, after[term])
    for term, value in after.items():
        if term not in before:
            yield TermChange("term added", name, code, term, "", value)


def with_hits(diff: TerminologyDiff, values: Values, new: Terminology) -> TerminologyDiff:
    """Add to each change the values that it concerns.

    A removed or renamed term concerns the values that were its submission value, unless the new
    version has that value otherwise; an added one the values that are it now; a removed codelist
    all values of its variables; a codelist that is no longer extensible those that it lacks.
    """
    changes = tuple(
        replace(change, hits=tuple(_hits(change, values.get(change.codelist, {}), new)))
        for change in diff.changes
    )
    return replace(diff, changes=changes)


def _hits(
    change: TermChange, values: Mapping[tuple[str, str], Mapping[str, int]], new: Terminology
) -> Iterator[DataHit]:
    permitted = new[change.codelist].submission_values if change.codelist in new else frozenset()
    for (dataset, variable), counts in sorted(values.items()):
        for value, records in sorted(counts.items()):
            if _concerns(change, value, permitted):
                yield DataHit(dataset, variable, value, records)


def _concerns(change: TermChange, value: str, permitted: frozenset[str]) -> bool:
    if change.kind in ("term removed", "term renamed"):
        return value == change.old and value not in permitted
    if change.kind == "term added":
        return value == change.new
    if change.kind == "extensible changed":
        return change.new == "No" and value not in permitted
    return change.kind == "codelist removed"
