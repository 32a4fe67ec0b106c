"""A tree of study data against what a gateway and a reviewer refuse."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from cdisc_tools.io.xpt import only_member
from cdisc_tools.metadata.checks import check_of
from cdisc_tools.metadata.rule_store import own_rules_folder
from cdisc_tools.metadata.study_standards import standards_of
from cdisc_tools.metadata.submission import (
    check_tree,
    file_cell,
    holds,
    is_study_of_folder,
    read_limits,
    read_references,
    read_weights,
    whole_of,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import CellRef, Finding, Findings
from cdisc_tools.model.rules import Rule
from cdisc_tools.model.specs import DatasetSpec
from cdisc_tools.model.submission import (
    ADAM_FOLDER,
    DATASET,
    PART,
    SDTM_FOLDER,
    SPLIT,
    PackageCheck,
    SubmissionLimits,
    TreeFile,
)
from cdisc_tools.pipeline.precheck_define import check_define
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.reading import ReadFile, read_file
from cdisc_tools.pipeline.rule_findings import check_rules, rule_check
from cdisc_tools.pipeline.rules import RuleBook, usable_rule
from cdisc_tools.rules.columns import as_text
from cdisc_tools.rules.table import Table

MODULE, DATASETS = "m5", "datasets"
TRANSPORT_RULES = "CDT-X"
_VERSION = 5
# bytes of a file that is read a variable at a time: all files of a study are open at once
_LARGE = 4 * 1024**2
_FOLDERS_ALONE = "this folder takes folders alone"
# what the tree itself is asked, by names and not by what is in the files
_BY_NAME = frozenset({"CDT-X001", "CDT-X005", "CDT-X006", "CDT-X007", "CDT-X013"})
# these tell the study of a tree, the first that is there
_TELL_STUDY = ("TS", "DM", "ADSL")
_KEYS = ("USUBJID", "TSPARMCD", "IDVAR", "IDVARVAL", "QNAM", "PARAMCD")


@dataclass(frozen=True)
class TreeDataset:
    """A dataset file of a tree, and the dataset that it holds."""

    file: TreeFile
    read: ReadFile

    def present(self, variable: str) -> list[str]:
        """The distinct values of a variable, sorted; none where it isn't there."""
        table = self.read.ruled.dataset.table
        values = table[variable].present() if variable in table else []
        return sorted(as_text(value) for value in values)


def check_package(
    folder: Path, *, limits: SubmissionLimits | None = None, progress: Progress = quiet
) -> PackageCheck:
    """Check a tree of study data, made by whatever tool, for what it would be refused for.

    ``folder`` holds the folder ``m5``, or is that folder. Names, places and sizes of files are
    looked at, each dataset and each define.xml is read, and the rules of transport are judged. An
    error rejects the package. A file past the limit of sizes is not read.
    Raises ConfigurationError where there is no folder ``m5/datasets`` with a study.
    """
    root = _root(folder)
    limits = limits or read_limits()
    inside = root / MODULE / DATASETS
    studies = sorted(path for path in inside.iterdir() if path.is_dir())
    if not studies:
        raise ConfigurationError(f"{inside} holds no folder of a study; make m5/datasets/<study>")
    findings, count, book = Findings(), 0, transport_rules()
    for path in sorted(inside.iterdir()):
        cell = file_cell(f"{MODULE}/{DATASETS}/{path.name}")
        if path.is_symlink():
            findings.add(_link(path, cell))
        elif not path.is_dir():
            count += 1
            findings.add(Finding("CDT-X109", "", cell=cell, detail=_FOLDERS_ALONE))
    for study in studies:
        files, links = walk_tree(study)
        count += len(files)
        findings.extend(links)
        findings.extend(_check_study(study, files, limits, book, progress))
    _weigh(findings, book)
    names = tuple(study.name for study in studies)
    return PackageCheck(folder.as_posix(), names, count, findings.in_order())


def _root(folder: Path) -> Path:
    """The folder that holds m5."""
    if (folder / MODULE / DATASETS).is_dir():
        return folder
    if folder.name == MODULE and (folder / DATASETS).is_dir():
        return folder.absolute().parent
    raise ConfigurationError(
        f"{folder} holds no folder {MODULE}/{DATASETS}; give the folder in which m5 lies"
    )


def walk_tree(study: Path) -> tuple[list[TreeFile], list[Finding]]:
    """The files of a study's folder, sorted by folder and name, and a finding for each link.

    A link to a file counts as the file, too; one to a folder is not followed.
    """
    above, files, links = study.parents[2], [], []
    for base, folders, names in os.walk(study):
        for name in (*folders, *names):
            path = Path(base, name)
            place = path.relative_to(above).as_posix()
            if path.is_symlink():
                links.append(_link(path, file_cell(place)))
                if not path.is_file():
                    continue
            elif name in folders:
                continue
            inside = path.parent.relative_to(study).as_posix().removeprefix(".")
            files.append(TreeFile(inside, name, path.stat().st_size, place))
    return sorted(files, key=lambda file: (file.folder, file.name)), links


def _link(path: Path, cell: CellRef) -> Finding:
    """The finding of a link, whose target may not be there."""
    kind = "a folder" if path.is_dir() else "a file" if path.is_file() else "nothing"
    target = path.readlink().as_posix()
    return Finding("CDT-X124", "", values=(target,), cell=cell, detail=kind)


def _check_study(
    study: Path,
    files: Sequence[TreeFile],
    limits: SubmissionLimits,
    book: RuleBook,
    progress: Progress,
) -> Findings:
    """Check the folder of one study."""
    path = f"{MODULE}/{DATASETS}/{study.name}"
    findings = Findings()
    findings.extend(check_tree(study.name, path, files, limits))
    read: list[TreeDataset] = []
    for file in files:
        if holds(file) in {DATASET, PART} and 0 < file.size <= limits.dataset_bytes:
            progress(f"checking {file.name}")
            found = _read(study / file.folder / file.name, file, findings)
            if found is not None:
                read.append(TreeDataset(file, found))
    findings.extend(_check_parts(files, read))
    whole = {one.read.name: one for one in reversed(read) if holds(one.file) == DATASET}
    named = _study_identifiers(whole)
    findings.extend(_check_identifier(named, study.name, whole))
    paths = {file.path for file in files}
    for part in (SDTM_FOLDER, ADAM_FOLDER):
        beside = [file for file in files if file.folder in {part, f"{part}/{SPLIT}"}]
        findings.extend(check_define(study / part, beside, paths, named, _study_start(whole)))
    findings.extend(_judge(whole, book))
    return findings


def _read(path: Path, file: TreeFile, findings: Findings) -> ReadFile | None:
    """Read a dataset and check its head; one that can't be read is a finding."""
    cell, name = file_cell(file.path), file.stem.upper()
    try:
        member = only_member(path).member
        read = read_file(path, lambda columns: _spec(name, columns), large=_LARGE)
    except ConfigurationError as error:
        detail = str(error).splitlines()[0].rstrip(".")
        findings.add(Finding("CDT-X102", name, cell=cell, detail=detail))
        return None
    if member.version != _VERSION:
        findings.add(Finding("CDT-X103", name, values=(str(member.version),), cell=cell))
    if member.about.name != name:
        values = (member.about.name,)
        findings.add(Finding("CDT-X105", name, values=values, cell=cell, detail=name))
    return read


def _spec(name: str, columns: Iterable[str]) -> DatasetSpec:
    """What is known of a dataset of which no standard is asked: its name, and likely keys."""
    known = set(columns)
    keys = tuple(key for key in (*_KEYS, f"{name[:2]}SEQ", "ASEQ") if key in known)
    return DatasetSpec(name, "", "", "", keys, ())


def _check_parts(files: Sequence[TreeFile], read: Sequence[TreeDataset]) -> Iterator[Finding]:
    """Find parts of no dataset, and datasets whose parts don't have all of their records."""
    records = {one.file: one.read.records for one in read}
    sums: dict[TreeFile, int] = {}
    for part in files:
        if holds(part) != PART:
            continue
        above = part.folder.removesuffix(f"/{SPLIT}")
        wholes = {
            file.stem: file for file in files if file.folder == above and holds(file) == DATASET
        }
        name = whole_of(part, wholes)
        if name is None:
            detail = f"there is no dataset in {above} that it is a part of"
            yield Finding("CDT-X112", part.stem.upper(), cell=file_cell(part.path), detail=detail)
        else:
            sums[wholes[name]] = sums.get(wholes[name], 0) + records.get(part, 0)
    for whole, count in sums.items():
        if records.get(whole, count) != count:
            detail = f"it has {records[whole]} records, its parts have {count}"
            yield Finding("CDT-X112", whole.stem.upper(), cell=file_cell(whole.path), detail=detail)


def _study_identifiers(whole: Mapping[str, TreeDataset]) -> dict[str, str]:
    """STUDYID of the datasets that tell the study, by dataset; of several values each once."""
    found = {}
    for name in _TELL_STUDY:
        if name in whole and "STUDYID" in whole[name].read.ruled.dataset.table:
            found[name] = ", ".join(whole[name].present("STUDYID"))
    return found


def _check_identifier(
    named: Mapping[str, str], folder: str, whole: Mapping[str, TreeDataset]
) -> Iterator[Finding]:
    """Find a study identifier that isn't that of the folder, in the first dataset that tells it."""
    for name, value in named.items():
        if not is_study_of_folder(value, folder):
            cell = file_cell(whole[name].file.path, "STUDYID")
            yield Finding("CDT-X118", name, ("STUDYID",), (value,), cell=cell, detail=folder)
        return


def _study_start(whole: Mapping[str, TreeDataset]) -> date | None:
    """The day on which the study began by TS; None where it isn't told."""
    table = whole["TS"].read.ruled.dataset.table if "TS" in whole else Table({}, 0)
    if not {"TSPARMCD", "TSVAL"} <= set(table.names):
        return None
    starts = np.flatnonzero(table["TSPARMCD"].where(lambda code: code == "SSTDTC"))
    for value in table["TSVAL"].take(starts).present():
        try:
            return date.fromisoformat(str(value)[:10])
        except ValueError:
            continue
    return None


def transport_rules() -> RuleBook:
    """The rules of transport that are judged by what is in the files."""
    rules = {}
    for folder in sorted(own_rules_folder().glob(f"{TRANSPORT_RULES}*")):
        text = (folder / "rule.yml").read_text(encoding="utf-8")
        rules[folder.name] = usable_rule(text, folder.name)
    return RuleBook(rules, {})


def _judge(whole: Mapping[str, TreeDataset], book: RuleBook) -> Findings:
    """Judge the datasets of a study by the rules of transport; each finding names the file.

    The datasets that make up one are judged together, beside those that rules look into, and what
    was read of them is dropped then.
    """
    rules = {name: rule for name, rule in book.rules.items() if name not in _BY_NAME}
    judged, findings = replace(book, rules=rules), Findings()
    groups: dict[str, list[str]] = {}
    for name, one in whole.items():
        groups.setdefault(one.read.anew().dataset.whole_name, []).append(name)
    looked_into = [name for name in _looked_into(rules) if name in whole]
    for names in groups.values():
        beside = [name for name in looked_into if name not in names]
        seen = [whole[name].read.anew() for name in (*names, *beside)]
        found = _of_datasets(check_rules(seen, judged, standards_of()), names)
        found.records = [_placed(finding, whole) for finding in found.records]
        findings.extend(found)
    return findings


def _looked_into(rules: Mapping[str, Rule]) -> list[str]:
    """The datasets that rules look into when they judge others."""
    named = {operation.domain for rule in rules.values() for operation in rule.operations}
    named |= {match.name for rule in rules.values() for match in rule.match_datasets}
    return sorted(named - {""})


def _of_datasets(found: Findings, names: Sequence[str]) -> Findings:
    """What was found in some datasets."""
    records = [finding for finding in found.records if finding.dataset in names]
    totals = {total: count for total, count in found.totals.items() if total[1] in names}
    outcomes = [outcome for outcome in found.outcomes if outcome.dataset in names]
    return replace(found, records=records, totals=totals, outcomes=outcomes)


def _placed(finding: Finding, whole: Mapping[str, TreeDataset]) -> Finding:
    """Give a finding of a rule with the file of its dataset."""
    one = whole.get(finding.dataset)
    if one is None:
        return finding
    column = finding.variables[0] if finding.record and finding.variables else ""
    return replace(finding, cell=file_cell(one.file.path, column, finding.record))


def _weigh(findings: Findings, book: RuleBook) -> None:
    """Give the checks that found something the authority's ids, and what they weigh here."""
    references, weights = read_references(), read_weights()
    known = {name: rule_check(rule) for name, rule in book.rules.items()} | findings.checks
    for name in sorted({check_id for check_id, _, _ in findings.totals}):
        check = check_of(name, known)
        ids = tuple(dict.fromkeys((*references.get(name, ()), *check.references)))
        findings.checks[name] = replace(
            check, references=ids, severity=weights.get(name, check.severity)
        )
