"""Imported releases live side by side, are pinned by a study, searched and compared."""

import csv
import json
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cdisc_tools.metadata import terminology as terminology_module
from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.metadata.terminology_store import (
    holdings,
    published_counts,
    terminology_files,
)
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.specs import Codelist, Term
from cdisc_tools.model.terminology import DataHit, Release, TermChange, pin_text, pins_of
from cdisc_tools.pipeline.terminology import diff_terminology, find_terms, import_terminology
from tests.mapping.small_study import write_study
from tests.terminology_files import TITLES, WRITERS, small_release, write_text

OLD, NEW = "2025-03-28", "2025-09-26"


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("CDISC_TOOLS_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "terminology"


def imported(folder, release, **options):
    return import_terminology(write_text(folder, release), **options)


# what a cell of every layout can hold
TEXTS = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters=';"_'), max_size=12
).map(str.strip)
WORDS = TEXTS.filter(bool)


@st.composite
def releases(draw):
    codes = iter(draw(st.lists(st.integers(1, 999_999), min_size=40, max_size=40, unique=True)))
    codelists = []
    for short_name in draw(st.lists(WORDS, min_size=1, max_size=3, unique=True)):
        values = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
        terms = (
            Term(f"C{next(codes)}", value, draw(WORDS), tuple(draw(st.lists(WORDS, max_size=3))))
            for value in values
        )
        ordered = tuple(sorted(terms, key=lambda term: (term.submission_value, term.code)))
        extensible = draw(st.booleans())
        codelists.append(Codelist(f"C{next(codes)}", short_name, draw(WORDS), extensible, ordered))
    codelists.sort(key=lambda one: (len(one.code), one.code))
    return Release(draw(st.sampled_from(sorted(TITLES))), "2001-02-03", tuple(codelists))


@pytest.mark.parametrize("layout", WRITERS)
@settings(max_examples=20, deadline=None)
@given(release=releases())
def test_any_release_round_trips_in_each_layout(layout, release):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CDISC_TOOLS_DATA", folder)
        assert import_terminology(WRITERS[layout](Path(folder), release)).release == release
        terminology = read_terminology("2001-02-03")
        assert tuple(terminology.values()) == release.codelists


def reference_release(shared):
    """The SDTM codelists of the reference, 2026-03-27."""
    codelists = {}
    path = shared / "reference/terminology/terms_sdtm_2026-03-27.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for line in csv.DictReader(stream):
            _, terms = codelists.setdefault(line["codelist_code"], (line, []))
            synonyms = tuple(item for item in line["synonyms"].split("; ") if item)
            value, preferred = line["submission_value"], line["preferred_term"]
            terms.append(Term(line["term_code"], value, preferred, synonyms))
    return Release("sdtm", "2026-03-27", tuple(
        Codelist(code, own["codelist_short_name"], own["codelist_name"],
                 own["extensible"] == "Yes", tuple(terms))
        for code, (own, terms) in codelists.items()
    ))  # fmt: skip


def test_the_whole_reference_is_imported_and_cut_lines_are_missed(shared, tmp_path, data):
    path = write_text(tmp_path, reference_release(shared))
    with path.open(encoding="utf-8") as stream:
        lines = stream.readlines()
    # a cut at the end of a line leaves whole lines; the last codelist is short of terms
    path.write_text("".join(lines[:-2]), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="so the file was cut or altered"):
        import_terminology(path)
    assert not data.exists()
    path.write_text("".join(lines), encoding="utf-8")
    result = import_terminology(path)
    assert (len(result.release.codelists), result.release.terms) == (147, 21675)
    assert "1068 of them are not in this file" in result.notes[0]
    terminology = read_terminology("2026-03-27")
    with path.open(encoding="utf-8") as stream:
        assert len(terminology["C65047"].terms) == sum("\tC65047\t" in line for line in stream)
    assert {"C66731", "C65047", "C81223"} <= set(terminology)


def test_the_published_counts_equal_the_reference(shared):
    path = shared / "reference/terminology/all_codelists_sdtm_2026-03-27.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        theirs = {line["codelist_code"]: int(line["n_terms"]) for line in csv.DictReader(stream)}
    assert published_counts("2026-03-27", "sdtm") == theirs
    assert published_counts("1999-01-01", "sdtm") == {}


def shipped_sex():
    """SEX as it is shipped for 2026-03-27, as a release of its own."""
    return Release("sdtm", "2026-03-27", (read_terminology("2026-03-27").find("SEX"),))


@pytest.mark.parametrize(
    ("alter", "message"),
    [
        (lambda sex: replace(sex, extensible=True), "line 2: extensible is 'Yes' for SEX"),
        (lambda sex: replace(sex, terms=sex.terms[:-1]), "line 2: the codelist SEX .* lacks the"),
        (lambda sex: replace(sex, terms=(*sex.terms, Term("C1", "X", "X"))),
         r"line 7: X \(C1\) is no term of the published codelist SEX"),
        (lambda sex: replace(sex, terms=(replace(sex.terms[0], submission_value="X"),
                                         *sex.terms[1:])), "line 3: the term X .* published as"),
    ],
)  # fmt: skip
def test_a_file_unlike_the_shipped_codelist_is_refused(alter, message, tmp_path):
    release = shipped_sex()
    imported(tmp_path, release)
    altered = replace(release, codelists=(alter(release.codelists[0]),))
    with pytest.raises(ConfigurationError, match=message):
        imported(tmp_path, altered, replace_stored=True)


def test_the_number_of_published_terms_holds_for_codelists_that_are_not_shipped(tmp_path):
    counts, shipped = published_counts("2026-03-27", "sdtm"), read_terminology()
    code = min(code for code, count in counts.items() if count > 1 and code not in shipped)
    codelist = Codelist(code, "XX", "XX", extensible=True, terms=(Term("C1", "X", "X"),))
    with pytest.raises(ConfigurationError, match="has 1 terms; the published one has"):
        imported(tmp_path, Release("sdtm", "2026-03-27", (codelist,)))


def test_the_same_file_again_does_nothing_and_another_needs_replace(tmp_path, data):
    release = small_release()
    first = imported(tmp_path, release)
    assert first.written
    assert not imported(tmp_path, release).written
    before = read_terminology(release.date)
    assert read_terminology(release.date) is before
    with pytest.raises(ConfigurationError, match=r"sdtm 2025-09-26 was imported before from SDTM"):
        import_terminology(WRITERS["xml"](tmp_path, release))
    sex = release.codelists[0]
    fewer = replace(release, codelists=(replace(sex, terms=sex.terms[:1]),))
    with pytest.raises(ConfigurationError, match="lacks the published term 'M'"):
        imported(tmp_path, fewer)
    assert imported(tmp_path, fewer, replace_stored=True).written
    assert read_terminology(release.date).find("SEX").submission_values == {"F"}
    assert [path.name for path in (data / release.date).iterdir()] == ["sdtm"]


def test_a_stored_table_that_was_altered_is_refused(tmp_path, data):
    imported(tmp_path, small_release())
    table = data / NEW / "sdtm" / "terms.csv"
    table.write_text(table.read_text("utf-8").replace("Female", "Femal"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"terms\.csv was altered after it was imported"):
        read_terminology(NEW)
    (data / NEW / "sdtm" / "source.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"source\.json: can't be read"):
        holdings()


def test_what_was_imported_is_described(tmp_path, data):
    path = write_text(tmp_path, small_release())
    folder = import_terminology(path).folder
    source = json.loads((folder / "source.json").read_text("utf-8"))
    assert (source["file"], source["layout"], source["terms"]) == (path.name, "text", 5)
    assert terminology_files(NEW) == [folder / one for one in
                                      ("codelists.csv", "terms.csv", "source.json")]  # fmt: skip
    found = [(one.date, one.package, one.codelists, one.terms, one.origin) for one in holdings()]
    assert found == [
        (NEW, "sdtm", 2, 5, "imported"),
        ("2026-03-27", "adam", 5, 39, "shipped"),
        ("2026-03-27", "sdtm", 87, 11514, "shipped"),
    ]


@pytest.mark.parametrize(
    ("file", "options", "message"),
    [
        ("terms.txt", {"package": "sdtm"}, r"terms\.txt: .* the version; give --date, such as"),
        ("terms.txt", {"date": NEW}, r"terms\.txt: .* the package; give --package, one of sdtm"),
        ("terms.txt", {"date": NEW, "package": "x"}, "there is no package 'x'; choose one of"),
        ("terms.txt", {"date": "20250926", "package": "sdtm"}, "'20250926' is no date such as"),
        ("SDTM 2025-02-30.txt", {}, "'2025-02-30' is no date"),
        ("terms.txt", {"date": NEW, "package": "SDTM"}, ""),
        ("ADaM Terminology 2025-09-26.txt", {}, ""),
    ],
)
def test_package_and_date_come_from_the_name_or_are_asked_for(file, options, message, tmp_path):
    path = write_text(tmp_path, small_release()).rename(tmp_path / file)
    if message:
        with pytest.raises(ConfigurationError, match=message):
            import_terminology(path, **options)
    else:
        release = import_terminology(path, **options).release
        assert (release.package, release.date) == ("adam" if "ADaM" in file else "sdtm", NEW)


@pytest.mark.parametrize("layout", ["xml", "json", "excel"])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"package": "adam"}, "the file says that it is of the package sdtm, --package says adam"),
        ({"date": OLD}, f"the file says that it is of {NEW}, --date says {OLD}"),
        ({"package": "SDTM", "date": NEW}, ""),
    ],
)
def test_what_a_file_says_of_itself_is_never_overruled(layout, options, message, tmp_path, data):
    path = WRITERS[layout](tmp_path, small_release())
    if not message:
        assert import_terminology(path, **options).release == small_release()
        return
    with pytest.raises(ConfigurationError, match=message):
        import_terminology(path, **options)
    assert not data.exists()


def test_a_release_with_fewer_codelists_than_the_one_before_is_noted(tmp_path):
    whole = small_release()
    imported(tmp_path, replace(whole, date=OLD))
    cut = replace(whole, codelists=whole.codelists[:1])
    assert imported(tmp_path, cut).notes == (
        f"1 codelists of {OLD} are not in this file; was it cut?",
    )
    assert imported(tmp_path, whole, replace_stored=True).notes == ()


def test_a_folder_is_no_terminology_file(tmp_path):
    with pytest.raises(ConfigurationError, match="is a folder; give a terminology file in it"):
        import_terminology(tmp_path)


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "Code\n"])
def test_a_file_of_no_official_layout_is_refused(content, tmp_path):
    path = tmp_path / "x.txt"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"x\.txt line 1: .* none of the official layouts"):
        import_terminology(path)
    with pytest.raises(ConfigurationError, match="there is no such file"):
        import_terminology(tmp_path / "absent.txt")


def test_a_glossary_may_leave_out_what_is_extensible(tmp_path):
    path = tmp_path / "Glossary Terminology 2025-09-26.txt"
    text = write_text(tmp_path, small_release()).read_text("utf-8").replace("\tNo\t", "\t\t")
    path.write_text(text, encoding="utf-8")
    assert import_terminology(path).release.codelists[0].extensible


def one_term(package, value, date=NEW, code="C66742"):
    codelist = Codelist(code, "NY", "No Yes", extensible=False, terms=(Term("C1", value, value),))
    return Release(package, date, (codelist,))


def test_packages_are_pinned_and_of_several_sdtm_holds(tmp_path):
    for package, value in (("send", "S"), ("adam", "A"), ("sdtm", "T")):
        imported(tmp_path, one_term(package, value))
    imported(tmp_path, one_term("sdtm", "OLD", OLD))
    values = [
        read_terminology(version).find("NY").submission_values
        for version in (
            NEW, OLD, {"adam": NEW}, {"send": NEW, "adam": NEW}, f"sdtm={OLD};adam={NEW}"
        )
    ]  # fmt: skip
    assert values == [{"T"}, {"OLD"}, {"A"}, {"A"}, {"OLD"}]


def test_a_shipped_codelist_holds_before_that_of_another_package(tmp_path):
    release = one_term("send", "S", "2026-03-27")
    imported(tmp_path, release)
    assert read_terminology()["C66742"].submission_values == {"N", "NA", "U", "Y"}
    assert set(read_terminology({"adam": "2026-03-27"})) == {
        "C81223", "C81224", "C81225", "C81226", "C124296",
    }  # fmt: skip
    assert "C81223" not in read_terminology({"sdtm": "2026-03-27"})


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1999-01-01", r"'1999-01-01'; choose one of 2025-09-26 \(imported adam, imported sdtm\), "
                       r"2026-03-27 \(shipped\), or import it: cdisc-tools terminology import"),
        ("../2026-03-27", "no terminology '../2026-03-27'"),
        ({"adam": OLD}, "no terminology '2025-03-28' of the package 'adam'; choose one of"),
        ({"sdmt": NEW}, "there is no package 'sdmt'; choose one of sdtm, adam"),
    ],
)  # fmt: skip
def test_an_unknown_version_lists_those_at_hand(version, message, tmp_path):
    imported(tmp_path, small_release("sdtm"))
    imported(tmp_path, small_release("adam"))
    with pytest.raises(ConfigurationError, match=message):
        read_terminology(version)


def test_a_study_pins_one_version_or_one_a_package(tmp_path):
    write_study(tmp_path, {}, {})
    path = tmp_path / "study.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    for written, version in (
        ({"sdtm": date(2025, 9, 26), "adam": "2026-03-27"}, "adam=2026-03-27;sdtm=2025-09-26"),
        ("2025-09-26", "2025-09-26"),
    ):
        content["standards"]["terminology"] = written
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        assert read_study(tmp_path).terminology == version
    assert pins_of(pin_text({"sdtm": NEW})) == {"sdtm": NEW}
    content["standards"]["terminology"] = {"sdtm": "newest"}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"standards\.terminology\.sdtm: 'newest' is no"):
        read_study(tmp_path)


def test_codelists_are_made_when_first_asked_for(tmp_path, monkeypatch):
    made = []
    term = terminology_module._term
    monkeypatch.setattr(terminology_module, "_term", lambda line: made.append(line) or term(line))
    imported(tmp_path, small_release())
    made.clear()
    terminology = read_terminology(NEW)
    assert not made
    assert terminology["C66731"] is terminology.by_short_name("SEX")
    assert len(made) == 2


@pytest.mark.parametrize(
    ("text", "options", "found"),
    [
        ("male", {}, [("M", "preferred term"), ("F", "preferred term contains it")]),
        ("MCG", {}, [("ug", "synonym 'mcg'")]),
        ("c42576", {}, [("ug", "code")]),
        ("10^9/l", {}, [("10^9/L", "value")]),
        (
            "per",
            {},
            [("%", "preferred term contains it"), ("10^9/L", "preferred term contains it")],
        ),
        ("sex", {}, [("", "codelist")]),
        ("micro  GRAM", {}, []),
        ("", {"codelist": "SEX"}, [("F", ""), ("M", "")]),
        ("male", {"codelist": "C71620"}, []),
    ],
)
def test_terms_are_found_by_text_code_or_synonym(text, options, found, tmp_path):
    imported(tmp_path, small_release())
    _, hits = find_terms(text, version=NEW, **options)
    assert [(hit.submission_value, hit.how) for hit in hits] == found


def renamed_release():
    """The small release half a year before: other unit, other extensible, other codelists."""
    sex, unit = small_release().codelists
    unit = replace(unit, terms=(
        Term("C25613", "%", "Percentage"),
        Term("C42576", "mcg", "Microgram", ("ug",)),
        Term("C64387", "kU/L", "Kilo Unit per Liter"),
    ))  # fmt: skip
    gone = Codelist("C99999", "GONE", "Gone", extensible=True, terms=(Term("C9", "X", "X"),))
    return Release("sdtm", OLD, (replace(sex, extensible=True), unit, gone))


CHANGES = [
    TermChange("codelist removed", "GONE", "C99999", "", "GONE", ""),
    TermChange("extensible changed", "SEX", "C66731", "", "Yes", "No",
               (DataHit("DM", "SEX", "MALE", 1),)),
    TermChange("term added", "UNIT", "C71620", "C105511", "", "10^9/L",
               (DataHit("LB", "LBORRESU", "10^9/L", 1),)),
    TermChange("term removed", "UNIT", "C71620", "C64387", "kU/L", "", ()),
    TermChange("term renamed", "UNIT", "C71620", "C42576", "mcg", "ug",
               (DataHit("LB", "LBORRESU", "mcg", 2),)),
]  # fmt: skip


@pytest.fixture
def two_versions(tmp_path):
    """Two imported versions, and datasets with values of both."""
    imported(tmp_path, small_release())
    imported(tmp_path, renamed_release())
    folder = tmp_path / "datasets"
    folder.mkdir()
    dm = pd.DataFrame({"USUBJID": ["1", "2"], "SEX": ["M", "MALE"]}, dtype="string")
    units = ["mcg", "mcg", "%", "10^9/L", None]
    lb = pd.DataFrame({"LBORRESU": units, "LBTESTCD": ["mcg"] * 5}, dtype="string")
    for domain, frame in (("dm", dm), ("lb", lb)):
        frame.to_parquet(folder / f"{domain}.parquet")
    return folder


def test_versions_are_compared_and_the_values_concerned_are_counted(two_versions):
    plain = diff_terminology(OLD, NEW)
    assert plain.changes == tuple(replace(change, hits=()) for change in CHANGES)
    diff = diff_terminology(OLD, NEW, datasets=two_versions)
    assert diff.changes == tuple(CHANGES)
    assert (diff.hits, diff.notes) == (3, ())
    with pytest.raises(ConfigurationError, match="not both"):
        diff_terminology(OLD, NEW, datasets=two_versions, study=two_versions)


def test_the_values_concerned_are_those_of_the_records_that_a_codelist_answers(tmp_path):
    phases = (Term("C15600", "PHASE I TRIAL"), Term("C15601", "PHASE II TRIAL"))
    for version, terms in ((OLD, phases), (NEW, phases[:1])):
        phase = Codelist("C66737", "TPHASE", "Trial Phase Response", extensible=True, terms=terms)
        imported(tmp_path, Release("sdtm", version, (phase,)))
    folder = tmp_path / "datasets"
    folder.mkdir()
    value = "PHASE II TRIAL"
    ts = pd.DataFrame({"TSPARMCD": ["TPHASE", "TITLE"], "TSVAL": [value, value]}, dtype="string")
    ts.to_parquet(folder / "ts.parquet")
    (change,) = diff_terminology(OLD, NEW, datasets=folder).changes
    assert (change.kind, change.old) == ("term removed", value)
    assert change.hits == (DataHit("TS", "TSVAL", value, 1),)


def test_a_version_at_hand_in_part_does_not_remove_codelists(two_versions):
    diff = diff_terminology(OLD, "2026-03-27")
    assert "codelist removed" not in {change.kind for change in diff.changes}
    assert diff.notes == (
        "2025-03-28 is at hand in part: 5 codelists of the other version were not compared; "
        "import its whole package",
        "2026-03-27 is at hand in part: 1 codelists of the other version were not compared; "
        "import its whole package",
    )
