"""A trace as an indented tree."""

import pytest

from cdisc_tools.model.findings import CellRef
from cdisc_tools.model.trace import TracedCell, TraceNode
from cdisc_tools.reports.trace import trace_text

SHEET = TracedCell("EXSTDTC", CellRef("raw/crf.xlsx", "Drug", 9, "Day", "E9"), "2010-06-29")
FILE = TracedCell("AETERM", CellRef("raw/ae.csv", "", 7, "Term"), "a\nb")
EX = TraceNode("EX", "USUBJID=01 EXSEQ=1", "TRTSDT", (("EXSTDTC", "2010-06-29"),), (SHEET,))
ADSL = TraceNode("ADSL", "USUBJID=01", "", (("TRTSDT", "2010-06-29"),), sources=(EX,))


@pytest.mark.parametrize(("nodes", "lines"), [
    pytest.param(nodes, lines, id=name)
    for name, nodes, lines in [
        ("nothing", [], []),
        ("two-levels", [ADSL], [
            "ADSL USUBJID=01: TRTSDT=2010-06-29",
            "  TRTSDT <- EX USUBJID=01 EXSEQ=1: EXSTDTC=2010-06-29",
            "    EXSTDTC <- raw/crf.xlsx [Drug] E9 (Day): '2010-06-29'",
        ]),
        ("line-break-in-a-cell", [TraceNode("AE", "USUBJID=01", "", (), (FILE,))], [
            "AE USUBJID=01: ", "  AETERM <- raw/ae.csv row 7 (Term): 'a\\nb'",
        ]),
        ("two-records", [EX, EX], [*trace_text([EX]).splitlines()] * 2),
    ]
])  # fmt: skip
def test_a_trace_is_a_tree(nodes, lines):
    assert trace_text(nodes).splitlines() == lines
