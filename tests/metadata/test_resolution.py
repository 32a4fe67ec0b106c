"""Which specification a dataset of any sponsor has, by its name and its columns."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_tools.metadata.analysis_structures import recognize_structure
from cdisc_tools.metadata.masks import sequence_variable
from cdisc_tools.metadata.resolution import resolve_dataset
from cdisc_tools.metadata.resources import sample_study_path
from cdisc_tools.metadata.standards import ADAM, dataset_spec, read_standard
from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.metadata.validate import validate_dataset
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.study import CustomDomain
from tests.metadata.strategies import minimal_frames

EARLIER = "sdtmig-3.3"
OWN = {
    "XB": CustomDomain("XB", "Findings", "Biomarkers", keys=("STUDYID", "USUBJID", "--TESTCD")),
    "XC": CustomDomain("XC", "Events", "Contacts", "One record per contact per subject"),
}


@pytest.mark.parametrize("name", ["DM", "LB", "TS", "RELREC", "CO", "SUPPAE"])
@pytest.mark.parametrize("standard", ["", EARLIER])
def test_a_dataset_of_the_standard_is_as_it_is(name, standard):
    assert resolve_dataset(name.lower(), standard=standard) == dataset_spec(name, standard=standard)


def test_a_qualifier_of_the_class_is_permitted_where_it_is_there():
    spec = resolve_dataset("LB", ["LBTESTCD", "LBEVALID", "LBFOO", "AELOC"])
    assert "LBEVALID" not in dataset_spec("LB").by_name
    assert (spec.by_name["LBEVALID"].core, spec.by_name["LBEVALID"].label) == (
        "Perm", "Evaluator Identifier",
    )  # fmt: skip
    assert "LBEVAL" not in spec.by_name
    assert not {"LBFOO", "AELOC"} & set(spec.by_name)


@pytest.mark.parametrize(
    ("name", "domain", "dataset_class"),
    [
        ("LBCH", "LB", "Findings"),
        ("LBC", "LB", "Findings"),
        ("QSNI", "QS", "Findings"),
        ("FACM", "FA", "Findings About"),
        ("EXDR", "EX", "Interventions"),
        ("AEX1", "AE", "Events"),
    ],
)
def test_a_part_of_a_domain(name, domain, dataset_class):
    spec = resolve_dataset(name)
    assert (spec.name, spec.domain, spec.dataset_class) == (name, domain, dataset_class)
    assert spec.variables == dataset_spec(domain).variables
    assert spec.keys == dataset_spec(domain).keys
    assert sequence_variable(spec) == f"{domain}SEQ"


@pytest.mark.parametrize(("name", "domain"), [("SUPPLBCH", "LB"), ("SUPPXB", "XB")])
def test_supplemental_qualifiers_of_a_part_and_of_an_own_domain(name, domain):
    spec = resolve_dataset(name)
    assert spec.name == name
    assert spec.by_name["RDOMAIN"].values == (domain,)
    # the codelist of domains lacks a sponsor's own
    assert bool(spec.by_name["RDOMAIN"].codelists) == (domain == "LB")


@pytest.mark.parametrize(
    ("columns", "dataset_class", "required"),
    [
        (["XXTRT"], "Interventions", {"XXTRT"}),
        (["XXTERM"], "Events", {"XXTERM"}),
        (["XXTESTCD"], "Findings", {"XXTESTCD", "XXTEST"}),
        (["XXTESTCD", "XXOBJ"], "Findings About", {"XXTESTCD", "XXTEST", "XXOBJ"}),
    ],
)
@pytest.mark.parametrize("standard", ["", EARLIER])
def test_an_own_domain_is_known_by_its_topic(columns, dataset_class, required, standard):
    spec = resolve_dataset("XX", columns, standard=standard)
    assert (spec.name, spec.dataset_class) == ("XX", dataset_class)
    assert spec.by_name["DOMAIN"].values == ("XX",)
    assert {item.name for item in spec.variables if item.core == "Req"} == required | {
        "STUDYID", "DOMAIN", "USUBJID", "XXSEQ",
    }  # fmt: skip
    assert set(spec.keys) <= set(spec.by_name)
    assert sequence_variable(spec) == "XXSEQ"


def test_a_label_that_the_standard_words_for_each_domain_is_free():
    spec = resolve_dataset("XX", ["XXTESTCD"])
    free = {item.name for item in spec.variables if item.label_is_free}
    assert {"XXTESTCD", "XXTEST", "XXSTDTC"} <= free
    assert not {"STUDYID", "DOMAIN", "XXSEQ", "XXSTRESU", "XXBLFL"} & free
    assert not [item.name for item in dataset_spec("DM").variables if item.label_is_free]


def test_an_own_domain_that_the_study_declares():
    spec = resolve_dataset("XB", custom=OWN)
    assert (spec.label, spec.keys) == ("Biomarkers", ("STUDYID", "USUBJID", "XBTESTCD"))
    assert resolve_dataset("XC", custom=OWN).structure == "One record per contact per subject"
    part = resolve_dataset("XBCH", custom=OWN)
    assert (part.name, part.domain, part.label) == ("XBCH", "XB", "Biomarkers")


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("ZZ", {}, "sdtmig-3.4 has no dataset 'ZZ', and no column tells its class (ZZTRT"),
        ("ZZ", {}, "datasets: {ZZ: {class: Findings, label: ...}}"),
        ("DMX", {}, "sdtmig-3.4 has no dataset 'DMX'; it has AE"),
        ("POOLDEF", {}, "sdtmig-3.4 has no dataset 'POOLDEF'; it has AE"),
        ("XB", {"standard": "sdtmig-9"}, "no standard 'sdtmig-9'"),
        ("DM", {"custom": {"LB": CustomDomain("LB", "Findings", "x")}}, "datasets.LB is a dataset"),
        (
            "XB",
            {"custom": {"XB": CustomDomain("XB", "Findings", "x", keys=("XBFOO",))}},
            "key variable XBFOO of XB is no variable of the class Findings",
        ),
    ],
)
def test_what_can_not_be_told_is_named(name, options, message):
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        resolve_dataset(name, ["USUBJID"], **options)


@pytest.mark.parametrize("dataset_class", ["FINDINGS", "Findings"])
def test_a_declared_class_tells_an_own_domain(dataset_class):
    assert resolve_dataset("ZZ", dataset_class=dataset_class).dataset_class == "Findings"


@settings(max_examples=3, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_a_right_dataset_of_an_own_domain_is_accepted(data):
    codelists = read_terminology()
    for columns in (["XXTRT"], ["XXTERM"], ["XXTESTCD"], ["XXTESTCD", "XXOBJ"]):
        spec = resolve_dataset("XX", columns)
        also = [key for key in spec.keys if key != "STUDYID"]
        frame = data.draw(minimal_frames(spec, codelists, also=also))
        assert [item.check_id for item in validate_dataset(frame, spec, codelists)] == []
        wrong = validate_dataset(frame.assign(DOMAIN="YY"), spec, codelists)
        assert {item.check_id for item in wrong} == {"CDT-S006"}


@pytest.mark.parametrize(
    ("name", "columns", "structure"),
    [
        ("ADSL", ["USUBJID"], "ADSL"),
        ("ADLB", ["PARAMCD"], "BDS"),
        ("ADLB", ["PARAMCD", "LBTRT", "LBSEQ"], "BDS"),
        ("ADTTEEFF", ["PARAMCD", "CNSR"], "TTE"),
        ("ADAE", ["AETERM"], "OCCDS"),
        ("ADCM", ["CMDECOD"], "OCCDS"),
        ("ADXB", ["XBTERM", "XBSEQ"], "OCCDS"),
        ("ADXB", ["XBTERM"], "OTHER"),
        ("ADPC", ["ONTRT"], "OTHER"),
        ("ADPC", [], "OTHER"),
    ],
)
def test_the_structure_of_an_analysis_dataset(name, columns, structure):
    assert recognize_structure(name, columns) == structure


@pytest.mark.parametrize("name", sorted(read_standard(ADAM)))
def test_the_products_own_analysis_datasets_stay_as_they_are(name):
    spec = dataset_spec(name)
    assert resolve_dataset(name, list(spec.by_name)) == spec
    assert resolve_dataset(name, list(spec.by_name)[:5], standard="sdtmig-3.3") == spec


ADLB = [
    "STUDYID", "USUBJID", "TRTP", "TRT01P", "TRTSDT", "AGE", "PARAM", "PARAMCD", "AVAL", "BASE",
    "LBSEQ", "LBTESTCD", "LBELTM", "DOMAIN", "VISITNUM", "ADT", "SAMPDT", "A1LO", "CRIT1FL",
    "AGEGR1", "AESER", "PERSONAL",
]  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "kind", "core", "label"),
    [
        ("PARAMCD", "Char", "Req", "Parameter Code"),
        ("TRT01P", "Char", "Perm", "Planned Treatment for Period 01"),
        ("TRTSDT", "Num", "Perm", "Date of First Exposure to Treatment"),
        ("AGE", "Num", "Perm", "Age"),
        ("LBSEQ", "Num", "Perm", "Sequence Number"),
        ("LBTESTCD", "Char", "Perm", "Lab Test or Examination Short Name"),
        # a date by its suffix, were it not a text of the SDTM
        ("LBELTM", "Char", "Perm", "Planned Elapsed Time from Time Point Ref"),
        ("VISITNUM", "Num", "Perm", "Visit Number"),
        ("SAMPDT", "Num", "Perm", ""),
        ("A1LO", "Num", "Cond", "Analysis Range 1 Lower Limit"),
        ("CRIT1FL", "Char", "Cond", "Criterion 1 Evaluation Result Flag"),
        ("AGEGR1", "Char", "Perm", "Pooled Age Group 1"),
        ("AESER", "Char", "Perm", "Serious Event"),
    ],
)
def test_a_variable_of_any_sponsors_analysis_dataset(variable, kind, core, label):
    found = resolve_dataset("ADLB", ADLB).by_name[variable]
    assert (found.type, found.core, found.label) == (kind, core, label)


def test_any_sponsors_analysis_dataset():
    spec = resolve_dataset("ADLB", ADLB)
    assert spec.dataset_class == "BASIC DATA STRUCTURE"
    assert [item.name for item in spec.variables] == [name for name in ADLB if name != "PERSONAL"]
    assert spec.keys == ("STUDYID", "USUBJID", "PARAMCD", "ADT", "LBSEQ")
    # the domain of the record that it was copied from
    assert spec.by_name["DOMAIN"].values == ()
    assert resolve_dataset("MYLB", ADLB, standard=ADAM).variables == spec.variables


def test_what_is_required_and_absent_is_in_the_specification():
    def required(name, columns, **options):
        spec = resolve_dataset(name, columns, **options)
        return {item.name for item in spec.variables if item.core == "Req"}

    assert required("ADLB", ["PARAMCD", "MINE"]) == {"STUDYID", "USUBJID", "PARAM", "PARAMCD"}
    assert required("ADMH", ["MHTERM", "MINE"]) == {"STUDYID", "USUBJID", "MHTERM"}
    assert required("ADMH", ["MHDECOD", "MINE"]) == {"STUDYID", "USUBJID", "MHTERM"}
    assert required("ADCM", ["CMDECOD", "MINE"]) == {"STUDYID", "USUBJID", "CMTRT"}
    assert required("ADEX", ["EXTRT", "MINE"]) == {"STUDYID", "USUBJID"}
    assert required("ADAEX", ["AEDECOD", "MINE"]) == {"STUDYID", "USUBJID", "AETERM", "AESER"}
    assert required("ADX", ["MINE"]) == {"STUDYID", "USUBJID"}
    assert {"TRT01P", "SUBJID", "ARM"} <= required("ADSL", ["TRT02P", "MINE"])
    other = required("ADX", ["PARAMCD", "MINE"], dataset_class="Adam Other")
    assert other == {"STUDYID", "USUBJID"}


def test_a_key_that_tells_no_records_apart_is_none():
    assert resolve_dataset("ADX", ["STUDYID", "USUBJID"]).keys == ()
    assert resolve_dataset("ADX", ["STUDYID", "USUBJID", "ASEQ"]).keys == (
        "STUDYID", "USUBJID", "ASEQ",
    )  # fmt: skip
    assert resolve_dataset("ADSL", ["USUBJID", "MINE"]).keys == ("STUDYID", "USUBJID")
    assert resolve_dataset("ADMH", ["STUDYID", "USUBJID", "MHTERM", "MHSEQ"]).keys == (
        "STUDYID", "USUBJID", "MHTERM", "MHSEQ",
    )  # fmt: skip


def test_the_order_of_an_analysis_datasets_columns_is_its_own():
    columns = [*reversed(ADLB)]
    frame = pd.DataFrame({name: ["x"] for name in columns})
    found = validate_dataset(frame, resolve_dataset("ADLB", columns), read_terminology())
    assert "CDT-S015" not in {item.check_id for item in found}


STUDY = sample_study_path() / "study.yaml"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("[XB]", "datasets is no list of domains"),
        ("{XBC: {class: Findings, label: x}}", "datasets.XBC is no domain"),
        ("{xb: {class: Findings, label: x}}", "datasets.xb is no domain"),
        ("{XB: Findings}", "datasets.XB has no fields"),
        ("{XB: {label: x}}", "datasets.XB.class is missing"),
        ("{XB: {class: Finding, label: x}}", "datasets.XB.class: 'Finding' is none of"),
        ("{XB: {class: Findings}}", "datasets.XB.label is missing"),
        ("{XB: {class: Findings, label: x, lable: x}}", "datasets.XB: unknown field 'lable'"),
        ("{XB: {class: Findings, label: x, keys: XBTESTCD}}", "is no list; write [XBTESTCD]"),
    ],
)
def test_a_wrong_declaration_is_named(tmp_path, section, message):
    text = STUDY.read_text(encoding="utf-8") + f"\ndatasets: {section}\n"
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        read_study(tmp_path)


def test_a_declaration(tmp_path):
    section = "{XB: {class: Findings, label: Biomarkers, structure: One, keys: [STUDYID]}}"
    text = STUDY.read_text(encoding="utf-8") + f"\ndatasets: {section}\n"
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    assert read_study(tmp_path).datasets == {
        "XB": CustomDomain("XB", "Findings", "Biomarkers", "One", ("STUDYID",))
    }
    assert read_study(STUDY.parent).datasets == {}
