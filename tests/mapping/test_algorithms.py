"""Each algorithm of mapping tables, through a small study."""

import pytest

from tests.mapping.small_study import assert_records, map_folder, places, shown, write_study

LAB = """
    Subject  Test    Result      Unit       Day          Time   Visit
    01-001   ALT     10.50       U/L        2019-03-01   08:30  Screening
    01-001   ALT     1,5         U/L        10-Mar-2019  .      Day 1
    01-002   ALT     not done    U/L        UN-Apr-2019  .      Day 1
    01-002   ALT     <5          .          02.04.2019   9:05   Unplanned
    01-002   ALT     12 g/L      U/L        03.04.2019   25:00  Week 99
"""
VISITS = """
    collected  visitnum  visit        visitdy
    Screening  1         SCREENING    -14
    Day 1      2         DAY 1        1
    Unplanned  .         UNSCHEDULED  .
"""
UNITS = """
    testcd  unit  to   factor
    ALT     U/L   U/L  1
    ALT     g/L   U/L  10
"""
LB = """
    variable   algorithm               source  column       value   codelist
    .          records                 lab     .            .       .
    LBTESTCD   assign_ct               .       Test         .       LBTESTCD
    LBTEST     hardcode_no_ct          .       .            Alanine  .
    LBCAT      assign_upper            .       Unit         .       .
    LBORRES    assign_result           .       Result       .       .
    LBORRESU   assign_unit             .       Result;Unit  U/L     UNIT
    LBSTAT     assign_status           .       Result       .       .
    LBSTRESC   derive_standard_result  .       .            .       .
    LBSTRESN   derive_standard_result  .       .            .       .
    LBSTRESU   derive_standard_result  .       .            .       .
    LBDTC      assign_datetime         .       Day;Time     .       .
    VISITNUM   assign_visit            .       Visit        .       .
    VISIT      assign_visit            .       Visit        .       .
    VISITDY    assign_visit            .       Visit        .       .
    LBDY       derive_study_day        .       .            .       .
    LBLOBXFL   derive_baseline_flag    .       .            .       .
    LBSEQ      derive_sequence         .       .            LBDTC   .
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    mapping = {"lb": LB, "visits": VISITS, "units": UNITS}
    return map_folder(write_study(tmp_path_factory.mktemp("lab"), {"lab": LAB}, mapping))


# by the keys LBCAT (none, G/L, U/L of the second subject) comes before the date, by which LBSEQ is
def test_results_and_their_units(lab):
    assert_records(lab.datasets["LB"], """
        USUBJID    LBSEQ  LBTEST   LBORRES  LBORRESU  LBSTAT    LBSTRESC  LBSTRESN  LBSTRESU
        T1-01-001  1      Alanine  10.50    U/L       .         10.50     10.5      U/L
        T1-01-001  2      Alanine  1.5      U/L       .         1.5       1.5       U/L
        T1-01-002  2      Alanine  <5       U/L       .         <5        .         U/L
        T1-01-002  3      Alanine  12       g/L       .         120       120       U/L
        T1-01-002  1      Alanine  .        .         NOT DONE  .         .         .
    """)  # fmt: skip


def test_dates_visits_and_baseline(lab):
    assert_records(
        lab.datasets["LB"],
        """
        USUBJID    LBDTC             LBDY  VISITNUM  VISIT             VISITDY  LBLOBXFL
        T1-01-001  2019-03-01T08:30  -9    1         SCREENING         -14      .
        T1-01-001  2019-03-10        1     2         DAY 1             1        Y
        T1-01-002  2019-04-02T09:05  2     2.01      UNSCHEDULED 2.01  .        .
        T1-01-002  2019-04-03        3     .         Week 99           .        .
        T1-01-002  2019-04           .     2         DAY 1             1        .
    """,
    )


@pytest.mark.parametrize(("check", "expected"), [
    ("CDT-R025", ["lab 6 Time: 25:00; '25:00' is no time of day"]),
    ("CDT-R021", ["lab 4 Day: UN-Apr-2019; 2019-04"]),
    ("CDT-R031", ["lab 3 Result: 1,5; decimal comma read as point"]),
    ("CDT-R032", ["lab 5 Result: <5; "]),
    ("CDT-R033", ["lab 4 Result: not done; "]),
    ("CDT-R034", ["lab 6 Result: 12 g/L; g/L"]),
    ("CDT-R036", ["lab 6 Visit: Week 99; "]),
    ("CDT-R039", ["lab 6 Result: 12 g/L; U/L"]),
])  # fmt: skip
def test_every_assumption_is_named_at_its_cell(lab, check, expected):
    assert places(lab, check) == expected


DEMOGRAPHY = """
    Subject  Age  Weight  Sex     Start       BP
    1-1      45   70.5    male    2019-03-10  126/74
    01-002   n/k  <80     Female  2019-04-01  130
"""


def test_demography(tmp_path):
    raw = {"enrol": DEMOGRAPHY}
    dm = """
        variable  algorithm       source  column     value  codelist  label
        .         records         enrol   .          .      .         .
        SUBJID    assign_subject  .       .          .      .         .
        SITEID    assign_subject  .       .          .      .         .
        AGE       assign_no_ct    .       Age        .      .         .
        AGEU      hardcode_ct     .       Age        YEARS  AGEU      .
        SEX       assign_ct       .       Sex        .      SEX       .
        RFSTDTC   assign_datetime  .       Start      .      .         .
        SUPP.SYS  assign_part     .       BP         / 1    .         Systolic
        SUPP.DIA  assign_part     .       BP         / 2    .         Diastolic
        SUPP.ALL  assign_no_ct    .       Age;Sex    .      .         Age and sex
    """
    result = map_folder(write_study(tmp_path, raw, {"dm": dm}))
    assert_records(
        result.datasets["DM"],
        """
        STUDYID  DOMAIN  USUBJID    SUBJID  SITEID  AGE  AGEU   SEX  RFSTDTC
        T1       DM      T1-01-001  01-001  01      45   YEARS  M    2019-03-10
        T1       DM      T1-01-002  01-002  01      .    .      F    2019-04-01
    """,
    )
    assert_records(
        result.datasets["SUPPDM"],
        """
        RDOMAIN  USUBJID    IDVAR  IDVARVAL  QNAM  QLABEL       QVAL     QORIG
        DM       T1-01-001  .      .         ALL   Age and sex  45 male  CRF
        DM       T1-01-001  .      .         DIA   Diastolic    74       CRF
        DM       T1-01-001  .      .         SYS   Systolic     126      CRF
        DM       T1-01-002  .      .         ALL   Age and sex  Female   CRF
        DM       T1-01-002  .      .         SYS   Systolic     130      CRF
    """,
    )
    assert places(result, "CDT-R012") == ["enrol 2 Subject: 1-1; 01-001"]
    assert places(result, "CDT-R011") == ["enrol 3 Age: n/k; "]


def test_a_number_variable_takes_only_numbers(tmp_path):
    raw = {"enrol": DEMOGRAPHY, "dose": """
        Subject  Dose    Day
        01-001   10.5    1
        01-001   1,5     2
        01-001   ten     3
        01-001   <5      4
        01-001   12 mg   5
        01-001   .       6
    """}  # fmt: skip
    ex = """
        variable  algorithm       source  column  value
        .         records         dose    .       .
        EXTRT     hardcode_no_ct  .       .       DRUG
        EXDOSE    assign_no_ct    .       Dose    .
        EXREFID   assign_no_ct    .       Day     .
        EXSEQ     derive_sequence  .       .       EXREFID
    """
    result = map_folder(write_study(tmp_path, raw, {"ex": ex}))
    assert [dose for (dose,) in shown(result.datasets["EX"], ["EXDOSE"])] == [
        "10.5", "1.5", ".", ".", "12", ".",
    ]  # fmt: skip
    assert places(result, "CDT-R030") == ["dose 4 Dose: ten; ", "dose 5 Dose: <5; "]
    assert places(result, "CDT-R034") == ["dose 6 Dose: 12 mg; mg"]


CODED = """
    Subject  Sex     Race   Note
    01-001   Male    White  a
    01-001   MALE    White  b
    01-001   Male    Blue   c
    01-001   F       Grey   d
    01-001   Femail  White  e
    01-001   .       .      f
"""


def test_terms_exact_by_synonym_by_the_studys_table_and_not_at_all(tmp_path):
    # SU stands in for any dataset: its variables are texts and take any codelist
    su = """
        variable  algorithm       source  column  value  codelist
        .         records         form    .       .      .
        SUTRT     assign_no_ct    .       Note    .      .
        SUCAT     assign_ct       .       Sex     .      SEX
        SUSCAT    assign_ct       .       Race    .      COLOUR
        SUSEQ     derive_sequence  .       .       SUTRT  .
    """
    terms = """
        codelist  collected  value    variant
        SEX       femail     F        Y
        COLOUR    white      WEISS    .
        COLOUR    GREY       GRAU     .
    """
    result = map_folder(write_study(tmp_path, {"form": CODED}, {"su": su, "terms": terms}))
    assert_records(
        result.datasets["SU"],
        """
        SUTRT  SUCAT  SUSCAT
        a      M      WEISS
        b      M      WEISS
        c      M      Blue
        d      F      GRAU
        e      F      WEISS
        f      .      .
    """,
    )
    assert places(result, "CDT-R042") == ["form 4 Race: Blue; COLOUR"]
    assert places(result, "CDT-R040") == ["form 3 Sex: MALE; M", "form 6 Sex: Femail; F"]


def test_a_name_of_several_terms_is_kept_and_reported(tmp_path):
    # MFI is a name of three fluorescence units; Pa (pascal) and PA differ by case only
    raw = {"form": "Subject  Unit\n01-001  Gram\n01-001  MFI\n01-001  pa\n01-001  Pa"}
    su = """
        variable  algorithm        source  column  codelist
        .         records          form    .       .
        SUTRT     assign_no_ct     .       Unit    .
        SUDOSU    assign_ct        .       Unit    UNIT
    """
    result = map_folder(write_study(tmp_path, raw, {"su": su}))
    assert_records(
        result.datasets["SU"],
        """
        SUTRT  SUDOSU
        Gram   g
        MFI    MFI
        Pa     Pa
        pa     pa
    """,
    )
    assert places(result, "CDT-R043") == ["form 3 Unit: MFI; UNIT", "form 4 Unit: pa; UNIT"]


TUMOURS = """
    Subject  Visit  L1 site  L1 size  L2 site  L2 size
    01-001   1      Lung     12       Liver    8
    01-002   1      Node     20       .        .
"""


def test_wide_to_long(tmp_path):
    tu = """
        variable  algorithm        source   column       value    condition                   repeat
        .         records          tumours  .            .      [{name} site] is not empty  lesions
        TULNKID   hardcode_no_ct   .        .            {id}   .                           .
        TUORRES   assign_upper     .        {name} site  .      .                           .
        TUREFID   assign_no_ct     .        {name} size  .      .                           .
        TUSEQ     derive_sequence  .        .            TULNKID  .                           .
    """
    repeat = "name  id\nL1  T01\nL2  T02"
    result = map_folder(
        write_study(tmp_path, {"tumours": TUMOURS}, {"tu": tu, "repeat_lesions": repeat})
    )
    assert_records(
        result.datasets["TU"],
        """
        USUBJID    TUSEQ  TULNKID  TUORRES  TUREFID
        T1-01-001  1      T01      LUNG     12
        T1-01-001  2      T02      LIVER    8
        T1-01-002  1      T01      NODE     20
    """,
    )


def test_wide_to_long_with_a_list_in_the_line(tmp_path):
    tu = """
        variable  algorithm        source   column      value    condition                repeat
        .         records          tumours  .           .        [L{n} site] is not empty  n=1,2
        TULNKID   hardcode_no_ct   .        .           T0{n}    .                        .
        TUORRES   assign_upper     .        L{n} site   .        .                        .
        TUSEQ     derive_sequence  .        .           TULNKID  .                        .
    """
    result = map_folder(write_study(tmp_path, {"tumours": TUMOURS}, {"tu": tu}))
    assert shown(result.datasets["TU"], ["TULNKID", "TUORRES"]) == [
        ("T01", "LUNG"), ("T02", "LIVER"), ("T01", "NODE"),
    ]  # fmt: skip


LOOK_UP = {
    "lab": """
        Subject  Visit  Result
        01-001   V1     5
        01-001   V2     6
        01-002   V1     7
    """,
    "kit": """
        Subject  Visit  Kit  Lot
        01-001   v1     K1   A
        01-001   V2     K2   B
        01-001   V2     K3   C
        01-001   V1     .    D
    """,
}


@pytest.mark.parametrize(("pick", "kits", "reported"), [
    (".", ["K1", "K2", "."], ["kit 4 Kit: K3; LB (Visit)"]),
    ("first", ["K1", "K2", "."], []),
    ("last", ["K1", "K3", "."], []),
])  # fmt: skip
def test_a_look_up_matches_subject_and_columns(tmp_path, pick, kits, reported):
    lb = f"""
        variable  algorithm        source  column  value   match
        .         records          lab     .       .       .
        LBORRES   assign_no_ct     .       Result  .       .
        VISIT     assign_no_ct     .       Visit   .       .
        LBREFID   assign_no_ct     kit     Kit     {pick}  Visit
        LBSEQ     derive_sequence  .       .       VISIT   .
    """
    result = map_folder(write_study(tmp_path, LOOK_UP, {"lb": lb}))
    assert [kit for (kit,) in shown(result.datasets["LB"], ["LBREFID"])] == kits
    assert places(result, "CDT-R060") == reported


def test_a_look_up_takes_only_rows_of_its_condition(tmp_path):
    lb = """
        variable  algorithm     source  column  condition    match
        .         records       lab     .       .            .
        VISIT     assign_no_ct  .       Visit   .            .
        LBREFID   assign_no_ct  kit     Kit     [Lot] = 'C'  Visit = Visit
    """
    result = map_folder(write_study(tmp_path, LOOK_UP, {"lb": lb}))
    kits = [kit for (kit,) in shown(result.datasets["LB"], ["LBREFID"])]
    assert kits == [".", "K3", "."]


def test_several_sources_make_one_dataset(tmp_path):
    raw = {
        "local": "Subject  Value  Day\n01-001  5  2019-03-12\n01-002  6  2019-04-02",
        "central": "Subject  Result  Date  Unit\n01-001  7  2019-03-11  g",
    }
    lb = """
        block    variable  algorithm        source   column  value
        local    .         records          local    .       .
        local    LBORRES   assign_no_ct     .        Value   .
        local    LBDTC     assign_datetime  .        Day     .
        local    LBNAM     hardcode_no_ct   .        .       LOCAL
        central  .         records          central  .       .
        central  LBORRES   assign_no_ct     .        Result  .
        central  LBDTC     assign_datetime  .        Date    .
        central  LBORRESU  assign_no_ct     .        Unit    .
        .        LBTESTCD  hardcode_no_ct   .        .       ALT
        .        LBSEQ     derive_sequence  .        .       LBDTC
    """
    result = map_folder(write_study(tmp_path, raw, {"lb": lb}))
    assert_records(
        result.datasets["LB"],
        """
        USUBJID    LBSEQ  LBTESTCD  LBORRES  LBDTC       LBNAM  LBORRESU
        T1-01-001  1      ALT       7        2019-03-11  .      g
        T1-01-001  2      ALT       5        2019-03-12  LOCAL  .
        T1-01-002  1      ALT       6        2019-04-02  LOCAL  .
    """,
    )


VISIT_ROWS = """
    Subject  Visit  Day
    01-001   V1     2019-03-10
    01-001   V1     2019-03-12
    01-001   V2     2019-03-20
    01-001   .      2019-03-21
    01-002   V1     .
"""


def test_one_record_per_visit(tmp_path):
    sv = """
        variable  algorithm        source  column                      value
        .         records          visit   .                           .
        VISIT     assign_no_ct     .       Visit                       .
        SVSTDTC   assign_datetime  .       Day                         .
        SVENDTC   assign_datetime  .       Day                         .
        .         one_record_per   .       SVSTDTC first;SVENDTC last  USUBJID VISIT
    """
    result = map_folder(write_study(tmp_path, {"visit": VISIT_ROWS}, {"sv": sv}))
    assert_records(
        result.datasets["SV"],
        """
        USUBJID    VISIT  SVSTDTC     SVENDTC
        T1-01-001  V1     2019-03-10  2019-03-12
        T1-01-001  V2     2019-03-20  2019-03-20
        T1-01-002  V1     .           .
    """,
    )


def test_reference_dates_and_epochs(tmp_path):
    raw = {"dose": """
        Subject  Begin       End
        01-001   2019-03-12  2019-03
        01-001   2019-03-10  2019-03-30
        01-002   .           .
    """}  # fmt: skip
    dm = """
        variable  algorithm           source  column                 condition
        .         records             enrol   .                      .
        SUBJID    assign_subject      .       .                      .
        RFSTDTC   derive_first_date   .       EX.EXSTDTC             .
        RFXENDTC  derive_last_date    .       EX.EXENDTC;EX.EXSTDTC  .
        RFENDTC   derive_last_date    .       EX.EXENDTC             [SUBJID] = '01-002'
    """
    ex = """
        variable  algorithm        source  column  value
        .         records          dose    .       .
        EXTRT     hardcode_no_ct   .       .       DRUG
        EXSTDTC   assign_datetime  .       Begin   .
        EXENDTC   assign_datetime  .       End     .
        EPOCH     derive_epoch     .       .       .
        EXSTDY    derive_study_day  .       .       .
        EXENDY    derive_study_day  .       .       .
        EXSEQ     derive_sequence  .       .       .
    """
    se = """
        variable  algorithm        source  column  value
        .         records          enrol   .       .
        ETCD      hardcode_no_ct   .       .       TRT
        EPOCH     hardcode_no_ct   .       .       TREATMENT
        SESTDTC   assign_datetime  .       Start   .
        SESEQ     derive_sequence  .       .       SESTDTC
    """
    result = map_folder(write_study(tmp_path, raw, {"dm": dm, "ex": ex, "se": se}))
    assert_records(
        result.datasets["DM"],
        """
        USUBJID    RFSTDTC     RFXENDTC    RFENDTC
        T1-01-001  2019-03-10  2019-03-30  .
        T1-01-002  .           .           .
    """,
    )
    assert_records(
        result.datasets["EX"],
        """
        USUBJID    EXSEQ  EXSTDTC     EXENDTC     EXSTDY  EXENDY  EPOCH
        T1-01-001  1      2019-03-10  2019-03-30  1       21      TREATMENT
        T1-01-001  2      2019-03-12  2019-03     3       .       TREATMENT
        T1-01-002  1      .           .           .       .       .
    """,
    )
