"""SUPP--, CO and RELREC through small studies."""

import pytest

from cdisc_tools.model.errors import ConfigurationError
from tests.mapping.small_study import assert_records, map_folder, shown, write_study
from tests.tables import table

EVENTS = """
    Subject  Term      Day         Serious  Note        Link
    01-001   Headache  2019-03-12  .        worse       L1
    01-001   Nausea    2019-03-11  yes      .           .
    01-002   Rash      2019-04-02  no       at night    L1
    01-002   Rash      2019-04-01  .        .           L2
"""
AE = """
    variable  algorithm        source  column   value          label     origin
    .         records          events  .        .              .         .
    AETERM    assign_no_ct     .       Term     .              .         .
    AESTDTC   assign_datetime  .       Day      .              .         .
    AELNKID   assign_no_ct     .       Link     .              .         .
    SUPP.SER  assign_no_ct     .       Serious  .              Serious?  Assigned
    CO.COVAL  assign_no_ct     .       Note     .              .         .
    AESEQ     derive_sequence  .       .        AESTDTC        .         .
"""
DOSES = """
    Subject  Dose  Day         Link
    01-001   5     2019-03-12  L1
    01-002   7     2019-04-02  L1
    01-002   8     2019-04-03  L9
"""
EX = """
    variable  algorithm        source  column  value
    .         records          doses   .       .
    EXDOSE    assign_no_ct     .       Dose    .
    EXSTDTC   assign_datetime  .       Day     .
    EXLNKID   assign_no_ct     .       Link    .
    EXSEQ     derive_sequence  .       .       EXSTDTC
"""
RELREC = """
    relid   rdomain  idvar    reltype  key
    AEEX    AE       AESEQ    .        AELNKID
    AEEX    EX       EXSEQ    .        EXLNKID
    AESEX   AE       AELNKID  ONE      .
    AESEX   EX       EXLNKID  MANY     .
"""


@pytest.fixture(scope="module")
def related(tmp_path_factory):
    folder = tmp_path_factory.mktemp("related")
    tables = {"ae": AE, "ex": EX, "relrec": RELREC}
    return map_folder(write_study(folder, {"events": EVENTS, "doses": DOSES}, tables))


def test_supplemental_qualifiers_point_to_the_sequence_number(related):
    assert_records(
        related.datasets["SUPPAE"],
        """
        STUDYID  RDOMAIN  USUBJID    IDVAR  IDVARVAL  QNAM  QLABEL    QVAL  QORIG     QEVAL
        T1       AE       T1-01-001  AESEQ  1         SER   Serious?  yes   Assigned  .
        T1       AE       T1-01-002  AESEQ  2         SER   Serious?  no    Assigned  .
    """,
    )


def test_comments_point_to_the_record(related):
    assert_records(
        related.datasets["CO"],
        """
        DOMAIN  RDOMAIN  USUBJID    COSEQ  IDVAR  IDVARVAL  COVAL
        CO      AE       T1-01-001  1      AESEQ  2         worse
        CO      AE       T1-01-002  1      AESEQ  2         at night
    """,
    )


def test_records_are_related_through_their_link_and_datasets_as_a_whole(related):
    assert_records(
        related.datasets["RELREC"],
        """
        RDOMAIN  USUBJID    IDVAR    IDVARVAL  RELTYPE  RELID
        AE       T1-01-001  AESEQ    2         .        AEEX1
        EX       T1-01-001  EXSEQ    1         .        AEEX1
        AE       T1-01-002  AESEQ    2         .        AEEX2
        EX       T1-01-002  EXSEQ    1         .        AEEX2
        AE       .          AELNKID  .         ONE      AESEX
        EX       .          EXLNKID  .         MANY     AESEX
    """,
    )


def test_idvarval_is_a_whole_number_also_past_nine(tmp_path):
    events = table("Subject  Term  Day  Serious\n01-001  x  2019-03-01  y")
    events = events.iloc[[0] * 12].assign(Day=[f"2019-03-{day:02d}" for day in range(1, 13)])
    # a missing qualifier must not turn the numbers into 10.0, 11.0
    events.iloc[4, 3] = None
    ae = AE.replace("Link ", "Term ").replace("Note ", "Term ")
    result = map_folder(write_study(tmp_path, {"events": events}, {"ae": ae}))
    numbers = [n for (n,) in shown(result.datasets["SUPPAE"], ["IDVARVAL"])]
    # IDVARVAL is a text and a key, and sorts as a text
    assert numbers == ["1", "10", "11", "12", "2", "3", "4", "6", "7", "8", "9"]
    comments = shown(result.datasets["CO"], ["IDVARVAL", "COSEQ"])
    assert [n for n, _ in comments] == sorted(str(number) for number in range(1, 13))
    # COSEQ numbers the comments in the order of their records
    assert all(n == seq for n, seq in comments)


def test_no_qualifier_no_comment_no_relation_no_dataset(tmp_path):
    events = "Subject  Term  Day  Serious  Note  Link\n01-001  x  2019-03-01  .  .  L"
    relrec = "relid  rdomain  idvar  key\nR  AE  AESEQ  AELNKID\nR  EX  EXSEQ  EXLNKID"
    tables = {"ae": AE, "ex": EX, "relrec": relrec}
    result = map_folder(write_study(tmp_path, {"events": events, "doses": DOSES}, tables))
    assert set(result.datasets) == {"DM", "AE", "EX"}


@pytest.mark.parametrize(("line", "why"), [
    ("SUPP.TOOLONGNAME  Label", "name of at most 8 characters"),
    ("SUPP.SER  .", "label of at most 40"),
    (f"SUPP.SER  {'x' * 41}", "label of at most 40"),
])  # fmt: skip
def test_a_qualifier_needs_a_short_name_and_a_label(tmp_path, line, why):
    variable, label = line.split("  ")
    ae = f"""
        variable    algorithm     source  column   label
        .           records       events  .        .
        {variable}  assign_no_ct  .       Serious  {label}
    """
    folder = write_study(tmp_path, {"events": EVENTS}, {"ae": ae})
    with pytest.raises(ConfigurationError, match=f"ae.csv line 3: .*{why}"):
        map_folder(folder)


def test_a_relation_through_an_unknown_variable_is_named(tmp_path):
    relrec = "relid  rdomain  idvar  key\nR  AE  AESEQ  AEGRPID\nR  EX  EXSEQ  EXLNKID"
    tables = {"ae": AE, "ex": EX, "relrec": relrec}
    folder = write_study(tmp_path, {"events": EVENTS, "doses": DOSES}, tables)
    with pytest.raises(ConfigurationError, match="relrec: AE has no variable 'AEGRPID'"):
        map_folder(folder)
