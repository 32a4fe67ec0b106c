"""Accepted findings: what a finding is known by, and what is new or stale."""

from dataclasses import replace

import pytest

from cdisc_tools.metadata.baseline import (
    BASELINE_COLUMNS,
    compare_baseline,
    read_baseline,
    renew_baseline,
    stale_findings,
)
from cdisc_tools.metadata.checks import sentence
from cdisc_tools.metadata.identity import finding_identity
from cdisc_tools.model.baseline import BaselineEntry
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.reports.baseline import baseline_csv


def finding(subject="01", value="X", record=1, check="CDT-S003"):
    return Finding(check, "AE", ("AETERM",), (value,), (("USUBJID", subject),), record)


def entry(subject="01", value="X", count=1, explanation="", owner=""):
    return BaselineEntry(finding_identity(finding(subject, value)), count, explanation, owner)


def found(*items):
    findings = Findings()
    findings.extend(items)
    return findings


def always(_entry):
    return True


@pytest.mark.parametrize(("values", "key", "texts"), [
    (("X",), (("USUBJID", "01"),), ("USUBJID=01", "A=X")),
    (("X", "Y"), (("USUBJID", "01"), ("VISIT", "V 1")), ("USUBJID=01; VISIT=V 1", "A=X; value=Y")),
    ((), (), ("", "")), (("",), (), ("", "A=")),
    (("a; B=b",), (), ("", r"A=a\; B=b")), (("a\\",), (), ("", "A=a\\\\")),
    (("a\nb\rc",), (), ("", r"A=a\nb\rc")), (("=1+1",), (), ("", "A==1+1")),
])  # fmt: skip
def test_key_and_values_are_pairs(values, key, texts):
    identity = finding_identity(Finding("CDT-S003", "AE", ("A",), values, key, 7, detail="d"))
    assert identity == ("CDT-S003", "AE", "A", *texts)


@pytest.mark.parametrize(("one", "other"), [
    ((("a; B=b",), ("A",)), (("a", "b"), ("A", "B"))), ((("a\\n",), ("A",)), (("a\n",), ("A",))),
    ((("a\\",), ("A",)), (("a",), ("A",))), (((), ("A",)), (("",), ("A",))),
])  # fmt: skip
def test_different_values_are_never_alike(one, other):
    texts = [
        finding_identity(Finding("CDT-S003", "AE", names, values)) for values, names in (one, other)
    ]
    assert texts[0] != texts[1]


@pytest.mark.parametrize(("items", "entries", "new", "accepted", "stale"), [
    # nothing accepted, all accepted, records elsewhere
    ([finding()], [], [1], 0, []),
    ([finding()], [entry()], [], 1, []),
    ([finding(record=99)], [entry()], [], 1, []),
    # another subject, another value
    ([finding("02")], [entry()], [1], 0, [1]),
    ([finding(value="Y")], [entry()], [1], 0, [1]),
    # alike: as often as the count says, the first ones
    ([finding(record=1), finding(record=2), finding(record=3)], [entry(count=2)], [3], 2, []),
    ([finding()], [entry(count=3)], [], 1, [2]),
    # an entry of another check
    ([finding(check="CDT-S002")], [entry()], [1], 0, [1]),
    ([], [entry(), entry("02", count=4)], [], 0, [1, 4]),
])  # fmt: skip
def test_what_is_new_and_what_is_stale(items, entries, new, accepted, stale):
    comparison = compare_baseline(found(*items), entries, always)
    assert [item.record for item in comparison.new] == new
    assert len(comparison.new) == len(new)
    assert comparison.accepted == accepted
    assert [missed for _, missed in comparison.stale] == stale


def test_what_is_only_counted_is_not_accepted():
    findings = found(finding())
    findings.count(finding(), 5)
    comparison = compare_baseline(findings, [entry(count=9)], always)
    assert (len(comparison.new), comparison.accepted) == (5, 1)


def test_entries_in_use_without_an_explanation_are_counted():
    entries = [entry(), entry("02", explanation="why"), entry("03", explanation=" "), entry("04")]
    findings = found(finding(), finding("02"), finding("03"))
    assert compare_baseline(findings, entries, always).unexplained == 2


def test_what_was_not_looked_at_is_neither_stale_nor_dropped():
    entries = [entry("01", explanation="a"), entry("02", explanation="b")]

    def looked_at(item):
        return "=01" in item.identity[3]

    assert compare_baseline(found(), entries, looked_at).stale == ((entries[0], 1),)
    assert renew_baseline(found(), entries, looked_at) == [entries[1]]


def test_renewing_keeps_explanations_adds_what_is_new_and_drops_what_is_stale():
    old = [entry("02", explanation="known", owner="NN"), entry("09", explanation="gone")]
    findings = found(finding("03"), finding("02"), finding("02", record=5))
    assert renew_baseline(findings, old, always) == [
        entry("02", count=2, explanation="known", owner="NN"), entry("03"),
    ]  # fmt: skip


def test_stale_entries_are_notes_that_name_what_they_accepted():
    stale = [(entry("02", count=3), 2), (entry("01"), 1)]
    assert {item.check_id for item in stale_findings(stale)} == {"CDT-M019"}
    assert [sentence(item) for item in stale_findings(stale)] == [
        "The baseline accepts in AE what is no longer found: CDT-S003: USUBJID=01; AETERM=X.",
        "The baseline accepts in AE what is no longer found: CDT-S003: USUBJID=02; AETERM=X "
        "(2 of 3 times).",
    ]


@pytest.mark.parametrize("odd", [
    entry(value="=1+1"), entry(value='a "b", c'), entry(value="a\nb\\n; c"), entry(value="Müller"),
    entry(explanation="- agreed, see\nminutes", owner="=NN"), entry(count=7), entry(subject=" "),
    BaselineEntry(("CDT-S020", "ZZ", "", "", "")),
], ids=lambda item: item.identity[4] or item.identity[0])  # fmt: skip
def test_a_baseline_is_read_as_it_was_written(tmp_path, odd):
    path = tmp_path / "baseline.csv"
    path.write_text(baseline_csv([odd, entry("99")]), encoding="utf-8")
    assert read_baseline(path) == [odd, entry("99")]


def test_a_formula_in_a_baseline_is_inert():
    text = baseline_csv([entry(explanation="=cmd()", owner="@x")])
    assert text.splitlines()[1].endswith(",1,'=cmd(),'@x")


HEADER = ",".join(BASELINE_COLUMNS)


@pytest.mark.parametrize(("text", "message"), [
    ("check_id,dataset\n", "the header lacks variables, key, values, count, explanation, owner"),
    (f"{HEADER}\nCDT-S003,AE,A,k,v,0,,\n", "line 2: count '0' is no number above 0"),
    (f"{HEADER}\nCDT-S003,AE,A,k,v,two,,\n", "line 2: count 'two' is no number above 0"),
    (f"{HEADER}\nCDT-S003,AE,A,k,v,-1,,\n", "line 2: count '-1' is no number above 0"),
    (f"{HEADER}\nCDT-S003,AE,A,k,v,1,a,\nCDT-S003,AE,A,k,v,2,b,\n",
     "line 3: this finding stands there twice"),
    (f'{HEADER}\nCDT-S003,AE,A,k,"v,1,a\n', "line 2: a quote is open"),
])  # fmt: skip
def test_a_wrong_baseline_is_named(tmp_path, text, message):
    path = tmp_path / "baseline.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_baseline(path)
    assert message in str(caught.value)


def test_an_empty_count_is_one(tmp_path):
    path = tmp_path / "baseline.csv"
    path.write_text(f"{HEADER}\nCDT-S003,AE,AETERM,USUBJID=01,AETERM=X,,why\n", encoding="utf-8")
    assert read_baseline(path) == [entry(explanation="why")]


def test_the_order_of_findings_and_entries_makes_no_difference():
    items = [finding(str(number), record=number) for number in range(20)]
    entries = [entry(str(number)) for number in range(0, 20, 2)]
    new = {item.key for item in compare_baseline(found(*items[::-1]), entries[::-1], always).new}
    assert new == {item.key for item in compare_baseline(found(*items), entries, always).new}
    moved = [replace(item, record=item.record + 5) for item in items]
    assert renew_baseline(found(*moved), [], always) == renew_baseline(found(*items), [], always)
