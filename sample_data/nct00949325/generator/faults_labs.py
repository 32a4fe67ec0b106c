"""Fault applications in labs.xpt."""

from __future__ import annotations

from .faults import Faults
from .model import Raw, Row


def laboratory(faults: Faults) -> None:
    """Faults of labs.xpt."""
    lab = "labs.xpt"
    faults.put_all(
        "lab_below_limit", {f"{lab}|8/C1D15/NEUT|result": "<0.1", f"{lab}|12/C4D1/ALT|result": "<7"}
    )
    for place, text in (
        ("10/C5D1/TRIG", "ND"),
        ("10/C5D1/CHOL", "ND"),
        ("13/C7D1/PHOS", "N/A"),
        ("14/C9D1/LDH", "."),
        ("13/C14D1/TRIG", "not done"),
    ):
        row = faults.put("lab_not_done", f"{lab}|{place}|result", Raw(text))
        row.values["flag"] = None
    for key, text in (("2/C2D1/LDH", "1,204"), ("3/C2D1/LDH", "1,036")):
        row = faults.put("thousands_separator", f"{lab}|{key}|result", Raw(text))
        row.values["flag"] = "H"
    for key in ("11/C3D1/CREAT", "11/C4D1/CREAT"):
        convert(faults.tables[lab].find(key))
        faults.note(
            "lab_unit_variant",
            faults.tables[lab],
            faults.tables[lab].find(key),
            "unit",
            "umol/L: divide by 88.4 for mg/dL.",
        )
    faults.put_all(
        "lab_unit_variant",
        {
            f"{lab}|9/C2D1/WBC|unit": "K/uL",
            f"{lab}|9/C2D1/PLT|unit": "10e9/L",
            f"{lab}|6/C1D1/HGB|unit": "g/dl",
        },
    )
    faults.copy("duplicate_lab_record", lab, "4/C2D1/GLUC")


def convert(row: Row) -> None:
    """Creatinine from mg/dL to umol/L, with its range."""
    factor = 88.4
    for column in ("low", "high"):
        value = row.values[column]
        assert isinstance(value, float)
        row.values[column] = round(value * factor, 1)
    row.values["result"] = f"{float(str(row.values['result'])) * factor:.0f}"
    row.values["unit"] = "umol/L"
