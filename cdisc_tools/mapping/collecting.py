"""First pass: every dataset's records and the variables that come from collected cells."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from cdisc_tools.mapping.algorithms import ALGORITHMS, in_type_of_variable
from cdisc_tools.mapping.blocks import (
    Block,
    Cells,
    LineReader,
    Surroundings,
    fill_in,
    start_blocks,
)
from cdisc_tools.mapping.collected import Collected, typed_frame
from cdisc_tools.mapping.conditions import parse_condition
from cdisc_tools.mapping.forms import Form
from cdisc_tools.model.data import LINEAGE_COLUMNS
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import MappingLine
from cdisc_tools.model.specs import DatasetSpec

RECORDS = "records"
ONE_RECORD_PER = "one_record_per"
REFERENCE_DATES = ("derive_first_date", "derive_last_date")
PREFIXED = ("SUPP.", "CO.")


def collect_dataset(
    spec: DatasetSpec,
    lines: list[MappingLine],
    around: Surroundings,
    known: Callable[[Form], pd.Series],
) -> Collected:
    """Make a dataset's records and fill every variable that collected cells give.

    Several lines for one variable fill in turn what is still missing. ``known`` tells which
    rows of a form belong to subjects of the study.
    """
    _check_lines(spec, lines)
    blocks = []
    for start in (line for line in lines if line.algorithm == RECORDS):
        for words, block in start_blocks(spec, start, around, known):
            own = [line for line in lines if line.block in ("", start.block)]
            for line in own:
                filled = fill_in(line, words)
                # a value or column that the repeat table leaves empty gives nothing
                left_empty = any(
                    before and not after
                    for before, after in (
                        (line.value, filled.value),
                        (line.columns, filled.columns),
                    )
                )
                if line.algorithm in ALGORITHMS and not left_empty:
                    _fill(block, filled, around)
            _identify(block, around)
            blocks.append(block)
    derived = [line for line in lines if line.algorithm not in ALGORITHMS]
    return Collected(
        spec=spec,
        frame=_joined_frames(spec, blocks),
        lineage=_joined_lineage(blocks),
        derived=[line for line in derived if line.algorithm != RECORDS],
        supplemental=list(
            {line.variable: line for line in lines if line.variable.startswith("SUPP.")}.values()
        ),
    )


def derive_reference_dates(collected: Collected, others: Mapping[str, Collected]) -> None:
    """Fill reference dates: the first or last date of a subject in other datasets.

    ``column`` names them, such as EX.EXSTDTC; partial dates count as their known part.
    """
    for line in [line for line in collected.derived if line.algorithm in REFERENCE_DATES]:
        collected.derived.remove(line)
        dates = [_dated_records(line, name, others) for name in line.columns]
        found = pd.concat(dates, ignore_index=True).dropna(subset=["DTC"])
        last = line.algorithm == "derive_last_date"
        # a partial date sorts by its known part, so "2010-03" is before "2010-03-01"
        found = found.sort_values(["USUBJID", "DTC"], kind="stable")
        chosen = found.drop_duplicates("USUBJID", keep="last" if last else "first")
        chosen = chosen.set_index("USUBJID")
        values = collected.frame["USUBJID"].map(chosen["DTC"]).astype("string")
        if line.condition:
            condition = parse_condition(line.condition, line.place)
            values = values.where(condition.mask(lambda name: collected.frame[name]))
        given = values.notna()
        if line.variable in collected.frame:
            given &= collected.frame[line.variable].isna()
        fill_missing(collected.frame, line.variable, values)
        subjects = collected.frame.loc[given.to_numpy(dtype=bool), "USUBJID"]
        chosen = chosen[chosen.index.isin(subjects)]
        _copy_lineage(collected, line.variable, chosen, others)


def fill_missing(frame: pd.DataFrame, variable: str, values: pd.Series) -> None:
    """Put values where the variable is still missing."""
    frame[variable] = frame[variable].fillna(values) if variable in frame else values


def _check_lines(spec: DatasetSpec, lines: list[MappingLine]) -> None:
    for line in lines:
        known = not line.variable or line.variable in spec.by_name
        if not known and not line.variable.startswith(PREFIXED):
            raise ConfigurationError(
                f"{line.place}: {spec.name} has no variable {line.variable!r}{_why(spec)}; correct "
                f"the name, or write SUPP.{line.variable[:8]} to make a supplemental qualifier"
            )
        if line.algorithm in ALGORITHMS and not line.variable:
            raise ConfigurationError(f"{line.place}: {line.algorithm} needs a target variable")
    if not any(line.algorithm == RECORDS for line in lines):
        raise ConfigurationError(
            f"{lines[0].file}: no line with algorithm {RECORDS!r}; one must name the source whose "
            f"rows become records of {spec.name}"
        )


def _why(spec: DatasetSpec) -> str:
    """Say that a study's specification lists the variables, where one does."""
    listed = any(variable.data_type for variable in spec.variables)
    return " in the study's specification (spec/)" if listed else ""


def _fill(block: Block, line: MappingLine, around: Surroundings) -> None:
    """Fill a variable where earlier lines left it missing; only there its cells count."""
    known = len(block.cells)
    reader = LineReader(line, block, around)
    values = in_type_of_variable(reader, ALGORITHMS[line.algorithm](reader))
    if line.variable in block.frame:
        missing = block.frame[line.variable].isna().to_numpy()
        block.cells[known:] = [_only(cells, missing) for cells in block.cells[known:]]
    fill_missing(block.frame, line.variable, values)


def _only(cells: Cells, records: np.ndarray) -> Cells:
    """The cells of some records: those for which ``records`` is true."""
    kept = records[cells.records]
    return replace(cells, records=cells.records[kept], rows=cells.rows[kept])


def _identify(block: Block, around: Surroundings) -> None:
    """Give every record its STUDYID, DOMAIN and USUBJID."""
    subjects = block.form.subjects.reindex(block.rows).reset_index(drop=True)
    block.frame["STUDYID"] = around.forms.study.study_id
    if "DOMAIN" in block.spec.by_name:
        block.frame["DOMAIN"] = block.spec.name
    if "USUBJID" in block.spec.by_name and "USUBJID" not in block.frame:
        block.frame["USUBJID"] = subjects["USUBJID"]
        if block.form.spec.subject:
            records = np.arange(len(block.rows))
            name, column = block.form.name, block.form.spec.subject
            block.cells.append(Cells("USUBJID", name, column, records, block.rows))


def _joined_frames(spec: DatasetSpec, blocks: list[Block]) -> pd.DataFrame:
    frames = [typed_frame(spec, block.frame) for block in blocks]
    return typed_frame(spec, pd.concat(frames, ignore_index=True))


def _joined_lineage(blocks: list[Block]) -> pd.DataFrame:
    """The lineage of all blocks, records numbered as their frames follow each other."""
    starts = np.cumsum([0, *(len(block.rows) for block in blocks)])
    placed = [
        (cells, cells.records + start)
        for block, start in zip(blocks, starts[:-1], strict=True)
        for cells in block.cells
        if len(cells.records)
    ]
    if not placed:
        return pd.DataFrame(columns=list(LINEAGE_COLUMNS))
    counts = [len(records) for _, records in placed]
    lineage = pd.DataFrame(
        {
            "RECORD": np.concatenate([records for _, records in placed]),
            "VARIABLE": np.repeat([cells.variable for cells, _ in placed], counts),
            "SOURCE": np.repeat([cells.source for cells, _ in placed], counts),
            "ROW": np.concatenate([cells.rows for cells, _ in placed]),
            "COLUMN": np.repeat([cells.column for cells, _ in placed], counts),
        }
    )
    # a cell that several lines of one variable read is one source of it
    return lineage.drop_duplicates(ignore_index=True)


def _dated_records(line: MappingLine, name: str, others: Mapping[str, Collected]) -> pd.DataFrame:
    """The dates of one dataset's variable: USUBJID, DTC, DATASET, VARIABLE, RECORD."""
    dataset, _, variable = name.partition(".")
    if dataset not in others or variable not in others[dataset].frame:
        raise ConfigurationError(
            f"{line.place}: {name!r} is no mapped variable; write DATASET.VARIABLE, such as "
            "EX.EXSTDTC"
        )
    frame = others[dataset].frame
    return pd.DataFrame(
        {
            "USUBJID": frame["USUBJID"], "DTC": frame[variable], "DATASET": dataset,
            "VARIABLE": variable, "RECORD": range(len(frame)),
        }
    )  # fmt: skip


def _copy_lineage(
    collected: Collected, variable: str, chosen: pd.DataFrame, others: Mapping[str, Collected]
) -> None:
    """A reference date comes from the cells of the record that it was taken from."""
    records = pd.Series(range(len(collected.frame)), index=collected.frame["USUBJID"])
    for dataset, picked in chosen.groupby("DATASET"):
        lineage = others[str(dataset)].lineage
        wanted = picked.reset_index()[["USUBJID", "RECORD", "VARIABLE"]]
        cells = wanted.merge(lineage, on=["RECORD", "VARIABLE"], validate="one_to_many")
        cells["RECORD"] = cells["USUBJID"].map(records[~records.index.duplicated()])
        collected.add_lineage(cells.dropna(subset=["RECORD"]).assign(VARIABLE=variable))
