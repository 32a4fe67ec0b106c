"""Values against small dictionaries that are invented: an operation a line."""

import pytest

from cdisc_tools.model.dictionaries import Dictionaries, MedDra, WhoDrug
from cdisc_tools.model.specification import Specification, SpecRecord
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.table import ColumnNotFoundError
from tests.rules.operations.frames import computed, dataset

# Alpha leads to two SOCs, Beta to one
MEDDRA = MedDra(
    "27.0",
    terms={
        "LLT": {"101": "Ache", "202": "Beta"},
        "PT": {"201": "Alpha", "202": "Beta"},
        "HLT": {"301": "Alphas", "302": "Betas", "303": "Others"},
        "HLGT": {"401": "A-hlgt", "402": "B-hlgt"},
        "SOC": {"501": "A-soc", "502": "B-soc"},
    },
    parents={"101": "201", "202": "202"},
    paths={
        "201": frozenset({("301", "401", "501"), ("303", "402", "502")}),
        "202": frozenset({("302", "402", "502")}),
    },
    primary={"201": "501", "202": "502"},
)
WHODRUG = WhoDrug(
    "2024-03",
    drugs={"ASPIRIN": frozenset({"1"}), "ALPHA": frozenset({"2"})},
    classes={"N": "NERVES", "N02": "PAIN", "N02B": "OTHER PAIN", "B": "BLOOD"},
    assigned={"1": frozenset({"N02B"}), "2": frozenset({"B"})},
)
BOTH = Dictionaries(MEDDRA, WHODRUG)
AE = dataset("AE", """
    DOMAIN  AELLTCD#  AEPTCD#  AEHLTCD#  AEHLGTCD#  AESOCCD  AELLT  AEDECOD  AEHLT   AEHLGT  AESOC
    AE      101       201      301       401        501      Ache   Alpha    Alphas  A-hlgt  A-soc
    AE      101       201      303       402        502      Ache   Alpha    Others  B-hlgt  B-soc
    AE      101       201      301       401        502      Ache   Alpha    Alphas  A-hlgt  B-soc
    AE      101       202      302       402        502      Ache   Beta     Betas   B-hlgt  B-soc
    AE      202       202      302       402        .        Beta   BETA     Betas   B-hlgt  .
    AE      999       202      302       402        502      Gamma  Beta     Betas   B-hlgt  B-soc
""")  # fmt: skip
CM = dataset("CM", """
    DOMAIN  CMDECOD  CMCLAS      CMCLASCD
    CM      ASPIRIN  OTHER_PAIN  N02B
    CM      ASPIRIN  NERVES      N
    CM      ASPIRIN  PAIN        N02B
    CM      ASPIRIN  BLOOD       B
    CM      Aspirin  OTHER_PAIN  N02B
    CM      ALPHA    .           B
    CM      OTHER    X           X
""")  # fmt: skip
MED = {"external_dictionary_type": "meddra"}
WHO = {"external_dictionary_type": "whodrug"}
PT, LLT = {**MED, "dictionary_term_type": "PT"}, {**MED, "dictionary_term_type": "LLT"}
T, F = True, False

ON_AE = {
    # right, on the other axis, SOC off the path, LLT of another PT, no SOC, an unknown LLT
    "codes": ({"operator": "valid_meddra_code_references"}, [T, T, F, F, None, F]),
    "terms": ({"operator": "valid_meddra_term_references"}, [T, T, F, F, None, F]),
    "pairs-code": ({"operator": "valid_meddra_code_term_pairs", "name": "--PTCD"},
                   [T, T, T, T, F, T]),
    "pairs-term": ({"operator": "valid_meddra_code_term_pairs", "name": "AEDECOD"},
                   [T, T, T, T, F, T]),
    "pairs-level": ({"operator": "valid_meddra_code_term_pairs", "name": "--LLT"},
                    [T, T, T, T, T, F]),
    "pairs-missing": ({"operator": "valid_meddra_code_term_pairs", "name": "--SOC"},
                      [T, T, T, T, None, T]),
    "value": ({"operator": "valid_external_dictionary_value", "name": "--DECOD", **PT},
              [T, T, T, T, F, T]),
    "value-any-case": (
        {"operator": "valid_external_dictionary_value", "name": "--DECOD", **PT,
         "case_sensitive": False},
        [T] * 6,
    ),
    # a PT is no LLT unless it is its own
    "value-level": ({"operator": "valid_external_dictionary_value", "name": "--DECOD", **LLT},
                    [F, F, F, T, F, T]),
    "value-of-codes": ({"operator": "valid_external_dictionary_value", "name": "--LLTCD", **LLT},
                       [T, T, T, T, T, F]),
    "code": ({"operator": "valid_external_dictionary_code", "name": "AELLTCD", **LLT},
             [T, T, T, T, T, F]),
    "pair-any-level": (
        {"operator": "valid_external_dictionary_code_term_pair", "name": "AEPTCD", **MED,
         "external_dictionary_term_variable": "--DECOD"},
        [T, T, T, T, F, T],
    ),
    "pair-level": (
        {"operator": "valid_external_dictionary_code_term_pair", "name": "AEPTCD", **LLT,
         "external_dictionary_term_variable": "--DECOD"},
        [F, F, F, T, F, T],
    ),
    "pair-missing": (
        {"operator": "valid_external_dictionary_code_term_pair", "name": "AESOCCD", **MED,
         "external_dictionary_term_variable": "AESOC"},
        [T, T, T, T, None, T],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "expected"), ON_AE.values(), ids=ON_AE)
def test_meddra(operation, expected):
    assert computed(operation, AE, dictionaries=BOTH) == expected


ON_CM = {
    # assigned, a level above, the text of another, another drug's, another case, no text, unknown
    "hierarchy": ({"operator": "whodrug_code_hierarchy"}, [T, T, F, F, F, None, F]),
    "codes": ({"operator": "valid_whodrug_references", "name": "--CLASCD"}, [T] * 6 + [F]),
    "drug": ({"operator": "valid_external_dictionary_value", "name": "CMDECOD", **WHO},
             [T, T, T, T, F, T, F]),
    "drug-any-case": (
        {"operator": "valid_external_dictionary_value", "name": "CMDECOD", **WHO,
         "case_sensitive": False},
        [T] * 6 + [F],
    ),
    "class": ({"operator": "valid_external_dictionary_value", "name": "CMCLAS", **WHO},
              [T, T, T, T, T, None, F]),
    "code": ({"operator": "valid_external_dictionary_code", "name": "CMCLASCD", **WHO},
             [T] * 6 + [F]),
    "pair": (
        {"operator": "valid_external_dictionary_code_term_pair", "name": "CMCLASCD", **WHO,
         "external_dictionary_term_variable": "CMCLAS"},
        [T, T, F, T, T, None, F],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("operation", "expected"), ON_CM.values(), ids=ON_CM)
def test_whodrug(operation, expected):
    assert computed(operation, CM, dictionaries=BOTH) == expected


@pytest.mark.parametrize(("operation", "_expected"), [*ON_AE.values(), *ON_CM.values()])
def test_without_dictionaries_the_rule_is_skipped(operation, _expected):
    with pytest.raises(RuleSkipped, match="names no files of"):
        computed(operation, AE)


@pytest.mark.parametrize(
    ("options", "error", "why"),
    [
        ({"external_dictionary_type": "loinc"}, RuleSkipped, "loinc is not read"),
        ({"external_dictionary_type": "words"}, RuleError, "no dictionary 'words'"),
        ({**MED, "dictionary_term_type": "XX"}, RuleError, "no level 'XX'"),
        ({**PT, "name": "AEX"}, ColumnNotFoundError, "AEX"),
    ],
)
def test_what_a_rule_may_get_wrong(options, error, why):
    operation = {"operator": "valid_external_dictionary_value", "name": "AEDECOD", **options}
    with pytest.raises(error, match=why):
        computed(operation, AE, dictionaries=BOTH)


def test_a_variable_of_no_level_has_no_pair():
    operation = {"operator": "valid_meddra_code_term_pairs", "name": "AETERM"}
    with pytest.raises(RuleError, match="AETERM is no term or code"):
        computed(operation, AE, dictionaries=BOTH)
    with pytest.raises(ColumnNotFoundError):
        computed({"operator": "valid_meddra_code_references"}, CM, dictionaries=BOTH)


def named(dictionary, version):
    record = SpecRecord({"id": "D", "dictionary": dictionary, "version": version})
    return Specification({"dictionaries": (record,)})


@pytest.mark.parametrize(
    ("dictionary", "version", "kind", "expected"),
    [
        ("MedDRA", "27.0", "meddra", True),
        ("MEDDRA", "26.1", "meddra", False),
        ("WHODRUG", "2024-03", "whodrug", True),
        # the define.xml names another dictionary only
        ("WHODRUG", "27.0", "meddra", False),
    ],
)
def test_the_version_that_the_define_xml_names(dictionary, version, kind, expected):
    operation = {"operator": "valid_define_external_dictionary_version",
                 "external_dictionary_type": kind}  # fmt: skip
    study = {"dictionaries": BOTH, "define": named(dictionary, version)}
    assert computed(operation, CM, **study) == [expected] * 7
    with pytest.raises(RuleSkipped, match=r"no define\.xml"):
        computed(operation, CM, dictionaries=BOTH)
    with pytest.raises(RuleSkipped, match="names no files"):
        computed(operation, CM, define=named(dictionary, version))


def test_a_dictionary_of_unknown_version_skips_the_rule():
    unsaid = Dictionaries(MedDra("", {}, {}, {}, {}))
    operation = {"operator": "valid_define_external_dictionary_version",
                 "external_dictionary_type": "meddra"}  # fmt: skip
    with pytest.raises(RuleSkipped, match="nothing tells the version"):
        computed(operation, CM, dictionaries=unsaid, define=named("MedDRA", "27.0"))
