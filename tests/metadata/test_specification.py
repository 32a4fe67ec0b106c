"""Where clauses as text, the layout of specification tables, and what is wrong in them."""

import pytest

from cdisc_tools.metadata.described_values import describe_results, describe_values
from cdisc_tools.metadata.origins import MappedOrigins, analysis_origin, read_origins
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.specification import read_layout, read_specification, with_where_clauses
from cdisc_tools.metadata.specification_checks import (
    check_specification,
    key_variables,
    specification_problems,
)
from cdisc_tools.metadata.where_clauses import (
    condition_id,
    join_values,
    parse_conditions,
    split_values,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.mapping import MappingLine
from cdisc_tools.model.specs import Comparison
from tests.specifications import spec

EXPRESSIONS = {
    "one": ("PARAMCD EQ ACITM01", [("PARAMCD", "EQ", ("ACITM01",))]),
    "quoted": ('PARAMCD EQ "OS"', [("PARAMCD", "EQ", ("OS",))]),
    "list": ("PARAMCD IN (A, B,C)", [("PARAMCD", "IN", ("A", "B", "C"))]),
    "quoted-list": ("""X NOTIN ('a, b', "c""d")""", [("X", "NOTIN", ("a, b", 'c"d'))]),
    "two": ("A EQ 1 and B gt 2", [("A", "EQ", ("1",)), ("B", "GT", ("2",))]),
    "and-in-quotes": ('A EQ "x AND y"', [("A", "EQ", ("x AND y",))]),
    "words": ("AVISIT EQ Week 4", [("AVISIT", "EQ", ("Week 4",))]),
    "not-in-apart": ("A NOT IN (B)", [("A", "NOTIN", ("B",))]),
    "id": ("LB.LBTESTCD.EQ.ALB", []),
    "word": ("WC1", []),
    "no-value": ("A EQ", []),
    "open-list": ("A IN (B", []),
    "or": ("A EQ X OR B EQ Y", []),
    "or-in-a-value": ("A EQ X OR Y", [("A", "EQ", ("X OR Y",))]),
    "or-in-quotes": ('A EQ "X OR B EQ Y"', [("A", "EQ", ("X OR B EQ Y",))]),
    "empty-list": ("A IN ()", []),
    "trailing": ("A EQ B AND", [("A", "EQ", ("B AND",))]),
    "empty": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_a_where_expression_is_read(text, expected):
    found = parse_conditions(text, "LB")
    assert [(c.variable, c.comparator, c.values) for _, c in found] == expected
    assert {dataset for dataset, _ in found} <= {"LB"}


def test_a_condition_may_name_its_dataset():
    assert parse_conditions("ADSL.SEX EQ F", "ADTTE")[0][0] == "ADSL"


@pytest.mark.parametrize(
    "values", [("A",), ("A", "B"), ("a, b", '"', "'x'", " y ", ""), ('say "x", y',)]
)
def test_a_list_of_values_is_split_as_it_was_joined(values):
    assert split_values("IN", join_values("IN", values)) == values


def test_one_value_is_never_split():
    assert split_values("EQ", "A, B") == ("A, B",)
    assert split_values("EQ", "") == split_values("IN", "") == ()


def test_expressions_become_where_clauses_once_a_meaning():
    levels = [
        {"dataset": "LB", "variable": "LBORRES", "where_clause": "LBTESTCD EQ ALB"},
        {"dataset": "LB", "variable": "LBSTRESC", "where_clause": 'LBTESTCD EQ "ALB"'},
        {"dataset": "EG", "variable": "EGORRES", "where_clause": "LBTESTCD EQ ALB"},
        {"dataset": "LB", "variable": "LBORRESU", "where_clause": "WC1"},
        {"dataset": "LB", "variable": "LBORRESU", "where_clause": "nonsense"},
    ]
    taken = {"id": "EG.LBTESTCD.EQ.ALB", "comparator": "NE", "value": "X"}
    found = with_where_clauses(spec(value_level=levels, where_clauses=[taken, {"id": "WC1"}]))
    ids = [record["where_clause"] for record in found.table("value_level")]
    assert ids == ["LB.LBTESTCD.EQ.ALB", "LB.LBTESTCD.EQ.ALB", "EG.LBTESTCD.EQ.ALB.2", "WC1",
                   "nonsense"]  # fmt: skip
    made = [record.values for record in found.table("where_clauses")[2:]]
    assert [record["dataset"] for record in made] == ["LB", "EG"]
    assert with_where_clauses(found) == found


def test_ids_of_conditions():
    conditions = [("LB", Comparison("A", "EQ", ("1",))), ("LB", Comparison("B", "IN", ("2", "3")))]
    assert condition_id(conditions) == "LB.A.EQ.1.LB.B.IN.2.3"
    # what compares with nothing has no id that ends in nothing
    assert condition_id(parse_conditions('A EQ ""', "LB")) == "LB.A.EQ"


def test_each_reference_and_unique_field_of_the_layout_exists():
    layout = read_layout()
    for table in layout.values():
        assert set(table.unique) | set(table.order_within) <= set(table.by_name)
        assert len(table.by_header) >= len(table.fields)
        for field in table.fields:
            assert set(field.refers) <= set(layout)
            assert (field.kind == "reference") == bool(field.refers)
            assert (field.kind == "choice") == bool(field.choices)


def test_the_sheets_and_columns_of_the_pilot_are_those_of_layout_2_0(shared):
    openpyxl = pytest.importorskip("openpyxl")
    path = shared / "data" / "specs" / "SDTM_spec_CDISC_pilot.xlsx"
    workbook = openpyxl.load_workbook(path, read_only=True)
    for table in read_layout().values():
        headers = [field.headers["2.0"] for field in table.fields if "2.0" in field.headers]
        if "2.0" in table.sheets:
            sheet = workbook[table.sheets["2.0"]]
            assert [cell.value for cell in next(sheet.iter_rows())] == headers
    workbook.close()


def test_tables_of_a_folder_are_read_with_their_lines(tmp_path):
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "variables.csv").write_text('dataset,variable,My Note\nDM, SEX ,"a\nb"\n,,\n')
    found = read_specification(folder)
    record = found.table("variables")[0]
    assert record.values == {"dataset": "DM", "variable": "SEX", "My Note": "a\nb"}
    assert record.place == "spec/variables.csv line 2"
    (folder / "notes.csv").write_text("a\n")
    with pytest.raises(ConfigurationError, match=r"spec/notes\.csv: no specification table"):
        read_specification(folder)


def test_a_folder_without_tables_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="no specification table"):
        read_specification(tmp_path)


GOOD = {
    "datasets": [{"dataset": "LB", "label": "Lab", "class": "FINDINGS", "structure": "One",
                  "key_variables": "LBTESTCD"}],
    "variables": [{"dataset": "LB", "variable": "LBTESTCD", "label": "Test", "data_type": "text",
                   "mandatory": "Yes", "codelist": "TESTS", "order": "1"}],
    "codelists": [{"id": "TESTS", "name": "Tests", "term": "ALB"}],
}  # fmt: skip

# a change of one record of GOOD -> what is said, and whether it refuses
FAULTS = {
    "long-name": ("variables", {"variable": "LBTESTCDX"}, "longer than 8", False),
    "lower-case": ("datasets", {"dataset": "lb"}, "capital letters", False),
    "long-label": ("variables", {"label": "x" * 41}, "longer than 40", False),
    "not-ascii": ("variables", {"label": "Größe"}, "not ASCII", False),
    "long-text": ("variables", {"length": "201"}, "longer than the 200", False),
    "200-bytes": ("variables", {"length": "200"}, "", False),
    "digits-of-text": ("variables", {"significant_digits": "1"}, "only float has", False),
    "many-digits": ("variables", {"data_type": "float", "significant_digits": "16"},
                    "more than the 15 digits", True),
    "15-digits": ("variables", {"data_type": "float", "significant_digits": "15"}, "", False),
    "no-length": ("variables", {"length": "0"}, "0 is no length", True),
    "class": ("datasets", {"class": "FINDING"}, "'FINDING' is no class of the SDTM", False),
    "no-label": ("variables", {"label": ""}, "column Label: the cell is empty", False),
    "no-name": ("variables", {"variable": ""}, "column Variable: the cell is empty", True),
    "no-type": ("variables", {"data_type": ""}, "column Data Type: the cell is empty", True),
    "type": ("variables", {"data_type": "Char"}, "'Char' is none of text, integer", True),
    "negative": ("variables", {"length": "-1"}, "no whole number", True),
    "decimal": ("variables", {"order": "1.5"}, "no whole number", True),
    "no-term": ("codelists", {"term": ""}, "has no term", False),
    "codelist": ("variables", {"codelist": "X"}, "'X' is not in Codelists or Dictionaries", True),
    "key": ("datasets", {"key_variables": "LBTESTCD, VISIT"}, "no variable 'VISIT'", True),
    "assigned": ("variables", {"assigned_value": "BUN"}, "'BUN' is no term", False),
    "assigned-term": ("variables", {"assigned_value": "ALB"}, "", False),
    "method": ("variables", {"method": "M"}, "sheet Methods is missing or empty, and 1", True),
}  # fmt: skip


@pytest.mark.parametrize(("table", "change", "said", "refuses"), FAULTS.values(), ids=FAULTS)
def test_one_fault_is_one_problem(table, change, said, refuses):
    records = {name: [dict(record) for record in rows] for name, rows in GOOD.items()}
    records[table][0].update(change)
    # a renamed dataset or variable is missed elsewhere, too
    problems = [p for p in specification_problems(spec(**records)) if said in p.message]
    assert len(problems) == (1 if said else 0)
    assert all(problem.refuses == refuses for problem in problems)
    if not said:
        assert specification_problems(spec(**records)) == ()


REPEATS = {
    "dataset": ("datasets", {}, "LB stands there twice", True),
    "variable": ("variables", {"order": "2"}, "LB.LBTESTCD stands there twice", True),
    "term": ("codelists", {"order": "2"}, "TESTS.ALB stands there twice", True),
    "order": ("variables", {"variable": "LBTEST", "codelist": ""}, "1 orders another", False),
}


@pytest.mark.parametrize(("table", "change", "said", "refuses"), REPEATS.values(), ids=REPEATS)
def test_a_repeated_record_is_one_problem(table, change, said, refuses):
    second = {**GOOD[table][0], **change}
    found = specification_problems(spec(**{**GOOD, table: [*GOOD[table], second]}))
    assert [(said in problem.message, problem.refuses) for problem in found] == [(True, refuses)]


def test_a_specification_without_fault():
    assert check_specification(spec(**GOOD)) == ()
    assert specification_problems(spec(**GOOD)) == ()


def test_key_variables_stand_apart_by_commas_or_blanks():
    assert key_variables("A,B, C  D;E") == ("A", "B", "C", "D", "E")
    assert key_variables("") == ()


def test_a_column_that_is_missing_is_not_missed_in_each_record():
    columns = {("variables", "dataset"): "Dataset", ("variables", "label"): "Label"}
    records = {**GOOD, "variables": [{"dataset": "LB", "label": "Test"}]}
    found = [p.message for p in specification_problems(spec(**records), columns)]
    assert not any("column Variable" in message or "Data Type" in message for message in found)


TEXTS = {
    "text": (["a", "ß", None], "text", 2, None),
    "empty": ([None, None], "text", 1, None),
    "whole": ([1.0, 20.0, None], "integer", 8, None),
    "decimals": ([1.5, 0.125], "float", 8, 3),
    "tiny": ([1e-7], "float", 8, 7),
    "huge": ([1e20], "integer", 8, None),
}


@pytest.mark.parametrize(("values", "kind", "length", "digits"), TEXTS.values(), ids=TEXTS)
def test_values_are_described(values, kind, length, digits):
    pd = pytest.importorskip("pandas")
    numbers = any(isinstance(value, float) for value in values)
    found = describe_values(pd.Series(values, dtype="Float64" if numbers else "string"))
    assert (found.data_type, found.length, found.digits) == (kind, length, digits)


DATES = {
    "date": (["2024-01-02"], "date"),
    "partial": (["2024-01-02", "2024-01"], "partialDate"),
    "datetime": (["2024-01-02T08:00:00"], "datetime"),
    "minutes": (["2024-01-02T08:00", "2024-01-02"], "partialDatetime"),
    "mixed": (["2024-01-02T08:00", "2024"], "incompleteDatetime"),
    "none": ([], "datetime"),
}


@pytest.mark.parametrize(("values", "kind"), DATES.values(), ids=DATES)
def test_dates_are_described(values, kind):
    pd = pytest.importorskip("pandas")
    assert describe_values(pd.Series(values, dtype="string"), dates=True).data_type == kind


RESULTS = {
    "whole": (["5", "-12"], "integer", 3, None),
    "decimals": (["5", "1.25"], "float", 4, 2),
    "words": (["5", "NEGATIVE"], "text", 8, None),
    "below": (["<5"], "text", 2, None),
    "none": ([], "text", 1, None),
}


@pytest.mark.parametrize(("values", "kind", "length", "digits"), RESULTS.values(), ids=RESULTS)
def test_results_are_described(values, kind, length, digits):
    pd = pytest.importorskip("pandas")
    found = describe_results(pd.Series(values, dtype="string"))
    assert (found.data_type, found.length, found.digits) == (kind, length, digits)


def test_every_algorithm_has_an_origin():
    pytest.importorskip("pandas")
    from cdisc_tools.mapping.algorithms import ALGORITHMS  # noqa: PLC0415
    from cdisc_tools.mapping.collecting import REFERENCE_DATES  # noqa: PLC0415
    from cdisc_tools.mapping.deriving import DERIVATIONS, ONE_RECORD_PER  # noqa: PLC0415

    known = {name for kind, name in read_origins() if kind == "algorithm"}
    assert known == {*ALGORITHMS, *REFERENCE_DATES, *DERIVATIONS} - {ONE_RECORD_PER}


def test_origins_and_methods_of_tables_are_words_of_the_layout():
    words = set(read_layout()["variables"].by_name["origin"].choices)
    sources = set(read_layout()["variables"].by_name["source"].choices)
    for origin in read_origins().values():
        assert origin.origin in words
        assert origin.source in sources
    path = specs_path() / "specification" / "value_level.csv"
    assert len(list(read_table(path, ("variable", "by", "label")))) == 6


def line(variable: str, algorithm: str, **fields: object) -> MappingLine:
    return MappingLine("DM", "", variable, algorithm, **fields)  # type: ignore[arg-type]


MAPPED = {
    "collected": ([line("SEX", "assign_ct")], "Collected", ()),
    "hardcoded": ([line("SEX", "hardcode_ct")], "Assigned", ()),
    "both": ([line("SEX", "hardcode_ct"), line("SEX", "assign_ct")], "Collected", ()),
    "copied": ([line("SEX", "assign_ct", source="EX", columns=("EXTRT",), comment="why")],
               "Derived", ("Taken over (EX.EXTRT); why",)),
    "own": ([line("SEX", "assign_ct", origin="eDT")], "Collected", ()),
    "none": ([], "Assigned", ()),
}  # fmt: skip


@pytest.mark.parametrize(("lines", "origin", "methods"), MAPPED.values(), ids=MAPPED)
def test_the_origin_of_a_mapped_variable(lines, origin, methods):
    found = MappedOrigins(lines, {"DM", "EX"}).of("DM", "Special-Purpose", "SEX")
    assert (found.origin, found.methods) == (origin, methods)


def test_the_origin_of_an_analysis_variable():
    datasets = {"DM": {"SEX"}, "ADSL": {"SEX", "TRTSDT"}, "AE": {"AETERM"}}
    cases = {
        ("ADSL", "SEX", "ADSL.SEX"): "DM.SEX",
        ("ADAE", "AETERM", "AE.AETERM"): "AE.AETERM",
        ("ADAE", "TRTSDT", "ADSL.TRTSDT"): "ADSL.TRTSDT",
        ("ADAE", "SEX", "OCCDS.SEX"): "ADSL.SEX",
        ("ADAE", "AETERM", "OCCDS.AETERM"): "AE.AETERM",
        ("ADAE", "ASTDT", "OCCDS.ASTDT"): "",
        ("ADSL", "TRTSDT", ""): "",
    }
    for (dataset, variable, source), expected in cases.items():
        found = analysis_origin(dataset, variable, source, datasets)
        assert found.predecessor == expected
        assert found.origin == ("Predecessor" if expected else "Derived")


LISTS = {
    "alike": ([("A", "C1", "N"), ("B", "C1", "N")], []),
    "two-codes": ([("A", "C1", "N"), ("B", "C2", "N")], [("has 'C1' above and 'C2'", True)]),
    "two-names": ([("A", "C1", "N"), ("B", "C1", "M")], [("has 'N' above and 'M'", False)]),
}


@pytest.mark.parametrize(("terms", "said"), LISTS.values(), ids=LISTS)
def test_a_codelist_says_one_thing_of_itself(terms, said):
    lines = [{"id": "X", "term": term, "nci_codelist_code": code, "name": name}
             for term, code, name in terms]  # fmt: skip
    found = specification_problems(spec(**{**GOOD, "codelists": [*GOOD["codelists"], *lines]}))
    assert len(found) == len(said)
    for item, (text, refuses) in zip(found, said, strict=True):
        assert text in item.message
        assert item.refuses == refuses


@pytest.mark.parametrize(("standards", "remarks"), [([], 0), (["SDTMIG.3.4"], 0), (["OTHER"], 1)])
def test_a_standard_that_is_named_is_among_the_standards(standards, remarks):
    datasets = [{**GOOD["datasets"][0], "standard": "SDTMIG.3.4"}]
    rows = [{"id": name, "name": "SDTMIG", "type": "IG", "version": "3.4"} for name in standards]
    found = specification_problems(spec(**{**GOOD, "datasets": datasets, "standards": rows}))
    assert len(found) == remarks
    assert all("'SDTMIG.3.4' is not in Standards" in item.message for item in found)
