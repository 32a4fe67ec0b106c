"""SUPP--, CO and RELREC: records about records of other datasets."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cdisc_tools.mapping.collected import Collected
from cdisc_tools.mapping.long_text import split_column
from cdisc_tools.model.data import LINEAGE_COLUMNS
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import MappingLine, RelationshipLine
from cdisc_tools.model.specs import DatasetSpec

COMMENT = "CO.COVAL"


def supplemental_qualifiers(collected: Collected, spec: DatasetSpec) -> Collected | None:
    """Make SUPP-- of a dataset from its "SUPP." columns; None where none has a value.

    IDVAR is --SEQ, or empty for a dataset with one record per subject; IDVARVAL is the whole
    number as text.
    """
    pieces, lineages, offset = [], [], 0
    for line in collected.supplemental:
        if line.variable not in collected.frame:
            continue
        filled = collected.frame[line.variable].notna()
        pieces.append(_qualifier(collected, line, filled))
        records = pd.Series(range(offset, offset + int(filled.sum())), index=_places(filled))
        cells = collected.lineage[collected.lineage["VARIABLE"] == line.variable]
        cells = cells[cells["RECORD"].isin(records.index)]
        lineages.append(cells.assign(RECORD=cells["RECORD"].map(records), VARIABLE="QVAL"))
        offset += int(filled.sum())
    if not offset:
        return None
    frame = pd.concat(pieces, ignore_index=True)
    supp = Collected(spec, frame, pd.concat(lineages, ignore_index=True))
    order = frame.assign(NUMBER=pd.to_numeric(frame["IDVARVAL"])).sort_values(
        ["USUBJID", "NUMBER", "QNAM"], kind="stable", na_position="first"
    )
    supp.take(order.index)
    return supp


def _places(mask: pd.Series) -> pd.Index:
    return mask.index[mask.to_numpy(dtype=bool)]


def _qualifier(collected: Collected, line: MappingLine, filled: pd.Series) -> pd.DataFrame:
    name = line.variable.removeprefix("SUPP.")
    if len(name) > 8 or not line.label or len(line.label) > 40:
        raise ConfigurationError(
            f"{line.place}: a supplemental qualifier needs a name of at most 8 characters and a "
            f"label of at most 40 (QNAM {name!r}, label {line.label!r})"
        )
    frame = collected.frame[filled.to_numpy(dtype=bool)]
    return _related(collected, frame).assign(
        QNAM=name, QLABEL=line.label, QVAL=frame[line.variable], QORIG=line.origin or "CRF",
        QEVAL=pd.array([pd.NA] * len(frame), dtype="string"),
    )  # fmt: skip


def _related(collected: Collected, frame: pd.DataFrame) -> pd.DataFrame:
    """The variables that point to the records of ``frame``."""
    sequence = collected.variable("SEQ")
    has_sequence = sequence in frame
    empty = pd.Series(pd.NA, index=frame.index, dtype="string")
    return pd.DataFrame(
        {
            "STUDYID": frame["STUDYID"], "RDOMAIN": collected.name, "USUBJID": frame["USUBJID"],
            "IDVAR": sequence if has_sequence else empty,
            "IDVARVAL": frame[sequence].astype("Int64").astype("string") if has_sequence else empty,
        }
    )  # fmt: skip


def comments(datasets: Mapping[str, Collected], spec: DatasetSpec) -> Collected | None:
    """Make CO from the "CO.COVAL" columns of all datasets; None where there is no comment."""
    pieces, lineages, offset = [], [], 0
    for collected in datasets.values():
        if COMMENT not in collected.frame:
            continue
        filled = collected.frame[COMMENT].notna()
        frame = collected.frame[filled.to_numpy(dtype=bool)]
        pieces.append(_related(collected, frame).assign(DOMAIN="CO", COVAL=frame[COMMENT]))
        records = pd.Series(range(offset, offset + len(frame)), index=frame.index)
        cells = collected.lineage[
            (collected.lineage["VARIABLE"] == COMMENT)
            & collected.lineage["RECORD"].isin(frame.index)
        ]
        lineages.append(cells.assign(RECORD=cells["RECORD"].map(records), VARIABLE="COVAL"))
        offset += len(frame)
    if not offset:
        return None
    joined = _numbered_text(pd.concat(pieces, ignore_index=True))
    extra = [name for name in joined if str(name).startswith("COVAL") and name != "COVAL"]
    spec = _with_numbered(spec, "COVAL", [str(name) for name in extra])
    co = Collected(spec, joined, pd.concat(lineages, ignore_index=True))
    number = pd.to_numeric(joined["IDVARVAL"])
    order = joined.assign(NUMBER=number).sort_values(
        ["USUBJID", "RDOMAIN", "NUMBER"], kind="stable", na_position="first"
    )
    co.take(order.index)
    co.frame["COSEQ"] = co.frame.groupby("USUBJID").cumcount().add(1).astype("Int64")
    return co


def _numbered_text(co: pd.DataFrame) -> pd.DataFrame:
    """Continue a comment over 200 bytes in COVAL1, COVAL2, ... (SDTMIG 3.4, CO)."""
    first, *more = split_column(co["COVAL"])
    numbered = {f"COVAL{number}": part for number, part in enumerate(more, 1)}
    return co.assign(COVAL=first, **numbered)


def _with_numbered(spec: DatasetSpec, name: str, extra: list[str]) -> DatasetSpec:
    """Add the numbered continuations of a variable to a spec, right after it."""
    like = spec.by_name[name]
    more = [replace(like, name=new, core="Perm") for new in extra]
    place = spec.variables.index(like) + 1
    variables = (*spec.variables[:place], *more, *spec.variables[place:])
    ordered = tuple(replace(v, order=number) for number, v in enumerate(variables, 1))
    return replace(spec, variables=ordered)


def related_records(
    datasets: Mapping[str, Collected],
    lines: tuple[RelationshipLine, ...],
    spec: DatasetSpec,
    study_id: str,
) -> Collected | None:
    """Make RELREC: a line with RELTYPE relates datasets, one with a key relates records."""
    present = [line for line in lines if line.rdomain in datasets]
    records = [r for line in present if line.reltype for r in [_dataset_relation(line, study_id)]]
    keyed: dict[str, list[RelationshipLine]] = {}
    for line in present:
        if not line.reltype:
            keyed.setdefault(line.relid, []).append(line)
    frames = [pd.DataFrame(records)] if records else []
    frames += [_record_relations(group, datasets, study_id) for group in keyed.values()]
    if not frames:
        return None
    columns = [variable.name for variable in spec.variables]
    frame = pd.concat(frames, ignore_index=True).reindex(columns=columns)
    if frame.empty:
        return None
    return Collected(spec, frame.astype("string"), pd.DataFrame(columns=list(LINEAGE_COLUMNS)))


def _dataset_relation(line: RelationshipLine, study_id: str) -> dict[str, str]:
    return {
        "STUDYID": study_id, "RDOMAIN": line.rdomain, "IDVAR": line.idvar,
        "RELTYPE": line.reltype, "RELID": line.relid,
    }  # fmt: skip


def _record_relations(
    lines: list[RelationshipLine], datasets: Mapping[str, Collected], study_id: str
) -> pd.DataFrame:
    """Relate the records of each subject that have the same value in the lines' key variables."""
    parts = []
    for line in lines:
        frame = datasets[line.rdomain].frame
        for name in (line.idvar, line.key):
            if name not in frame:
                raise ConfigurationError(f"relrec: {line.rdomain} has no variable {name!r}")
        part = pd.DataFrame(
            {
                "STUDYID": study_id, "RDOMAIN": line.rdomain, "USUBJID": frame["USUBJID"],
                "IDVAR": line.idvar, "IDVARVAL": frame[line.idvar].astype("string"),
                "KEY": frame[line.key].astype("string"),
            }
        )  # fmt: skip
        parts.append(part.dropna(subset=["KEY"]))
    joined = pd.concat(parts, ignore_index=True)
    domains = joined.groupby(["USUBJID", "KEY"])["RDOMAIN"].transform("nunique")
    related = joined[domains > 1].sort_values(["USUBJID", "KEY", "RDOMAIN"], kind="stable")
    number = related.groupby(["USUBJID", "KEY"], sort=False).ngroup() + 1
    return related.assign(RELID=lines[0].relid + number.astype("string")).drop(columns="KEY")
