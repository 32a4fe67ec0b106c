"""From an analysis value back to the cells of the raw forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cdisc_tools.metadata.standards import ADAM, standard_of
from cdisc_tools.model.data import Dataset, RawTable
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.numbers import number_text
from cdisc_tools.model.trace import TracedCell, TraceNode
from cdisc_tools.pipeline.progress import Progress, quiet
from cdisc_tools.pipeline.run import Run, run_study

DEEPEST = 8
# variables that another record took; None is all of a record
Wanted = tuple[str, ...] | None
# variables shown of a record, where it has them
SHOWN = (
    "PARAMCD", "AVISIT", "VISIT", "STARTDT", "ADT", "AVAL", "AVALC", "CNSR", "EVNTDESC", "CNSDTDSC",
)  # fmt: skip
# a standardised variable comes from the collected one beside it
COLLECTED = {"STRESN": "ORRES", "STRESC": "ORRES", "STRESU": "ORRESU", "DY": "DTC", "DECOD": "TERM"}
_PAIR = re.compile(
    r"([A-Z][A-Z0-9]{0,7})\s*=\s*(.*?)(?=\s+[A-Z][A-Z0-9]{0,7}\s*=|$)", re.IGNORECASE
)


def trace_study(
    folder: Path, dataset: str, where: str, progress: Progress = quiet
) -> list[TraceNode]:
    """Run a study and trace the records of a dataset that ``where`` names."""
    return trace_records(run_study(folder, progress), dataset, parse_where(where))


def parse_where(text: str) -> dict[str, str]:
    """Read "USUBJID=... PARAMCD=PFS" into variables and values.

    Raises ConfigurationError when the text is not of that form.
    """
    pairs = {
        name.upper(): value.strip().strip("'\"") for name, value in _PAIR.findall(text.strip())
    }
    if not pairs or not _PAIR.match(text.strip()):
        raise ConfigurationError(
            f"--where {text!r} is not of the form 'VARIABLE=value VARIABLE=value', such as "
            "'USUBJID=NCT00949325-TLD-001 PARAMCD=PFS'"
        )
    return pairs


def trace_records(run: Run, dataset: str, where: Mapping[str, str]) -> list[TraceNode]:
    """Trace the records of a dataset whose variables hold the values of ``where``.

    Raises ConfigurationError for an unknown dataset or variable, and when no record is found.
    """
    return _Tracer(run).records(dataset.upper(), where)


@dataclass
class _Tracer:
    run: Run
    seen: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.datasets: dict[str, Dataset] = dict(self.run.conversion.datasets)
        if self.run.derivation is not None:
            self.datasets |= self.run.derivation.datasets
        self.tables: dict[str, RawTable] = self.run.conversion.tables

    def records(self, name: str, where: Mapping[str, str]) -> list[TraceNode]:
        if name not in self.datasets:
            raise ConfigurationError(
                f"there is no dataset {name}; the study makes {', '.join(self.datasets)}"
            )
        frame = self.datasets[name].frame
        mask = pd.Series(data=True, index=frame.index)
        for variable, value in where.items():
            if variable not in frame:
                raise ConfigurationError(
                    f"{name} has no variable {variable}; it has {', '.join(frame.columns)}"
                )
            mask &= frame[variable].map(_shown, na_action="ignore").eq(value).fillna(value == "")
        if not mask.any():
            asked = " ".join(f"{variable}={value}" for variable, value in where.items())
            raise ConfigurationError(f"{name} has no record with {asked}")
        return [self._node(name, int(record), "", None) for record in frame.index[mask]]

    def _node(self, name: str, record: int, via: str, wanted: Wanted) -> TraceNode:
        """Trace one record; ``wanted`` are the variables that the record above took from it."""
        dataset = self.datasets[name]
        row = dataset.frame.iloc[record]
        whole = wanted is None and standard_of(name) != ADAM
        shown = list(dict.fromkeys([*(dataset.frame if whole else wanted or ()), *SHOWN]))
        values = tuple((v, _shown(row[v])) for v in shown if v in row.index and pd.notna(row[v]))
        self.seen.append((name, record))
        sources = self._sources(name, row, wanted) if len(self.seen) <= DEEPEST else []
        cells = self._cells(dataset, record, wanted)
        self.seen.pop()
        return TraceNode(name, _key(name, row), via, values, cells, tuple(sources))

    def _sources(self, name: str, row: pd.Series, wanted: Wanted) -> list[TraceNode]:
        links = self.datasets[name].links
        nodes = []
        if name == "ADTTE":
            nodes += self._origin(row)
        if not len(links):
            return nodes + (self._predecessors(row) if standard_of(name) == ADAM else [])
        own = links[links["USUBJID"].eq(row["USUBJID"])]
        if "ASEQ" in row.index:
            own = own[own["SEQ"].eq(row["ASEQ"]).fillna(False)]
        elif wanted is not None:
            own = own[own["VARIABLE"].isin(wanted)]
        for link in own.drop_duplicates(["SRCDOM", "SRCVAR", "SRCSEQ"]).itertuples():
            found = self._find(str(link.SRCDOM), row["USUBJID"], link.SRCSEQ)
            nodes += [
                self._node(str(link.SRCDOM), record, str(link.VARIABLE), (str(link.SRCVAR),))
                for record in found
                if (str(link.SRCDOM), record) not in self.seen
            ]
        return nodes

    def _predecessors(self, row: pd.Series) -> list[TraceNode]:
        """The SDTM records whose --SEQ an analysis record carries, such as AESEQ in ADAE."""
        return [
            self._node(str(name)[:2], record, str(name), None)
            for name in row.index
            if str(name)[2:] == "SEQ" and str(name)[:2] in self.datasets
            for record in self._find(str(name)[:2], row["USUBJID"], row[name])
        ]

    def _origin(self, row: pd.Series) -> list[TraceNode]:
        """The date that an endpoint counts from, in ADSL."""
        derivation = self.run.derivation
        endpoints = derivation.analysis.endpoints if derivation else ()
        origin = next((e.origin for e in endpoints if e.paramcd == row["PARAMCD"]), "")
        found = self._find("ADSL", row["USUBJID"], pd.NA) if origin else []
        return [self._node("ADSL", record, "STARTDT", (origin,)) for record in found]

    def _find(self, name: str, usubjid: str, sequence: Any) -> list[int]:
        """The records of a subject with a sequence number (ASEQ, --SEQ), or all without one."""
        if name not in self.datasets:
            return []
        frame = self.datasets[name].frame
        mask = frame["USUBJID"].eq(usubjid)
        variable = "ASEQ" if standard_of(name) == ADAM else f"{name[:2]}SEQ"
        if variable in frame and pd.notna(sequence):
            mask &= frame[variable].eq(sequence)
        return [int(record) for record in frame.index[mask.fillna(False).astype(bool)]]

    def _cells(self, dataset: Dataset, record: int, wanted: Wanted) -> tuple[TracedCell, ...]:
        """The raw cells behind a record's wanted variables, or behind all of them."""
        if not len(dataset.lineage):
            return ()
        own = dataset.lineage[dataset.lineage["RECORD"].eq(record)]
        if wanted is not None:
            names = set(wanted) | {_collected(dataset.name, name) for name in wanted}
            names |= {f"{dataset.name[:2]}DTC", f"{dataset.name[:2]}STDTC"}
            own = own[own["VARIABLE"].isin(names)]
        cells: list[TracedCell] = []
        for line in own.itertuples():
            variable, source, row = str(line.VARIABLE), str(line.SOURCE), int(str(line.ROW))
            table = self.tables[source]
            text = table.frame.loc[row, str(line.COLUMN)]
            cell = table.cell(row, str(line.COLUMN))
            cells.append(TracedCell(variable, cell, _shown(text)))
        return tuple(dict.fromkeys(cells))


def _collected(name: str, variable: str) -> str:
    """The collected variable that a derived one stands beside."""
    suffix = variable.removeprefix(name[:2])
    return f"{name[:2]}{COLLECTED.get(suffix, suffix)}"


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return number_text(value) if isinstance(value, float) else str(value)


def _key(name: str, row: pd.Series) -> str:
    """Name a record by its subject and sequence number."""
    sequence = next((v for v in ("ASEQ", f"{name[:2]}SEQ") if v in row.index), "")
    number = f" {sequence}={_shown(row[sequence])}" if sequence and pd.notna(row[sequence]) else ""
    return f"USUBJID={row['USUBJID']}{number}"
