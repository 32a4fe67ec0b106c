"""Coded values against a small dictionary written by hand in the layouts of the licensed ones."""

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.dictionaries import check_dictionary, read_dictionaries
from cdisc_tools.metadata.dictionary_files import read_meddra, read_whodrug
from cdisc_tools.metadata.standards import dataset_spec
from cdisc_tools.metadata.study import read_study
from cdisc_tools.model.dictionaries import Dictionaries
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import DictionarySpec
from tests.mapping.small_study import write_study
from tests.tables import cases

# invented terms: two PTs; the first leads to two SOCs, its primary one is 501
MEDDRA = {
    "llt.asc": "101$Ache$201$$$$$$$Y$$\n102$Alpha$201$$$$$$$Y$$\n201$Alpha$201$$$$$$$Y$$\n"
               "202$Beta$202$$$$$$$Y$$\n",
    "pt.asc": "201$Alpha$$501$$$$$$$$\n202$Beta$$502$$$$$$$$\n",
    "hlt.asc": "301$Alphas$$$$$$$$\n302$Betas$$$$$$$$\n303$Others$$$$$$$$\n",
    "hlgt.asc": "401$A-hlgt$$$$$$$$\n402$B-hlgt$$$$$$$$\n",
    "soc.asc": "501$A-soc$Alph$$$$$$$$\n502$B-soc$Beta$$$$$$$$\n",
    "mdhier.asc": "201$301$401$501$Alpha$Alphas$A-hlgt$A-soc$Alph$$501$Y$\n"
                  "201$303$402$502$Alpha$Others$B-hlgt$B-soc$Beta$$501$N$\n"
                  "202$302$402$502$Beta$Betas$B-hlgt$B-soc$Beta$$502$Y$\n",
    "meddra_release.asc": "27.0$English$$$$\n",
}  # fmt: skip
MEDDRA["llt.asc"] = MEDDRA["llt.asc"].replace("102$Alpha$", "102$Alpha pain$")


def meddra_folder(folder, **changes):
    """Write the small MedDRA; a change replaces a file's text, None leaves the file out."""
    for name, whole in MEDDRA.items():
        text = changes.get(name.partition(".")[0], whole)
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("case", cases("""
    name           LLT   LLTCD  DECOD  PTCD  HLT     HLGT    BODSYS  SOC    SOCCD  EXPECTED
    right          Ache  101    Alpha  201   Alphas  A-hlgt  A-soc   A-soc  501    .
    other-soc      Ache  101    Alpha  201   Others  B-hlgt  B-soc   A-soc  501    .
    not-primary    Ache  101    Alpha  201   Alphas  A-hlgt  A-soc   B-soc  502    T007 DECOD SOC
    soc-off-path   Beta  202    Beta   202   Betas   B-hlgt  A-soc   B-soc  502    T007 DECOD BODSYS
    hlt-off-path   Beta  202    Beta   202   Alphas  B-hlgt  B-soc   B-soc  502    T007 DECOD HLT
    hlgt-off-path  Beta  202    Beta   202   Betas   A-hlgt  B-soc   B-soc  502    T007 DECOD HLGT
    llt-of-other   Ache  101    Beta   202   Betas   B-hlgt  B-soc   B-soc  502    T007 DECOD LLT
    no-pt          Beta  202    Ache   202   Betas   B-hlgt  B-soc   B-soc  502    T005 DECOD
    other-case     Beta  202    BETA   202   Betas   B-hlgt  B-soc   B-soc  502    T005 DECOD
    pt-as-soc      Beta  202    Beta   202   Betas   B-hlgt  B-soc   Beta   502    T005 SOC
    no-code        Beta  202    Beta   999   Betas   B-hlgt  B-soc   B-soc  502    T006 PTCD
    code-of-other  Beta  202    Beta   201   Betas   B-hlgt  B-soc   B-soc  502    T006 DECOD PTCD
    soc-code       Beta  202    Beta   202   Betas   B-hlgt  B-soc   B-soc  501    T006 SOC SOCCD
    llt-code       Ache  201    Alpha  201   Alphas  A-hlgt  A-soc   A-soc  501    T006 LLT LLTCD
    missing        .     .      Beta   .     .       .       .       .      .      .
    nothing        .     .      .      .     .       .       .       .      .      .
"""))  # fmt: skip
def test_meddra(case, tmp_path):
    meddra = read_meddra(meddra_folder(tmp_path), "27.0")
    frame = case.drop(columns=["name", "EXPECTED"]).add_prefix("AE")
    for name in ("AELLTCD", "AEPTCD", "AESOCCD"):
        frame[name] = pd.to_numeric(frame[name]).astype("Float64")
    found = check_dictionary(frame, dataset_spec("AE"), Dictionaries(meddra))
    expected = case["EXPECTED"].item()
    written = [" ".join((one.check_id[4:], *(v[2:] for v in one.variables))) for one in found]
    assert written == ([] if expected is pd.NA else [expected])


def test_a_finding_says_what_the_dictionary_has(tmp_path):
    dictionaries = Dictionaries(read_meddra(meddra_folder(tmp_path)))
    frame = pd.DataFrame({
        "USUBJID": ["01", "02", "03"], "AEDECOD": ["beta", "Alpha", "beta"],
        "AESOC": ["B-soc"] * 3, "AEPTCD": [202.0, 202.0, None],
    })  # fmt: skip
    found = check_dictionary(frame, dataset_spec("AE"), dictionaries, cap=1)
    assert [(one.check_id, one.values, one.detail, one.record) for one in found] == [
        ("CDT-T005", ("beta",), "no MedDRA 27.0 PT (it is spelled 'Beta' there)", 1),
        ("CDT-T006", ("Alpha", "202"), "202 is the code of 'Beta', that of 'Alpha' is 201", 2),
        ("CDT-T007", ("Alpha", "B-soc"), "the primary SOC is 'A-soc'", 2),
    ]
    assert next(iter(found)).key == (("USUBJID", "01"), ("AEDECOD", "beta"))
    assert found.totals["CDT-T005", "AE", ("AEDECOD",)] == 2


@pytest.mark.parametrize(
    ("dataset", "column", "checked"),
    [("MH", "MHDECOD", True), ("CE", "CEDECOD", True), ("DS", "DSDECOD", False),
     ("AE", "AETERM", False), ("CM", "CMDECOD", False)],
)  # fmt: skip
def test_which_variables_are_held_to_meddra(dataset, column, checked, tmp_path):
    dictionaries = Dictionaries(read_meddra(meddra_folder(tmp_path)))
    frame = pd.DataFrame({column: ["no term"]}, dtype="string")
    found = check_dictionary(frame, dataset_spec(dataset), dictionaries)
    assert len(found) == checked


def test_a_translation_may_be_in_windows_1252(tmp_path):
    folder = meddra_folder(tmp_path)
    text = MEDDRA["llt.asc"].replace("Ache", "\u00dcbelkeit")
    (folder / "llt.asc").write_bytes(text.encode("cp1252"))
    assert "\u00dcbelkeit" in read_meddra(folder).codes["LLT"]


LINES = {name: text.splitlines(keepends=True) for name, text in MEDDRA.items()}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pt": None}, r"has no pt\.asc; give the folder"),
        ({"soc": ""}, r"soc\.asc: is empty"),
        ({"llt": MEDDRA["llt.asc"][:-6]}, r"llt\.asc line 4: 8 fields, 11 are expected"),
        ({"mdhier": MEDDRA["mdhier.asc"][:-27]}, r"mdhier\.asc line 3: 6 fields, 12 are expected"),
        ({"llt": "".join(LINES["llt.asc"][:-1])}, r"llt\.asc: has no LLT of 1 PTs, first 'Beta'"),
        ({"mdhier": "".join(LINES["mdhier.asc"][:-1])}, r"mdhier\.asc: has no line of 1 PTs"),
        ({"pt": LINES["pt.asc"][0]}, r"llt\.asc line 4: the code '202' is not in pt\.asc"),
        ({"hlt": LINES["hlt.asc"][0]}, r"mdhier\.asc line 2: the code '303' is not in hlt\.asc"),
        ({"soc": MEDDRA["soc.asc"].replace("501", "5O1")}, "line 1: the code '5O1' is no"),
        ({"soc": MEDDRA["soc.asc"].replace("501", "502")}, "line 2: the code 502 is rep"),
        ({"mdhier": MEDDRA["mdhier.asc"].replace("$Y$", "$J$", 1)}, "primary_soc_fg is 'J'"),
        ({"mdhier": MEDDRA["mdhier.asc"].replace("$Y$", "$N$", 1)}, "has no primary SOC of 1 PTs"),
        ({"meddra_release": "26.1$English$$$$\n"}, "is MedDRA 26.1, the study says 27.0"),
    ],
)  # fmt: skip
def test_a_cut_or_altered_meddra_is_refused(changes, message, tmp_path):
    with pytest.raises(ConfigurationError, match=message):
        read_meddra(meddra_folder(tmp_path, **changes), "27.0")


def test_meddra_is_found_in_a_distribution_whatever_the_case(tmp_path):
    inner = tmp_path / "MedAscii"
    inner.mkdir()
    meddra_folder(inner)
    (inner / "pt.asc").rename(inner / "PT.ASC")
    assert read_meddra(tmp_path).terms["PT"] == {"201": "Alpha", "202": "Beta"}
    with pytest.raises(ConfigurationError, match="is no folder"):
        read_meddra(tmp_path / "absent")


# invented drugs: GAMMA has the class A01AA, its trade name GAMMEX the same record
B3 = {
    "DD.csv": "000001,01,001,6,N,,,,,,,GAMMA\n000001,01,002,4,T,,,,,,,GAMMEX\n"
              "000002,01,001,5,N,,,,,,,DELTA\n",
    "DDA.csv": "000001,01,001,6,A01AA,201,*\n000002,01,001,5,B01AA,201,*\n",
    "INA.csv": "A,1,ALPHA\nA01,2,ALPHA TWO\nA01A,3,ALPHA THREE\nA01AA,4,ALPHA FOUR\n"
               "B01AA,4,BETA FOUR\n",
}  # fmt: skip
FIXED = {
    "DD.txt": "000001010016N  001      01 854GAMMA   \n000001010024T21MEX      01 041GAMMEX\n"
              "000002010015N  001      01 854DELTA\n",
    "DDA.txt": "000001010016A01AA  201*\n000002010015B01AA  201*\n",
    "INA.txt": "A      1ALPHA\nA01    2ALPHA TWO\nA01A   3ALPHA THREE\nA01AA  4ALPHA FOUR\n"
               "B01AA  4BETA FOUR\n",
}  # fmt: skip
EXPORT = {
    "whodrug.csv": "drug_code,drug_name,atc_code,atc_text\n1,GAMMA,A01AA,ALPHA FOUR\n"
                   "1,GAMMEX,A01A,ALPHA THREE\n1,GAMMA,A01,ALPHA TWO\n1,GAMMA,A,ALPHA\n"
                   "2,DELTA,B01AA,BETA FOUR\n",
}  # fmt: skip


def whodrug_path(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "whodrug.csv" if "whodrug.csv" in files else folder


@pytest.mark.parametrize("files", [B3, FIXED, EXPORT], ids=["csv", "fixed", "export"])
@pytest.mark.parametrize("case", cases("""
    name             CMDECOD  CMCLAS       CMCLASCD  expected
    right            GAMMA    ALPHA FOUR   A01AA     .
    trade-name       GAMMEX   ALPHA FOUR   A01AA     .
    level-above      GAMMA    ALPHA TWO    A01       .
    several          GAMMA    MULTIPLE     MULTIPLE  .
    no-drug          GAMA     ALPHA FOUR   A01AA     T008 CMDECOD
    no-class         GAMMA    ALPHA        X         T008 CMCLASCD
    no-text          GAMMA    ALPHA FOURS  .         T008 CMCLAS
    text-of-other    GAMMA    BETA FOUR    A01AA     T008 CMCLAS CMCLASCD
    class-of-other   GAMMA    BETA FOUR    B01AA     T009 CMDECOD CMCLASCD
    missing          .        .            .         .
"""))  # fmt: skip
def test_whodrug(files, case, tmp_path):
    whodrug = read_whodrug(whodrug_path(tmp_path, files), "2026-03-01")
    frame = case.drop(columns=["name", "expected"])
    found = check_dictionary(frame, dataset_spec("CM"), Dictionaries(whodrug=whodrug))
    expected = case["expected"].item()
    written = [f"{one.check_id[4:]} {' '.join(one.variables)}" for one in found]
    assert written == ([] if expected is pd.NA else [expected])


def test_every_check_of_a_dictionary_is_tested_here():
    terms = [check_id for check_id in read_checks() if check_id.startswith("CDT-T")]
    found = {check_id for check_id in terms if check_id > "CDT-T004"}
    text = Path(__file__).read_text(encoding="utf-8")
    assert [check_id for check_id in sorted(found) if f" {check_id[4:]} " not in text] == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"DD.csv": B3["DD.csv"]}, r"has no INA\.csv nor INA\.txt; give the folder of WHODrug's"),
        (B3 | {"DD.csv": B3["DD.csv"][:-8]}, r"DD\.csv line 3: record, name are not all there"),
        (B3 | {"DDA.csv": B3["DDA.csv"][:-10]}, r"DDA\.csv line 2: the code 'B0' is not in INA"),
        (B3 | {"DD.csv": B3["DD.csv"][:56]}, r"DDA\.csv line 2: the code '000002' is not in DD"),
        (B3 | {"DD.csv": ""}, "not in DD"),
        (FIXED | {"DD.txt": FIXED["DD.txt"][:-8]}, r"DD\.txt line 3: record, name are not all"),
        (B3 | {"INA.csv": B3["INA.csv"] + "A,1,OTHER\n"}, r"INA\.csv line 6: the ATC code 'A' has"),
        ({"whodrug.csv": "drug_code,drug_name\n"}, "the header lacks atc_code, atc_text"),
        ({"whodrug.csv": EXPORT["whodrug.csv"] + "3,,,\n"}, r"whodrug\.csv line 7: drug_code and"),
        ({"whodrug.csv": EXPORT["whodrug.csv"].split("\n")[0]}, "has no drug"),
    ],
)
def test_a_cut_or_altered_whodrug_is_refused(files, message, tmp_path):
    with pytest.raises(ConfigurationError, match=message):
        read_whodrug(whodrug_path(tmp_path, files))


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"meddra": {"path": "dictionaries", "version": 27.0}}, ""),
        ({"meddra": {"version": "27.0"}}, "dictionaries.meddra.path is missing"),
        ({"meddra": "dictionaries"}, "dictionaries.meddra has no fields"),
        ({"medra": {"path": "x"}}, "unknown field 'medra'; known: meddra, whodrug"),
        ({"meddra": {"path": "x", "date": "y"}}, "unknown field 'date'; known: path, version"),
        (["meddra"], r"dictionaries: \['meddra'\] is no section"),
    ],
)
def test_a_study_names_its_dictionaries(section, message, tmp_path):
    write_study(tmp_path, {}, {})
    (tmp_path / "dictionaries").mkdir()
    meddra_folder(tmp_path / "dictionaries")
    path = tmp_path / "study.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    assert read_study(tmp_path).dictionaries == ()
    assert read_dictionaries(read_study(tmp_path)) == Dictionaries()
    content["dictionaries"] = section
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    if message:
        with pytest.raises(ConfigurationError, match=message):
            read_study(tmp_path)
        return
    study = read_study(tmp_path)
    assert study.dictionaries == (DictionarySpec("meddra", "dictionaries", "27.0"),)
    dictionaries = read_dictionaries(study)
    assert dictionaries.whodrug is None
    assert re.fullmatch(r"27\.0", dictionaries.meddra.version)
