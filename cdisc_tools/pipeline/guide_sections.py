"""Sections of the reviewer's guides: study, standards, datasets, and what was mapped how."""

from collections import Counter

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.specification import ADAM_PART, SDTM_PART
from cdisc_tools.model.documents import TO_COMPLETE, Bullets, Paragraph, Table
from cdisc_tools.model.terminology import pins_of
from cdisc_tools.pipeline.guide_facts import Blocks, GuideFacts, not_at_hand, texts
from cdisc_tools.pipeline.package_files import DEFINE_VERSION
from cdisc_tools.pipeline.package_parts import PartDataset

_TRIAL_DESIGN = "trial design"
# the algorithm of the line that names the form of a block
_RECORDS = "records"
_OPEN = f"{TO_COMPLETE}version"


def purpose_sdtm(facts: GuideFacts) -> Blocks:
    """Say what the guide of the tabulations is for."""
    yield Paragraph(
        "This guide accompanies the tabulation datasets and their define.xml. It tells what a "
        "reviewer needs beyond define.xml: how the datasets came to be, which decisions the "
        "mapping took, and which findings of the conformance checks remain, with their reasons."
    )
    yield from _synthetic(facts)


def purpose_adam(facts: GuideFacts) -> Blocks:
    """Say what the guide of the analysis datasets is for."""
    yield Paragraph(
        "This guide accompanies the analysis datasets and their define.xml. It tells what a "
        "reviewer needs beyond define.xml: the choices behind populations, dates and endpoints "
        "with their rationale, and which findings of the conformance checks remain."
    )
    yield from _synthetic(facts)


def _synthetic(facts: GuideFacts) -> Blocks:
    if facts.study.synthetic:
        yield Paragraph("All subject data of this study are synthetic; no person stands behind it.")


def standards(facts: GuideFacts) -> Blocks:
    """List the standards, the terminology and the dictionaries with their versions."""
    study = facts.study
    rows = [("Tabulation", _guide(study.sdtm))]
    if ADAM_PART in facts.parts:
        rows.append(("Analysis", _guide(study.adam)))
    pins = pins_of(study.terminology) or {"": study.terminology}
    for package, version in pins.items():
        rows.append((f"Controlled terminology {package.upper()}".strip(), version))
    rows.append(("Data definition", f"Define-XML {DEFINE_VERSION}"))
    dictionaries = {record["dictionary"] or record["name"] or record["id"]: record["version"]
                    for record in facts.part.specification.table("dictionaries")}  # fmt: skip
    rows += [(name, version or _OPEN) for name, version in dictionaries.items() if name]
    yield Table(("Standard or dictionary", "Version"), tuple(rows), (2, 3))


def _guide(name: str) -> str:
    """Write a standard's name as people do.

    >>> _guide("sdtmig-3.4"), _guide("adamig-1.3")
    ('SDTMIG 3.4', 'ADaMIG 1.3')
    """
    family, _, version = name.partition("-")
    return f"{family.upper().replace('ADAM', 'ADaM')} {version}"


def protocol(facts: GuideFacts) -> Blocks:
    """Tell number and title of the protocol, and what the trial summary says of the trial."""
    rows = [("Study", facts.study.study_id), ("Title", facts.study.title)]
    summary = facts.frame("TS")
    if summary is not None:
        path = specs_path() / "submission" / "protocol_parameters.csv"
        wanted = [line["parameter"] for line in read_table(path, ("parameter",))]
        records = texts(summary, ("TSPARMCD", "TSPARM", "TSVAL", "TSVALNF"))
        for code in wanted:
            found = [record for record in records if record[0] == code]
            values = "; ".join(value or f"({flavor})" for _, _, value, flavor in found)
            if found:
                rows.append((found[0][1] or code, values))
    yield Table(("Trial", "Value"), tuple(rows), (2, 5))


def trial_design(facts: GuideFacts) -> Blocks:
    """List the datasets of the trial's design."""
    found = [
        (dataset.name, dataset.spec.label, str(dataset.records))
        for dataset in facts.part.datasets
        if dataset.spec.dataset_class.casefold() == _TRIAL_DESIGN
    ]
    if found:
        yield Table(("Dataset", "Label", "Records"), tuple(found), (1, 4, 1))
    else:
        yield Paragraph("There are no datasets of the trial's design.")


def overview_sdtm(facts: GuideFacts) -> Blocks:
    """Tell the subjects by arm, the data cut-off, and how the datasets came to be."""
    subjects = facts.frame("DM")
    if subjects is not None:
        arms = Counter(arm or "no arm" for (arm,) in texts(subjects, ("ACTARM",)))
        yield Paragraph(f"DM holds {len(subjects)} subjects, by actual arm:")
        yield Bullets(tuple(f"{arm}: {count}" for arm, count in sorted(arms.items())))
    yield Paragraph(f"The data cut-off is {facts.study.cutoff.isoformat()}.")
    if facts.run is None:
        yield Paragraph("Describe how the datasets were made of the collected data.", by_hand=True)
        return
    forms = len(facts.run.conversion.tables)
    yield Paragraph(
        f"The datasets were made of {forms} raw forms by the study's mapping tables; each value is "
        "traceable to the raw cell that it came from."
    )


def overview_adam(facts: GuideFacts) -> Blocks:
    """Tell how many analysis datasets there are, and for how many subjects."""
    subjects = facts.frame("ADSL")
    count = "no" if subjects is None else str(len(subjects))
    yield Paragraph(
        f"There are {len(facts.part.datasets)} analysis datasets; ADSL holds {count} subjects."
    )


def datasets(facts: GuideFacts) -> Blocks:
    """List the datasets of the part: label, class, structure, keys, records, and parts."""
    described = {record["dataset"]: record for record in facts.part.specification.table("datasets")}
    rows = []
    for dataset in facts.part.datasets:
        record = described.get(dataset.name)
        told = record.values if record else {}
        parts = facts.splits.get(dataset.name, ())
        rows.append((
            dataset.name,
            told.get("label") or dataset.spec.label,
            (told.get("class") or dataset.spec.dataset_class).capitalize(),
            told.get("structure") or dataset.spec.structure,
            (told.get("key_variables") or ", ".join(dataset.spec.keys)).replace(",", ", "),
            str(dataset.records),
            f"{len(parts)} parts" if parts else "no",
        ))  # fmt: skip
    yield Table(
        ("Dataset", "Label", "Class", "Structure", "Keys", "Records", "Split"),
        tuple((*row[:4], " ".join(row[4].split()), *row[5:]) for row in rows),
        (10, 20, 14, 28, 28, 9, 8),
    )


def splits(facts: GuideFacts) -> Blocks:
    """Explain how large datasets were split."""
    if not facts.splits:
        yield Paragraph("No dataset is split: none is larger than what one file may hold.")
        return
    yield Paragraph(
        "Each of these datasets is there as a whole and, in the folder split, in parts. The parts "
        "follow the order of the whole, each of its records is in one part, and the records of a "
        "subject are in one part unless they alone are too many for it."
    )
    rows = [
        (name, part.name, f"{part.records[0]} to {part.records[1]}", part.first, part.last)
        for name, parts in facts.splits.items()
        for part in parts
    ]
    header = ("Dataset", "Part", "Records", "First subject", "Last subject")
    yield Table(header, tuple(rows), (1, 1, 2, 3, 3))


def mapping_comments(facts: GuideFacts) -> Blocks:
    """List what the mapping tables remark on their lines."""
    own = {dataset.name for dataset in facts.part.datasets}
    lines = [line for line in facts.mapping if line.comment and line.dataset in own]
    if facts.run is None:
        yield from not_at_hand("How the datasets were mapped")
        return
    if not lines:
        yield Paragraph("The mapping tables have no remarks.")
        return
    forms = {
        (line.dataset, line.block): line.source
        for line in facts.mapping
        if line.algorithm == _RECORDS
    }
    rows = [
        (f"{line.dataset}.{line.variable}" if line.variable else line.dataset,
         line.source or forms.get((line.dataset, line.block), ""),
         "; ".join(line.columns), line.comment)
        for line in lines
    ]  # fmt: skip
    yield Table(("Variable", "Form", "Collected", "Remark"), tuple(rows), (2, 2, 3, 6))


def supplemental(facts: GuideFacts) -> Blocks:
    """List the supplemental qualifiers with their labels and how many records they have."""
    counts: Counter[tuple[str, ...]] = Counter()
    for dataset in facts.part.datasets:
        if {"RDOMAIN", "QNAM", "QLABEL"} <= set(dataset.variables):
            counts.update(texts(dataset.frame, ("RDOMAIN", "QNAM", "QLABEL", "QORIG")))
    if not counts:
        yield Paragraph("There are no supplemental qualifiers.")
        return
    rows = tuple((*key, str(count)) for key, count in sorted(counts.items()))
    yield Table(("Dataset", "QNAM", "Label", "Origin", "Records"), rows, (1, 1, 4, 2, 1))


def criteria(facts: GuideFacts) -> Blocks:
    """List the criteria of inclusion and exclusion as TI has them."""
    frame = facts.frame("TI")
    if frame is None:
        yield Paragraph("There is no dataset TI.")
        return
    rows = texts(frame, ("IETESTCD", "IECAT", "IETEST"))
    yield Table(("Criterion", "Category", "Text"), tuple(rows), (1, 1, 5))


def unmapped(facts: GuideFacts) -> Blocks:
    """List the collected columns that are in no dataset, with the reason and their filled cells."""
    if facts.run is None:
        yield from not_at_hand("What was collected and is in no dataset")
        return
    cells = Counter(texts(facts.run.conversion.unmapped, ("SOURCE", "COLUMN", "REASON")))
    if not cells:
        yield Paragraph("Every collected value is in a dataset.")
        return
    rows = tuple(
        (source, column, str(count), reason or f"{TO_COMPLETE}reason")
        for (source, column, reason), count in sorted(cells.items())
    )
    yield Paragraph("These collected columns are in no dataset.")
    yield Table(("Form", "Column", "Filled cells", "Reason"), rows, (2, 3, 1, 6))


def dataset_named(facts: GuideFacts, name: str) -> PartDataset | None:
    """A dataset of the part by its name."""
    return next((item for item in facts.part.datasets if item.name == name), None)


def sdtm_names(facts: GuideFacts) -> set[str]:
    """The names of the tabulation datasets of the package."""
    part = facts.parts.get(SDTM_PART)
    return {dataset.name for dataset in part.datasets} if part else set()
