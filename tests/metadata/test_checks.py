"""The catalogue of findings is sound, and each of its messages can be written."""

import re
import string

import pytest

from cdisc_tools.metadata import checks
from cdisc_tools.metadata.checks import check_of, read_checks, sentence
from cdisc_tools.metadata.resources import specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import CellRef, Finding

FIELDS = {"dataset", "variables", "values", "key", "cell", "detail"}


def test_the_catalogue_is_sorted_and_its_ids_are_of_one_form():
    lines = (specs_path() / "checks.csv").read_text(encoding="utf-8").splitlines()
    ids = [line.split(",")[0] for line in lines[1:] if line]
    assert ids == sorted(ids)
    assert all(re.fullmatch(r"CDT-[A-Z]\d{3}", check_id) for check_id in ids)
    assert list(read_checks()) == ids


@pytest.mark.parametrize("check", read_checks().values(), ids=lambda check: check.id)
def test_a_check_says_what_and_what_to_do(check):
    assert check.title
    assert check.remedy
    assert check.authority
    names = {name for _, name, _, _ in string.Formatter().parse(check.message) if name}
    assert names <= FIELDS


@pytest.mark.parametrize("check", read_checks().values(), ids=lambda check: check.id)
def test_every_message_can_be_written_with_nothing_known(check):
    assert sentence(Finding(check.id, "DM"))


def test_a_sentence_has_the_fields_of_the_finding():
    finding = Finding(
        "CDT-S006", "DM", ("DOMAIN",), ("AE",), (("USUBJID", "01-001"),), 7, detail="DM"
    )
    assert sentence(finding) == "DOMAIN is 'AE'; permitted is DM (USUBJID=01-001)."


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Name of  Treatment", "Name of <U+0020>Treatment"),
        ("Name of\u00a0Treatment", "Name of<U+00A0>Treatment"),
        ("Name\u200b of Treatment", "Name<U+200B> of Treatment"),
        ("Name of Treatment", "Name of Treatment"),
        ("Größe", "Größe"),
    ],
)
def test_what_cannot_be_seen_in_a_label_is_written_by_its_number(label, shown):
    """The define.xml of the CDISC pilot has such a label of EX.EXTRT, with two blanks."""
    finding = Finding("CDT-M008", "EX", ("EXTRT",), (label,), detail="Name of Treatment")
    assert f"labels EX.EXTRT '{shown}'; the standard: Name of Treatment." in sentence(finding)


def test_a_record_without_a_key_is_named_by_its_position():
    assert "(record 7)" in sentence(Finding("CDT-S003", "DM", ("SEX",), record=7))


def test_a_cell_is_written_out(monkeypatch):
    line = {"CDT-S003": checks.Check("CDT-S003", "error", "", "", "at {cell}", "")}
    monkeypatch.setattr(checks, "read_checks", lambda: line)
    cell = CellRef("dm.xlsx", "Sheet1", 17, "Sex", "C17")
    assert sentence(Finding("CDT-S003", "DM", cell=cell)) == "at dm.xlsx [Sheet1] C17 (Sex)"


def test_an_unknown_id_is_named():
    with pytest.raises(ConfigurationError, match="no line for CDT-X999"):
        check_of("CDT-X999")


HEADER = "id,severity,authority,title,message,remedy"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["CDT-S001,grave,a,t,m,r"], "CDT-S001 has severity 'grave'"),
        (["CDT-S001,error,a,t,m,r", "CDT-S001,error,a,t,m,r"], "CDT-S001 stands there twice"),
    ],
    ids=["severity", "twice"],
)
def test_a_faulty_catalogue_is_named(tmp_path, monkeypatch, lines, message):
    (tmp_path / "checks.csv").write_text("\n".join([HEADER, *lines]) + "\n")
    monkeypatch.setattr(checks, "specs_path", lambda: tmp_path)
    with pytest.raises(ConfigurationError, match=message):
        read_checks.__wrapped__()
