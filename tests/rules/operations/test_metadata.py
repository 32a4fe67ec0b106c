"""What datasets are and what the standard says of them: an operation a line.

The facts of the standard are those of the SDTMIG 3.4.
"""

import pandas as pd
import pytest

from cdisc_tools.rules.datasets import RuleDataset, VariableFacts
from cdisc_tools.rules.errors import RuleSkipped
from cdisc_tools.rules.library import Library
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operations.frames import computed, dataset

AE = dataset("AE", """
    STUDYID  DOMAIN  USUBJID  AESEQ#  AETERM  AELOC  MIDS
    S        AE      1        1       A       .      .
    S        AE      2        1       B       .      .
""")  # fmt: skip
CE = dataset("CE", """
    DOMAIN  USUBJID  CESEQ#  CETERM
    CE      1        1       B
    CE      1        2       B
""")  # fmt: skip
TI = dataset("TI", "STUDYID DOMAIN IETESTCD TIRL\nS TI A R")
XX = dataset("XX", "STUDYID DOMAIN USUBJID XXTERM\nS XX 1 A")
SUPPAE = dataset("SUPPAE", """
    RDOMAIN  USUBJID  IDVAR  QNAM     QLABEL
    AE       1        AESEQ  RDOMAIN  Related_Domain_Abbreviation
    AE       1        AESEQ  AELOC    Location_of_Event
    AE       2        .      .        .
""")  # fmt: skip
SUPPXX = dataset("SUPPXX", "RDOMAIN USUBJID QNAM\nXX 1 A")
RELREC = dataset("RELREC", "RDOMAIN USUBJID\nAE 1")
APAE = dataset("APAE", "DOMAIN APID AETERM\nAPAE 1 A")

# what every record of AE gets, beside CE, TI, XX and RELREC
OF_AE = {
    "study_domains": ({}, ("AE", "CE", "TI", "XX", None)),
    "dataset_names": ({}, ("AE", "CE", "TI", "XX", "RELREC")),
    "domain_is_custom": ({}, False),
    "related_domain_is_custom": ({}, False),
    "domain_label": ({}, "Adverse Events"),
    "extract_metadata": ({"name": "dataset_name"}, "AE"),
    "extract_metadata-domain": ({"name": "domain"}, "AE"),
    "extract_metadata-label": ({"name": "dataset_label"}, None),
    "extract_metadata-suffix": ({"name": "ap_suffix"}, None),
    "variable_exists": ({"name": "MIDS"}, True),
    "variable_exists-not": ({"name": "AESEV"}, False),
    "variable_exists-prefix": ({"name": "--TERM"}, True),
    "variable_exists-elsewhere": ({"name": "CETERM", "domain": "CE"}, True),
    "variable_exists-not-elsewhere": ({"name": "AETERM", "domain": "CE"}, False),
    "variable_is_null": ({"name": "MIDS"}, True),
    "variable_is_null-absent": ({"name": "AESEV"}, True),
    "variable_is_null-filled": ({"name": "AETERM"}, False),
    "variable_is_null-submission": ({"name": "--TERM", "source": "submission"}, False),
    "variable_is_null-elsewhere": ({"name": "CETERM", "domain": "CE"}, False),
    # -- is the domain of each dataset: AETERM, CETERM, XXTERM
    "variable_count": ({"name": "--TERM"}, 3.0),
    "variable_count-one": ({"name": "AETERM"}, 1.0),
    "variable_count-none": ({"name": "VISIT"}, 0.0),
    "get_column_order_from_dataset": (
        {}, ("STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AELOC", "MIDS")),
    "get_column_order_from_dataset-other": (
        {"domain": "CE"}, ("DOMAIN", "USUBJID", "CESEQ", "CETERM")),
    "required_variables": (
        {}, ("STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AEDECOD")),
    "expected_variables": (
        {}, ("AELLT", "AELLTCD", "AEPTCD", "AEHLT", "AEHLTCD", "AEHLGT", "AEHLGTCD", "AEBODSYS",
             "AEBDSYCD", "AESOC", "AESOCCD", "AESER", "AEACN", "AEREL", "AESTDTC", "AEENDTC")),
    "get_column_order_from_library": (
        {"key_name": "core", "key_value": "Req"},
        ("STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AEDECOD")),
    "get_dataset_filtered_variables": (
        {"key_name": "role", "key_value": "Identifier"},
        ("STUDYID", "DOMAIN", "USUBJID", "AESEQ")),
    "get_dataset_filtered_variables-all": (
        {}, ("STUDYID", "DOMAIN", "USUBJID", "AESEQ", "AETERM", "AELOC", "MIDS")),
    "get_dataset_filtered_variables-none": ({"key_name": "role", "key_value": "Rule"}, ()),
    "get_model_filtered_variables": (
        {"key_name": "role", "key_value": "Topic"}, ("AETERM",)),
    "get_library_class_domains": (
        {"domain_class": "TRIAL DESIGN"}, ("TA", "TD", "TE", "TI", "TM", "TS", "TV")),
    "get_library_class_domains-none": ({"domain_class": "NOTHING"}, ()),
}  # fmt: skip


@pytest.mark.parametrize(("case", "options", "expected"), [(k, *v) for k, v in OF_AE.items()])
def test_one_answer_for_a_dataset(case, options, expected):
    operation = {"operator": case.partition("-")[0], **options}
    assert computed(operation, AE, CE, TI, XX, RELREC, library=Library.of()) == [expected] * 2


# what the one record of a dataset gets
ALONE = {
    "custom": (XX, {"operator": "domain_is_custom"}, True),
    "custom-elsewhere": (XX, {"operator": "domain_is_custom", "domain": "AE"}, False),
    "custom-label": (XX, {"operator": "domain_label"}, None),
    "related": (SUPPXX, {"operator": "related_domain_is_custom"}, True),
    "related-of-persons": (APAE, {"operator": "related_domain_is_custom"}, False),
    "suffix": (APAE, {"operator": "extract_metadata", "name": "ap_suffix"}, "AE"),
    "persons": (APAE, {"operator": "extract_metadata", "name": "is_ap"}, True),
    "order": (
        TI, {"operator": "get_column_order_from_library"},
        ("STUDYID", "DOMAIN", "IETESTCD", "IETEST", "IECAT", "IESCAT", "TIRL", "TIVERS"),
    ),
    "model-order": (
        TI, {"operator": "get_model_column_order"},
        ("STUDYID", "DOMAIN", "IETESTCD", "IETEST", "IECAT", "IESCAT", "TIRL", "TIVERS"),
    ),
    "permissible": (TI, {"operator": "permissible_variables"}, ("IESCAT", "TIRL", "TIVERS")),
    "no-topic": (TI, {"operator": "expected_variables"}, ()),
}  # fmt: skip


@pytest.mark.parametrize(("under_check", "operation", "expected"), ALONE.values(), ids=ALONE)
def test_one_answer_for_other_datasets(under_check, operation, expected):
    assert computed(operation, under_check, AE, library=Library.of()) == [expected]


def test_the_facts_of_a_file():
    file = RuleDataset.of_frame(
        "AE", pd.DataFrame({"DOMAIN": ["AE"]}), label="Adverse Events", file="ae.xpt",
        file_size=1200, variables=[VariableFacts("DOMAIN", "Domain", "Char", 2)],
    )  # fmt: skip
    facts = {"dataset_label": "Adverse Events", "dataset_location": "ae.xpt", "dataset_size": 1200}
    for name, expected in facts.items():
        assert computed({"operator": "extract_metadata", "name": name}, file) == [expected]


def test_the_names_of_the_standard():
    library = Library.of()
    (names,) = computed({"operator": "variable_names"}, XX, library=library)
    assert {"STUDYID", "AETERM", "TIRL", "RDOMAIN"} <= set(names)
    assert not {"XXTERM", "--TERM"} & set(names)
    (domains,) = computed({"operator": "standard_domains"}, XX, library=library)
    assert {"AE", "TI", "DM"} <= set(domains)
    assert "XX" not in domains


def test_the_model_of_the_parent_of_each_record():
    order = {"operator": "get_parent_model_column_order"}
    found = computed(order, SUPPAE, AE, library=Library.of())
    assert found[0] == found[2]
    assert found[0][:3] == ("STUDYID", "DOMAIN", "USUBJID")
    assert {"AETERM", "AESTDTC"} <= set(found[0])
    assert "AETESTCD" not in found[0]
    with pytest.raises(RuleSkipped, match="no dataset AE"):
        computed(order, SUPPAE, library=Library.of())
    with pytest.raises(ColumnNotFoundError):
        computed(order, AE, library=Library.of())


def test_in_how_many_datasets_a_value_occurs():
    # B is in AETERM alone, since CE has no AETERM
    count = {"operator": "variable_value_count", "name": "AETERM"}
    assert computed(count, AE, CE) == [1.0, 1.0]
    count = {"operator": "variable_value_count", "name": "USUBJID"}
    assert computed(count, AE, CE, SUPPAE) == [3.0, 2.0]
    with pytest.raises(ColumnNotFoundError):
        computed({**count, "name": "VISIT"}, AE, CE)


# QNAM and QLABEL of SUPPAE: RDOMAIN is a variable of SUPPQUAL, AELOC and the missing one are not
REFERENCED = {
    "name": ("QNAM", "name", ["RDOMAIN", None, None]),
    "label": ("QNAM", "label", ["Related Domain Abbreviation", None, None]),
    "role": ("QNAM", "role", ["Identifier", None, None]),
    "core": ("QNAM", "core", ["Req", None, None]),
    "ordinal": ("QNAM", "ordinal", [2.0, None, None]),
    "datatype": ("QNAM", "simpleDatatype", ["Char", None, None]),
    "by-label": ("QLABEL", "name", ["RDOMAIN", None, None]),
}


@pytest.mark.parametrize(("variable", "column", "expected"), REFERENCED.values(), ids=REFERENCED)
def test_what_the_standard_says_of_the_variable_that_a_value_names(variable, column, expected):
    by_label = variable == "QLABEL"
    operator = (
        "label_referenced_variable_metadata" if by_label else "name_referenced_variable_metadata"
    )
    operation = {"operator": operator, "name": variable, "column": column}
    assert computed(operation, SUPPAE, library=Library.of()) == expected
    with pytest.raises(ColumnNotFoundError):
        computed({**operation, "name": "AETERM"}, SUPPAE, library=Library.of())


def test_a_property_that_is_not_held_skips_the_rule():
    order = {"operator": "get_column_order_from_library", "key_name": "notes", "key_value": "x"}
    with pytest.raises(RuleSkipped, match="the notes is not held"):
        computed(order, AE, library=Library.of())


def test_without_a_standard_there_are_no_variables():
    assert computed({"operator": "required_variables"}, TI, library=Library()) == [()]
    assert computed({"operator": "domain_is_custom"}, TI, library=Library()) == [True]
