"""Terms equal the reference; a collected value finds its term and says how."""

import csv

import pytest

from cdisc_tools.metadata.standards import SDTM, read_standard
from cdisc_tools.metadata.terminology import match_term, read_terminology
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist, Term

STUDY_DOMAINS = [
    "DM",
    "SUPPQUAL",
    "DS",
    "SV",
    "SE",
    "EX",
    "EC",
    "CM",
    "PR",
    "MH",
    "AE",
    "VS",
    "LB",
    "TU",
    "TR",
    "RS",
    "MI",
    "CV",
    "DV",
    "SS",
    "IE",
    "TA",
    "TE",
    "TV",
    "TI",
    "TS",
    "RELREC",
    "CO",
]


def test_every_term_equals_the_reference(shared):
    theirs = set()
    for file in ("terms_sdtm", "terms_adam", "terms_sdtm_ts_params"):
        path = shared / "reference/terminology" / f"{file}_2026-03-27.csv"
        with path.open(encoding="utf-8-sig", newline="") as stream:
            theirs |= {
                (
                    line["codelist_code"],
                    line["codelist_short_name"],
                    line["extensible"],
                    line["term_code"],
                    line["submission_value"],
                    line["preferred_term"],
                    line["synonyms"],
                )
                for line in csv.DictReader(stream)
            }
    ours = {
        (
            codelist.code,
            codelist.short_name,
            "Yes" if codelist.extensible else "No",
            term.code,
            term.submission_value,
            term.preferred_term,
            "; ".join(term.synonyms),
        )
        for codelist in read_terminology().values()
        for term in codelist.terms
    }
    assert len(ours) == 11553
    assert ours <= theirs
    codelists = {line[0] for line in ours}
    assert ours == {line for line in theirs if line[0] in codelists and line[3]}


@pytest.mark.parametrize("dataset", STUDY_DOMAINS)
def test_the_codelists_of_the_study_are_there(dataset):
    terminology = read_terminology()
    for variable in read_standard(SDTM)[dataset].variables:
        assert set(variable.codelists) <= set(terminology), variable.name


def test_a_codelist_is_found_by_code_and_by_short_name():
    terminology = read_terminology()
    assert terminology["C66731"] is terminology.by_short_name("SEX") is terminology.find("SEX")
    assert terminology.find("C66731").submission_values == {"F", "M", "U", "INTERSEX"}
    assert not terminology["C66731"].extensible
    assert terminology["C66729"].extensible


def test_an_unknown_version_or_codelist_is_named():
    with pytest.raises(ConfigurationError, match=r"no terminology '1999-01-01'.*2026-03-27"):
        read_terminology("1999-01-01")
    with pytest.raises(ConfigurationError, match=r"no codelist 'NOSUCH'.*SEX"):
        read_terminology().by_short_name("NOSUCH")


OUTCOME = Codelist(
    "C1",
    "OUT",
    "Outcome",
    extensible=False,
    terms=(
        Term("C11", "FATAL", "Fatal Outcome", ("Death", "Grade 5")),
        Term("C12", "NOT RECOVERED", "Unresolved", ("Ongoing",)),
        Term("C13", "RECOVERED", "Resolved", ("Grade 5", "Ongoing?")),
        Term("C14", "U", "Upper U"),
        Term("C15", "u", "Lower U"),
    ),
)
STUDY = {"Died": "FATAL", "grade  5": "FATAL", "Ongoing": "RECOVERED", "Death": "FATAL", "new": "N"}


@pytest.mark.parametrize(
    ("collected", "value", "how", "code"),
    [
        ("FATAL", "FATAL", "exact", "C11"),
        ("fatal", "FATAL", "case", "C11"),
        ("  Not   recovered ", "NOT RECOVERED", "case", "C12"),
        ("fatal outcome", "FATAL", "synonym", "C11"),
        ("death", "FATAL", "synonym", "C11"),
        ("DIED", "FATAL", "study", "C11"),
        ("Grade 5", "FATAL", "study", "C11"),
        ("ongoing", "RECOVERED", "study", "C13"),
        ("New", "N", "study", None),
        ("U", "U", "exact", "C14"),
        ("u", "u", "exact", "C15"),
        (" U", None, "ambiguous", None),
        ("zzz", None, "none", None),
        ("", None, "none", None),
        ("  ", None, "none", None),
    ],
)
def test_match_term(collected, value, how, code):
    match = match_term(OUTCOME, collected, STUDY)
    assert (match.value, match.how) == (value, how)
    assert (match.term.code if match.term else None) == code


def test_a_synonym_of_several_terms_matches_nothing_without_the_studys_word():
    match = match_term(OUTCOME, "grade 5")
    assert (match.value, match.how) == (None, "ambiguous")
    assert match.candidates == ("FATAL", "RECOVERED")


@pytest.mark.parametrize(
    ("codelist", "collected", "value", "how"),
    [
        ("SEX", "Male", "M", "synonym"),
        ("NY", "Yes", "Y", "synonym"),
        ("ROUTE", "intravenous", "INTRAVENOUS", "case"),
        ("UNIT", "mg/m2", "mg/m2", "exact"),
        ("RACE", "White", "WHITE", "case"),
    ],
)
def test_match_term_in_the_shipped_terminology(codelist, collected, value, how):
    match = match_term(read_terminology().by_short_name(codelist), collected)
    assert (match.value, match.how) == (value, how)
