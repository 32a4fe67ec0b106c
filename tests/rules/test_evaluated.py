"""What a rule is judged on by its type: the rows, where they lie, and some of the columns.

The define.xml is that of ``defines.py``; the facts of the standard are those of the SDTMIG 3.4.
"""

import pandas as pd
import pytest

from cdisc_tools.model.specification import Specification
from cdisc_tools.rules.datasets import RuleDataset, VariableFacts
from cdisc_tools.rules.define import is_of_type
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.library import Library
from cdisc_tools.rules.rule_types import RULE_TYPES, build
from cdisc_tools.rules.study import RuleStudy
from tests.rules.defines import DEFINE
from tests.rules.operations.frames import dataset

AE = RuleDataset.of_frame(
    "AE",
    pd.DataFrame({
        "DOMAIN": ["AE", "AE"], "AETERM": ["Ache", None], "AESEQ": [1.0, 12.0],
        "AEXX": [None, None],
    }).astype({"AEXX": "string"}),
    label="Adverse Events", file="ae.xpt", file_size=100,
    variables=[
        VariableFacts("DOMAIN", "Domain Abbreviation", "Char", 2),
        VariableFacts("AETERM", "Reported Term", "Char", 20),
        VariableFacts("AESEQ", "Sequence", "Num", 8, "8.2"),
        VariableFacts("AEXX", "Ours", "Char", 1),
    ],
)  # fmt: skip
LB = dataset("LB", """
    DOMAIN  LBTESTCD  LBORRES  VISITNUM#
    LB      ALB       3.75     1
    LB      ALB       300.75   2
    LB      BUN       x        2
    LB      GLUC      four     1
    LB      .         five5    .
""")  # fmt: skip
QSPH = dataset("QSPH", "DOMAIN QSTESTCD\nQS A")
QSSL = dataset("QSSL", "DOMAIN QSTESTCD QSORRES\nQS B 1\nQS C 2")
SUPPAE = dataset("SUPPAE", "RDOMAIN USUBJID\nAE 1")
XX = dataset("XX", "DOMAIN XXTERM\nXX 1")
ALL = (AE, LB, QSPH, SUPPAE, XX)


def tables(rule_type, name, *datasets, define: Specification | None = DEFINE):
    study = RuleStudy(datasets or ALL, define=define, library=Library.of())
    return build(rule_type, study.wholes[name], study)


def rows(evaluated, *names):
    """The rows of a table: where each lies, and its values in some columns."""
    table = evaluated.table
    return [
        (*evaluated.locate(int(table.places[row])), *(table[name].record(row) for name in names))
        for row in range(table.size)
    ]


# the type, the dataset under check, columns; the dataset, record and values of each row
ONE_TABLE = {
    "records": (
        "Record Data", "AE", "AETERM AESEQ", [("AE", 1, "Ache", 1.0), ("AE", 2, None, 12.0)]),
    "presence": (
        "Domain Presence Check", "AE", "AE LB XX",
        [("STUDY", None, "ae.xpt", "LB", "XX")],
    ),
    "dataset": (
        "Dataset Metadata Check", "AE", "dataset_name dataset_label dataset_location "
        "dataset_size record_count domain is_ap ap_suffix",
        [("AE", 1, "AE", "Adverse Events", "ae.xpt", 100, 2, "AE", False, None)],
    ),
    "variables": (
        "Variable Metadata Check", "AE", "variable_name variable_order_number variable_label "
        "variable_size variable_data_type variable_format variable_max_size",
        [
            ("AE", 1, "DOMAIN", 1, "Domain Abbreviation", 2, "Char", None, 2),
            ("AE", 2, "AETERM", 2, "Reported Term", 20, "Char", None, 4),
            ("AE", 3, "AESEQ", 3, "Sequence", 8, "Num", "8.2", 2),
            ("AE", 4, "AEXX", 4, "Ours", 1, "Char", None, 0),
        ],
    ),
    "library": (
        "Variable Metadata Check against Library Metadata", "AE", "variable_name "
        "library_variable_name library_variable_label library_variable_data_type "
        "library_variable_role library_variable_core library_variable_has_codelist "
        "variable_has_empty_values variable_is_empty",
        [
            ("AE", 1, "DOMAIN", "DOMAIN", "Domain Abbreviation", "Char", "Identifier", "Req",
             False, False, False),
            ("AE", 2, "AETERM", "AETERM", "Reported Term for the Adverse Event", "Char", "Topic",
             "Req", False, True, False),
            ("AE", 3, "AESEQ", "AESEQ", "Sequence Number", "Num", "Identifier", "Req", False,
             False, False),
            ("AE", 4, "AEXX", None, None, None, None, None, False, True, True),
        ],
    ),
    "items": (
        "Define Item Metadata Check", "AE", "define_variable_name define_variable_label "
        "define_variable_data_type define_variable_length define_variable_size "
        "define_variable_order_number define_variable_ccode define_variable_mandatory "
        "define_variable_role define_variable_origin_type define_variable_is_collected",
        [
            ("AE", 1, "DOMAIN", "Domain", "text", 2.0, 2.0, 1, "C66734", "Yes", None, "Assigned",
             False),
            ("AE", 2, "AETERM", "Term", "text", 20.0, 20.0, 3.0, None, "Yes", "Topic",
             "Collected", True),
            ("AE", 3, "AESER", "Serious", "text", 1.0, 1.0, 2.0, "C66742", "No", None, "CRF",
             True),
        ],
    ),
    "items-terms": (
        "Define Item Metadata Check", "AE", "define_variable_has_codelist "
        "define_variable_codelist_coded_values define_variable_codelist_coded_codes "
        "define_variable_allowed_terms define_variable_has_comment define_variable_has_method "
        "define_variable_has_no_data define_variable_format",
        [
            ("AE", 1, True, ("AE",), ("C49562",), ("Adverse Events",), False, False, None, None),
            ("AE", 2, False, (), (), (), False, False, None, None),
            ("AE", 3, True, ("Y", "N", "MAYB"), ("C49488", "C49487"), ("Yes", "Maybe"), False,
             False, None, None),
        ],
    ),
    "items-library": (
        "Define Item Metadata Check against Library Metadata", "AE",
        "define_variable_name library_variable_name library_variable_core "
        "library_variable_ccode library_variable_has_codelist",
        [
            ("AE", 1, "DOMAIN", "DOMAIN", "Req", None, False),
            ("AE", 2, "AETERM", "AETERM", "Req", None, False),
            ("AE", 3, "AESER", "AESER", "Exp", "C66742", True),
        ],
    ),
    "group": (
        "Define Item Group Metadata Check", "AE", "define_dataset_name define_dataset_label "
        "define_dataset_class define_dataset_structure define_dataset_domain "
        "define_dataset_location define_dataset_has_no_data define_dataset_is_non_standard "
        "define_dataset_key_sequence",
        [("AE", 1, "AE", "Adverse events", "EVENTS", "One per AE", "AE", "ae.xpt", False, None,
          ("USUBJID", "AETERM"))],
    ),
    # the variables as they stand there, and by their order number
    "group-variables": (
        "Define Item Group Metadata Check", "AE",
        "define_dataset_variables define_dataset_variable_order",
        [("AE", 1, ("DOMAIN", "AETERM", "AESER"), ("DOMAIN", "AESER", "AETERM"))],
    ),
    "group-of-supplement": (
        "Define Item Group Metadata Check", "SUPPAE", "define_dataset_name define_dataset_domain",
        [("SUPPAE", 1, "SUPPAE", "AE")],
    ),
    "contents": (
        "Dataset Contents Check against Define XML", "AE", "AETERM dataset_name dataset_domain "
        "dataset_columns define_dataset_key_sequence",
        [
            ("AE", 1, "Ache", "AE", "AE", ("DOMAIN", "AETERM", "AESEQ", "AEXX"),
             ("USUBJID", "AETERM")),
            ("AE", 2, None, "AE", "AE", ("DOMAIN", "AETERM", "AESEQ", "AEXX"),
             ("USUBJID", "AETERM")),
        ],
    ),
    # a dataset that isn't in the define.xml, and one that isn't in the study
    "datasets": (
        "Dataset Metadata Check against Define XML", "LB",
        "dataset_name dataset_domain define_dataset_name define_dataset_has_no_data",
        [
            ("AE", None, "AE", "AE", "AE", False), ("LB", None, "LB", "LB", "LB", False),
            ("QSPH", None, "QSPH", "QS", "QSPH", False),
            ("SUPPAE", None, "SUPPAE", None, "SUPPAE", False),
            ("XX", None, "XX", "XX", None, None), ("CE", None, None, None, "CE", True),
        ],
    ),
    "presence-define": (
        "Domain Presence Check against Define XML", "LB",
        "domain filename define_dataset_name define_dataset_has_no_data",
        [
            ("AE", None, "AE", "ae.xpt", "AE", False), ("LB", None, "LB", "LB", "LB", False),
            ("QSPH", None, "QSPH", "QSPH", "QSPH", False),
            ("SUPPAE", None, "SUPPAE", "SUPPAE", "SUPPAE", False),
            ("CE", None, None, None, "CE", True),
        ],
    ),
    "variables-define": (
        "Variable Metadata Check against Define XML", "AE",
        "variable_name variable_label define_variable_name define_variable_label",
        [
            ("AE", 1, "DOMAIN", "Domain Abbreviation", "DOMAIN", "Domain"),
            ("AE", 2, "AETERM", "Reported Term", "AETERM", "Term"),
            ("AE", 3, "AESEQ", "Sequence", None, None), ("AE", 4, "AEXX", "Ours", None, None),
        ],
    ),
    "variables-define-library": (
        "Variable Metadata Check against Define XML and Library Metadata", "AE",
        "variable_name define_variable_mandatory library_variable_core variable_is_empty",
        [
            ("AE", 1, "DOMAIN", "Yes", "Req", False), ("AE", 2, "AETERM", "Yes", "Req", False),
            ("AE", 3, "AESEQ", None, "Req", False), ("AE", 4, "AEXX", None, None, True),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule_type", "name", "columns", "expected"), ONE_TABLE.values(), ids=ONE_TABLE
)
def test_one_table(rule_type, name, columns, expected):
    (evaluated,) = tables(rule_type, name)
    assert rows(evaluated, *columns.split()) == expected


# the type, the columns besides; the rows of the second table (AETERM) and of the last (AEXX)
A_TABLE_A_VARIABLE = {
    "dataset": (
        "Value Check with Dataset Metadata", "dataset_name record_count row_number",
        [("AE", 1, "AETERM", "Ache", "AE", 2, 1.0), ("AE", 2, "AETERM", None, "AE", 2, 2.0)],
        [("AE", 1, "AEXX", None, "AE", 2, 1.0), ("AE", 2, "AEXX", None, "AE", 2, 2.0)],
    ),
    "variable": (
        "Value Check with Variable Metadata",
        "variable_label variable_size variable_order_number variable_value_length",
        [("AE", 1, "AETERM", "Ache", "Reported Term", 20, 2, 4.0),
         ("AE", 2, "AETERM", None, "Reported Term", 20, 2, None)],
        [("AE", place, "AEXX", None, "Ours", 1, 4, None) for place in (1, 2)],
    ),
    "library": (
        "Value Check against Library Metadata",
        "library_variable_name library_variable_core library_variable_simpleDatatype",
        [("AE", 1, "AETERM", "Ache", "AETERM", "Req", "Char"),
         ("AE", 2, "AETERM", None, "AETERM", "Req", "Char")],
        [("AE", place, "AEXX", None, None, None, None) for place in (1, 2)],
    ),
    "define": (
        "Value Check against Define XML Variable",
        "define_variable_name define_variable_mandatory define_variable_codelist_coded_values",
        [("AE", 1, "AETERM", "Ache", "AETERM", "Yes", ()),
         ("AE", 2, "AETERM", None, "AETERM", "Yes", ())],
        [("AE", place, "AEXX", None, None, None, None) for place in (1, 2)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule_type", "columns", "second", "last"), A_TABLE_A_VARIABLE.values(), ids=A_TABLE_A_VARIABLE
)
def test_a_table_a_variable(rule_type, columns, second, last):
    found = tables(rule_type, "AE")
    names = ("variable_name", "variable_value", *columns.split())
    assert len(found) == 4
    assert rows(found[1], *names) == second
    assert rows(found[-1], *names) == last


def test_value_level_selects_its_records():
    albumin, others, late = tables("Value Check against Define XML VLM", "LB")
    names = ("variable_name", "variable_value", "define_vlm_label", "define_vlm_data_type",
             "variable_value_length", "type_check", "length_check")  # fmt: skip
    assert rows(albumin, *names) == [
        ("LB", 1, "LBORRES", "3.75", "Albumin", "float", 3.0, True, True),
        ("LB", 2, "LBORRES", "300.75", "Albumin", "float", 5.0, True, False),
    ]
    # a record without a test is none of those
    assert rows(others, *names) == [
        ("LB", 4, "LBORRES", "four", "Others", "text", 4.0, True, False),
        ("LB", 5, "LBORRES", "five5", "Others", "text", 5.0, True, False),
    ]
    # both conditions must hold
    assert rows(late, *names) == [
        ("LB", 2, "LBORRES", "300.75", "Late", "integer", 6.0, False, False),
        ("LB", 3, "LBORRES", "x", "Late", "integer", 1.0, False, True),
    ]
    more = ("define_variable_name", "define_vlm_mandatory", "define_vlm_order_number")
    assert rows(late, *more)[0] == ("LB", 2, "LBORRES", "No", 3)
    assert rows(albumin, *more)[0] == ("LB", 1, "LBORRES", "Yes", 1.0)


# a whole dataset of two parts: each row is of its part
OF_PARTS = {
    "records": ("Record Data", "QSTESTCD", [("QSPH", 1, "A"), ("QSSL", 1, "B"), ("QSSL", 2, "C")]),
    "dataset": ("Dataset Metadata Check", "record_count", [("QSPH", 1, 1), ("QSSL", 1, 2)]),
    "variables": (
        "Variable Metadata Check", "variable_name",
        [("QSPH", 1, "DOMAIN"), ("QSPH", 2, "QSTESTCD"), ("QSSL", 1, "DOMAIN"),
         ("QSSL", 2, "QSTESTCD"), ("QSSL", 3, "QSORRES")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rule_type", "column", "expected"), OF_PARTS.values(), ids=OF_PARTS)
def test_the_parts_of_a_split_dataset(rule_type, column, expected):
    (evaluated,) = tables(rule_type, "QS", QSPH, QSSL)
    assert rows(evaluated, column) == expected


def test_a_part_that_is_not_described_skips_the_rule():
    with pytest.raises(RuleSkipped, match=r"the define\.xml has no dataset QSSL"):
        tables("Define Item Metadata Check", "QS", QSPH, QSSL)


WITH_DEFINE = [name for name in RULE_TYPES if "Define" in name]


@pytest.mark.parametrize("rule_type", WITH_DEFINE)
def test_without_a_define_xml_a_rule_is_skipped(rule_type):
    with pytest.raises(RuleSkipped, match=r"there is no define\.xml"):
        tables(rule_type, "AE", define=None)


@pytest.mark.parametrize(
    "rule_type",
    [name for name in WITH_DEFINE if not name.startswith(("Dataset Metadata", "Domain"))],
)
def test_a_dataset_that_is_not_described_skips_the_rule(rule_type):
    with pytest.raises(RuleSkipped, match=r"the define\.xml has no dataset XX"):
        tables(rule_type, "XX")


def test_a_dataset_without_value_level_skips_the_rule():
    with pytest.raises(RuleSkipped, match="no value level for AE"):
        tables("Value Check against Define XML VLM", "AE")


@pytest.mark.parametrize("rule_type", ["JSONata", "JSON Schema Check", "Range and limit"])
def test_a_type_that_is_not_about_datasets_skips_the_rule(rule_type):
    with pytest.raises(RuleSkipped, match="not judged on datasets"):
        tables(rule_type, "AE")


# value, data type of define.xml, whether it is one
TYPES = [
    ("5", "integer", True), ("5.0", "integer", True), ("5.5", "integer", False),
    ("", "integer", False), ("5.5", "float", True), ("high", "float", False),
    ("inf", "float", False), ("anything", "text", True), ("2024-01-31", "date", True),
    ("2024-01", "date", False), ("2024-01", "partialDate", True), ("10:30", "time", True),
    ("25:30", "time", False), ("2024-01-31T10:30", "datetime", True),
    ("31JAN2024", "datetime", False), ("2024---15", "incompleteDatetime", True),
    ("P1Y", "durationDatetime", True), ("1Y", "durationDatetime", False),
    ("2024-01/2024-02", "intervalDatetime", True), ("2024-01", "intervalDatetime", False),
    ("anything", "other", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "data_type", "expected"), TYPES)
def test_a_value_of_a_data_type(text, data_type, expected):
    assert is_of_type(text, data_type) == expected
