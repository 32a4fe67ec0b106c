"""Puts the clean story together."""

from __future__ import annotations

from .adverse import adverse_table, events, holds, settle
from .clinical import labs, vitals
from .disposition import disposition_tables
from .history import history_tables
from .lesion_tables import lesion_tables
from .lesions import Scan
from .model import Col, Table
from .redcap import conmed, deviations, lvef
from .treatment import drug_admin, infusions


def codes() -> Table:
    """The code list that the export carries along."""
    table = Table(
        "crf_export.xlsx",
        "Codes",
        [
            Col("field", "Field"),
            Col("code", "Code"),
            Col("label", "Label"),
        ],
        "codes of the export, no subject data",
    )
    for field, code, label in (
        ("Sex", "1", "Male"),
        ("Sex", "2", "Female"),
        ("Yes/No", "1", "Yes"),
        ("Yes/No", "0", "No"),
    ):
        table.add(f"{field}/{code}", 0, field=field, code=code, label=label)
    return table


def clean_tables(scans: list[Scan]) -> list[Table]:
    """All sheets and files, without faults."""
    story = events()
    items = infusions(holds(story))
    settle(story, {(item.subject.no, item.reason) for item in items})
    history = history_tables()
    return [
        *history,
        vitals(items),
        drug_admin(items),
        *lesion_tables(scans),
        *disposition_tables(),
        codes(),
        adverse_table(story),
        conmed(story),
        deviations(),
        lvef(),
        labs(items, story),
    ]
