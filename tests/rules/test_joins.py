"""Datasets joined to the records under check: what stands beside each record, worked by hand."""

import pytest

from cdisc_tools.rules.joins import match_datasets
from cdisc_tools.rules.study import RuleStudy
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operations.frames import dataset
from tests.rules.small_rules import judged, rule

DM = dataset("DM", """
    STUDYID  DOMAIN  USUBJID  SEX  RFSTDTC
    S        DM      1        F    2024-01-01
    S        DM      2        M    .
    S        DM      4        F    2024-02-02
""")  # fmt: skip
AE = dataset("AE", """
    STUDYID  DOMAIN  USUBJID  AESEQ#  AESPID  AETERM   SEX
    S        AE      2        1       A1      FEVER    U
    S        AE      1        1       A2      NAUSEA   .
    S        AE      3        1       A3      RASH     .
    S        AE      1        2       A4      ITCH     .
    S        AE      .        1       A5      FALL     .
""")  # fmt: skip
VS = dataset("VS", """
    STUDYID  DOMAIN  USUBJID  VSSEQ#  VISITNUM#
    S        VS      1        1       1
    S        VS      1        2       2
    S        VS      2        1       1
""")  # fmt: skip
TV = dataset("TV", """
    DOMAIN  VISITNUM#  VISIT      NUMBER
    TV      1          SCREENING  1.0
    TV      1          REPEAT     1
    TV      2          WEEK_2     2
""")  # fmt: skip


def joined(match, names, of, *others):
    """The values of variables after the join, a tuple a record; its place stands before them."""
    study = RuleStudy((of, *others))
    table = match_datasets(of.table, rule("A empty", match_datasets=[match]), of, study)
    columns = [table[name] for name in names.split()]
    return [
        (place, *(column.record(row) for column in columns))
        for row, place in enumerate((table.places + 1).tolist())
    ]


@pytest.mark.parametrize(
    ("match", "names", "datasets", "expected"),
    [
        # an inner join leaves out who has no partner; the left's variable stays, the right's is DM.
        ({"Name": "DM", "Keys": ["USUBJID"]}, "AETERM RFSTDTC SEX DM.SEX", (AE, DM),
         [(1, "FEVER", None, "U", "M"), (2, "NAUSEA", "2024-01-01", None, "F"),
          (4, "ITCH", "2024-01-01", None, "F")]),
        # a left join keeps everybody, in their order
        ({"Name": "DM", "Keys": ["USUBJID"], "Join Type": "left"}, "AETERM DM.SEX", (AE, DM),
         [(1, "FEVER", "M"), (2, "NAUSEA", "F"), (3, "RASH", None), (4, "ITCH", "F"),
          (5, "FALL", None)]),
        # every pair of a key that stands twice is one
        ({"Name": "TV", "Keys": ["VISITNUM"]}, "VSSEQ VISIT", (VS, TV),
         [(1, 1.0, "SCREENING"), (1, 1.0, "REPEAT"), (2, 2.0, "WEEK 2"), (3, 1.0, "SCREENING"),
          (3, 1.0, "REPEAT")]),
        ({"Name": "DM", "Keys": ["STUDYID", {"Left": "USUBJID", "Right": "USUBJID"}]}, "SEX",
         (VS, DM), [(1, "F"), (2, "F"), (3, "M")]),
        # a number is no text
        ({"Name": "TV", "Keys": [{"Left": "VISITNUM", "Right": "NUMBER"}]}, "VISIT", (VS, TV), []),
        # the domain in the names of keys, of the left and of the right
        ({"Name": "VS", "Keys": ["USUBJID", {"Left": "--SEQ", "Right": "--SEQ"}]}, "VSSEQ",
         (AE, VS), [(1, 1.0), (2, 1.0), (4, 2.0)]),
        # no keys, the dataset itself: nothing is joined
        ({"Name": "DM", "Keys": []}, "SEX", (AE, DM), [(1, "U"), (2, None), (3, None), (4, None),
                                                       (5, None)]),
        ({"Name": "AE", "Keys": ["USUBJID"]}, "AESEQ", (AE,),
         [(1, 1.0), (2, 1.0), (3, 1.0), (4, 2.0), (5, 1.0)]),
    ],
)  # fmt: skip
def test_records_are_joined_by_keys(match, names, datasets, expected):
    assert joined(match, names, *datasets) == expected


@pytest.mark.parametrize("join", ["left", "inner"])
def test_a_dataset_without_records_is_joined(join):
    empty = dataset("DM", "DOMAIN USUBJID RFSTDTC")
    match = {"Name": "DM", "Keys": ["USUBJID"], "Join Type": join}
    kept = [(1, "1", None), (2, "1", None), (3, "2", None)] if join == "left" else []
    assert joined(match, "USUBJID RFSTDTC", VS, empty) == kept
    assert joined(match, "USUBJID", empty, dataset("EX", "USUBJID\n1")) == []


@pytest.mark.parametrize(
    ("match", "absent"),
    [
        ({"Name": "DM", "Keys": ["SUBJID"]}, "SUBJID"),
        ({"Name": "DM", "Keys": [{"Left": "USUBJID", "Right": "SUBJID"}]}, "SUBJID"),
        ({"Name": "DM", "Keys": ["--SPID"]}, "DMSPID"),
    ],
)
def test_an_absent_key_is_named(match, absent):
    with pytest.raises(ColumnNotFoundError) as caught:
        joined(match, "AESEQ", AE, DM)
    assert caught.value.name == absent
    (found,) = judged(rule("AESEQ non_empty", match_datasets=[match]), AE, DM)
    assert (found.status, found.reason) == ("skipped", f"there is no variable {absent}")


def test_a_rule_on_variables_of_an_absent_dataset_is_skipped():
    match = [{"Name": "DM", "Keys": ["USUBJID"]}]
    (found,) = judged(rule("RFSTDTC empty", match_datasets=match), AE)
    assert (found.status, found.reason) == ("skipped", "there is no dataset DM")
    # without the dataset "DM.SEX" would be a text like others
    (found,) = judged(rule("AETERM not_equal_to DM.SEX", match_datasets=match), AE)
    assert found.status == "skipped"


def test_several_datasets_are_joined_one_after_the_other():
    study = RuleStudy((VS, DM, TV))
    matches = [{"Name": "DM", "Keys": ["USUBJID"]}, {"Name": "TV", "Keys": ["VISITNUM"]}]
    table = match_datasets(VS.table, rule("A empty", match_datasets=matches), VS, study)
    pairs = zip(table["SEX"].codes, table["VISIT"].codes, strict=True)
    values = [(table["SEX"].values[sex], table["VISIT"].values[visit]) for sex, visit in pairs]
    assert values == [("F", "SCREENING"), ("F", "REPEAT"), ("F", "WEEK 2"), ("M", "SCREENING"),
                      ("M", "REPEAT")]  # fmt: skip


SUPPAE = dataset("SUPPAE", """
    STUDYID  RDOMAIN  USUBJID  IDVAR   IDVARVAL  QNAM     QVAL
    S        AE       2        AESEQ   1         AETRTEM  Y
    S        AE       1        AESEQ   2.0       AETRTEM  N
    S        AE       3        AESEQ   9         AETRTEM  Y
    S        AE       1        AESPID  A2        AETRTEM  X
    S        AE       1        AESPID  A2        AEOTH    first
    S        AE       9        AESEQ   1         AEOTH    nobody
    S        AE       2        AESEQ   1         SEX      M
""")  # fmt: skip
SUPPDM = dataset("SUPPDM", """
    STUDYID  RDOMAIN  USUBJID  IDVAR  IDVARVAL  QNAM   QVAL
    S        DM       1        .      .         RACE1  ASIAN
    S        DM       4        .      .         RACE1  WHITE
""")  # fmt: skip


@pytest.mark.parametrize(
    ("names", "datasets", "expected"),
    [
        # by several IDVARs, a number by its value; a variable of the parent keeps its values
        ("AETRTEM AEOTH SEX", (AE, SUPPAE, SUPPDM),
         [(1, "Y", None, "U"), (2, "X", "first", None), (3, None, None, None),
          (4, "N", None, None), (5, None, None, None)]),
        # without IDVAR by the subject
        ("RACE1", (DM, SUPPAE, SUPPDM), [(1, "ASIAN"), (2, None), (3, "WHITE")]),
    ],
)  # fmt: skip
def test_supplemental_qualifiers_stand_beside_their_records(names, datasets, expected):
    match = {"Name": "SUPP--", "Keys": ["USUBJID"]}
    assert joined(match, names, *datasets) == expected


def test_absent_supplemental_qualifiers_are_passed_over():
    match = {"Name": "SUPP--", "Keys": ["USUBJID"]}
    assert joined(match, "SEX", DM, SUPPAE) == [(1, "F"), (2, "M"), (3, "F")]
    assert [place for place, *_ in joined(match, "QVAL", SUPPDM, DM)] == [1, 2]


def test_a_qualifier_of_an_idvar_that_the_parent_has_not_joins_nothing():
    wrong = dataset("SUPPDM", """
        STUDYID  RDOMAIN  USUBJID  IDVAR  IDVARVAL  QNAM  QVAL
        S        DM       1        DMX    1         A     B
        S        DM       2        .      .         A     C
    """)  # fmt: skip
    match = {"Name": "SUPP--", "Keys": ["USUBJID"]}
    assert joined(match, "A", DM, wrong) == [(1, None), (2, "C"), (3, None)]


CO = dataset("CO", """
    STUDYID  DOMAIN  RDOMAIN  USUBJID  IDVAR  IDVARVAL  COVAL
    S        CO      AE       1        AESEQ  2         about_itch
    S        CO      VS       1        VSSEQ  2         about_a_visit
    S        CO      DM       2        .      .         about_a_man
    S        CO      AE       1        AESEQ  7         about_nothing
    S        CO      EX       1        EXSEQ  1         no_such_dataset
    S        CO      AE       1        AEX    1         no_such_variable
""")  # fmt: skip


def test_the_parents_of_comments_by_idvar():
    match = {"Name": "CO", "Keys": ["USUBJID", "IDVAR", "IDVARVAL"], "Child": True}
    assert joined(match, "COVAL AETERM VISITNUM SEX DOMAIN", CO, AE, VS, DM) == [
        (1, "about itch", "ITCH", None, None, "AE"),
        (2, "about a visit", None, 2.0, None, "VS"),
        (3, "about a man", None, None, "M", "DM"),
        (4, "about nothing", None, None, None, "CO"),
        (5, "no such dataset", None, None, None, "CO"),
        (6, "no such variable", None, None, None, "CO"),
    ]


def test_the_parents_of_supplemental_qualifiers():
    match = {"Name": "SUPP--", "Keys": ["USUBJID", "IDVAR", "IDVARVAL"], "Child": True}
    assert joined(match, "QNAM AETERM AESEQ", SUPPAE, AE) == [
        (1, "AETRTEM", "FEVER", 1.0),
        (2, "AETRTEM", "ITCH", 2.0),
        (3, "AETRTEM", None, None),
        (4, "AETRTEM", "NAUSEA", 1.0),
        (5, "AEOTH", "NAUSEA", 1.0),
        (6, "AEOTH", None, None),
        (7, "SEX", "FEVER", 1.0),
    ]
    # another dataset's qualifiers have no parents here, nor any whose parent isn't there
    with pytest.raises(ColumnNotFoundError):
        joined({**match, "Name": "SUPPDM"}, "AETERM", SUPPAE, AE)
    with pytest.raises(ColumnNotFoundError):
        joined(match, "AETERM", SUPPAE, DM)


PC = dataset("PC", """
    STUDYID  DOMAIN  USUBJID  PCSEQ#  PCGRPID  PCTEST
    S        PC      1        1       G1       DrugA
    S        PC      1        2       G1       DrugB
    S        PC      2        1       G1       DrugC
""")  # fmt: skip
PP = dataset("PP", """
    STUDYID  DOMAIN  USUBJID  PPSEQ#  PPGRPID  PPCAT
    S        PP      1        1       G1       DrugA
    S        PP      1        2       G2       DrugB
    S        PP      2        1       G1       DrugC
""")  # fmt: skip
RELREC = dataset("RELREC", """
    STUDYID  RDOMAIN  USUBJID  IDVAR  IDVARVAL  RELTYPE  RELID
    S        PC       1        PCSEQ  2         .        R1
    S        PP       1        PPSEQ  1         .        R1
    S        PP       1        PPSEQ  2.0       .        R1
    S        EX       1        EXSEQ  1         .        R1
    S        PC       2        PCSEQ  9         .        R2
    S        PP       2        PPSEQ  1         .        R2
""")  # fmt: skip
ALL_RELATED = dataset("RELREC", """
    STUDYID  RDOMAIN  USUBJID  IDVAR    IDVARVAL  RELTYPE  RELID
    S        PC       .        PCGRPID  .         MANY     R1
    S        PP       .        PPGRPID  .         MANY     R1
""")  # fmt: skip
RELATED = {"Name": "RELREC", "Keys": ["USUBJID"], "Wildcard": "**"}


@pytest.mark.parametrize(
    ("relrec", "wildcard", "names", "expected"),
    [
        # record by record; one that nothing is related to is left out
        (RELREC, "**", "PPCAT RELREC.**TEST RELREC.**SEQ", [(1, "DrugA", "DrugB", 2.0),
                                                          (2, "DrugB", "DrugB", 2.0)]),
        (RELREC, "PC", "PPCAT RELREC.PCTEST", [(1, "DrugA", "DrugB"), (2, "DrugB", "DrugB")]),
        # dataset by dataset: the records of a subject with the same value
        (ALL_RELATED, "**", "PPCAT RELREC.**TEST RELREC.USUBJID",
         [(1, "DrugA", "DrugA", "1"), (1, "DrugA", "DrugB", "1"), (3, "DrugC", "DrugC", "2")]),
    ],
)  # fmt: skip
def test_related_records(relrec, wildcard, names, expected):
    match = {**RELATED, "Wildcard": wildcard}
    assert joined(match, names, PP, PC, relrec) == expected


def test_without_relrec_nothing_is_related():
    assert joined(RELATED, "PPCAT", PP, PC) == [(1, "DrugA"), (2, "DrugB"), (3, "DrugC")]
    unrelated = dataset("RELREC", "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL RELID\nS AE 1 AESEQ 1 R")
    assert joined(RELATED, "PPCAT", PP, PC, unrelated) == []


def test_relrec_without_its_variables_is_named():
    wrong = dataset("RELREC", "STUDYID RDOMAIN USUBJID IDVAR IDVARVAL\nS PP 1 PPSEQ 1")
    with pytest.raises(ColumnNotFoundError) as caught:
        joined(RELATED, "PPCAT", PP, PC, wrong)
    assert caught.value.name == "RELID"


def test_a_join_that_no_memory_holds_skips_the_rule(monkeypatch):
    monkeypatch.setattr("cdisc_tools.rules.datasets.MOST_PAIRS", 3)
    match = {"Name": "DM", "Keys": ["STUDYID"]}
    (found,) = judged(rule("AETERM empty", match_datasets=[match]), AE, DM)
    assert found.status == "skipped"
    assert "pairs of records, more than 3" in found.reason
