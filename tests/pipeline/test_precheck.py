"""The pre-check of a package: one seeded fault a line, and the id that it must be refused with."""

import gc
import shutil
import weakref
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from cdisc_tools.metadata.checks import check_of, read_checks, sentence
from cdisc_tools.metadata.submission import read_limits, read_references, read_weights
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline import precheck
from cdisc_tools.pipeline.precheck import check_package, transport_rules
from cdisc_tools.pipeline.reading import ReadFile
from cdisc_tools.pipeline.rule_findings import check_rules
from cdisc_tools.reports.precheck import is_ready, precheck_text
from tests.transport_files import cut, edited, rewritten, without_records

SDTM, ADAM = "tabulations/sdtm", "analysis/adam/datasets"
# 200 bytes are the most that a value may have
LONG = "Fatigue that ends with the 201st byte".ljust(200, ".") + "!"


def moved(path: Path, name: str) -> None:
    (path.parent / name).parent.mkdir(parents=True, exist_ok=True)
    path.rename(path.parent / name)


def dataset(define: str, name: str, *, new: str) -> str:
    """The text of a define.xml in which a dataset has another name."""
    assert f'Name="{name}"' in define
    return define.replace(f'Name="{name}"', f'Name="{new}"').replace(
        f'"{name.lower()}.xpt"', f'"{new.lower()}.xpt"'
    )


def text(path: Path, change) -> None:
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


# name of the fault; its file; what is done to it; the checks that reject the package then
FAULTS = [
    ("no TS", f"{SDTM}/ts.xpt", Path.unlink, {"CDT-X001", "CDT-X117"}),
    ("TS under another name", f"{SDTM}/ts.xpt", lambda p: moved(p, "ts_x.xpt"),
     {"CDT-X001", "CDT-X012", "CDT-X104", "CDT-X105", "CDT-X116", "CDT-X117"}),
    ("no start date", f"{SDTM}/ts.xpt", lambda p: without_records(p, "TSPARMCD", "SSTDTC"),
     {"CDT-X002"}),
    ("start date empty", f"{SDTM}/ts.xpt", lambda p: edited(p, b"2009-10-29", b" " * 10),
     {"CDT-X003"}),
    ("start date of no day", f"{SDTM}/ts.xpt", lambda p: edited(p, b"2009-10-29", b"2009-10   "),
     {"CDT-X031"}),
    ("start date in words", f"{SDTM}/ts.xpt", lambda p: edited(p, b"2009-10-29", b"29OCT2009 "),
     {"CDT-X003"}),
    ("start date that no month has", f"{SDTM}/ts.xpt",
     lambda p: edited(p, b"2009-10-29", b"2009-02-30"), {"CDT-X003"}),
    ("other study in TS", f"{SDTM}/ts.xpt",
     lambda p: p.write_bytes(p.read_bytes().replace(b"NCT00949325", b"NCT00949399")),
     {"CDT-X004", "CDT-X118"}),
    ("other study in one record", f"{SDTM}/ae.xpt",
     lambda p: edited(p, b"NCT00949325AE", b"NCT00949399AE"), {"CDT-X004", "CDT-X008"}),
    ("lower-case variable", f"{SDTM}/ae.xpt", lambda p: edited(p, b"AETERM  ", b"aeterm  "),
     {"CDT-X018"}),
    ("value of 201 bytes", f"{SDTM}/ae.xpt",
     lambda p: rewritten(p, AETERM=LONG), {"CDT-X024"}),
    ("label of 41 characters", f"{SDTM}/ae.xpt",
     lambda p: rewritten(p, version=8, label="L" * 41, AETERM="Fatigue"),
     {"CDT-X019", "CDT-X103"}),
    ("label that is not ASCII", f"{SDTM}/ae.xpt",
     lambda p: edited(p, b"Reported Term", b"R\xe9ported Term"), {"CDT-X021"}),
    ("version 8", f"{SDTM}/dm.xpt", lambda p: rewritten(p, version=8), {"CDT-X103"}),
    ("no define.xml of SDTM", f"{SDTM}/define.xml", Path.unlink, {"CDT-X007"}),
    ("no define.xml of ADaM", f"{ADAM}/define.xml", Path.unlink, {"CDT-X007"}),
    ("define.xml in upper case", f"{SDTM}/define.xml", lambda p: moved(p, "Define.xml"),
     {"CDT-X007", "CDT-X104"}),
    ("no DM", f"{SDTM}/dm.xpt", Path.unlink, {"CDT-X005", "CDT-X117"}),
    ("no ADSL", f"{ADAM}/adsl.xpt", Path.unlink, {"CDT-X006", "CDT-X117"}),
    ("file in upper case", f"{SDTM}/dm.xpt", lambda p: moved(p, "DM.XPT"),
     {"CDT-X104", "CDT-X005", "CDT-X116", "CDT-X117"}),
    ("dataset unlike its file", f"{SDTM}/ae.xpt",
     lambda p: edited(p, b"SAS     AE      ", b"SAS     CM      "), {"CDT-X105"}),
    ("define.xml not well-formed", f"{SDTM}/define.xml", lambda p: cut(p, 20), {"CDT-X114"}),
    ("define.xml with a document type", f"{SDTM}/define.xml",
     lambda p: text(p, lambda t: t.replace("<ODM", "<!DOCTYPE ODM><ODM", 1)), {"CDT-X114"}),
    ("define.xml of version 1.0", f"{ADAM}/define.xml",
     lambda p: text(p, lambda t: t.replace("def/v2.1", "def/v1.0")), {"CDT-X114"}),
    ("define.xml that its schema refuses", f"{ADAM}/define.xml",
     lambda p: text(p, lambda t: t.replace("<ItemRef ", '<ItemRef Sequence="1" ', 1)),
     {"CDT-D001"}),
    ("define.xml empty", f"{SDTM}/define.xml", lambda p: p.write_bytes(b""), {"CDT-X107"}),
    ("file not in define.xml", f"{SDTM}/define.xml",
     lambda p: text(p, lambda t: dataset(t, "AE", new="CE")), {"CDT-X116", "CDT-X117"}),
    ("dataset cut off", f"{SDTM}/ae.xpt", lambda p: cut(p, 81), {"CDT-X102"}),
    ("dataset without its head", f"{SDTM}/ae.xpt", lambda p: p.write_bytes(p.read_bytes()[80:]),
     {"CDT-X102"}),
    ("dataset of text", f"{ADAM}/adae.xpt", lambda p: p.write_text("USUBJID,AETERM\n"),
     {"CDT-X102"}),
    ("dataset empty", f"{ADAM}/adae.xpt", lambda p: p.write_bytes(b""), {"CDT-X107"}),
    ("dataset in two folders", f"{SDTM}/ts.xpt",
     lambda p: shutil.copy(p, p.parents[2] / ADAM / "ts.xpt"), {"CDT-X113", "CDT-X116"}),
    ("foreign file", f"{SDTM}/notes.txt", lambda p: p.write_text("see Tom"), {"CDT-X109"}),
    ("file of the system", f"{ADAM}/.DS_Store", lambda p: p.write_text("x"),
     {"CDT-X104", "CDT-X109"}),
    ("file beside the folders", "readme.txt", lambda p: p.write_text("x"), {"CDT-X109"}),
    ("file beside the studies", "../readme.txt", lambda p: p.write_text("x"), {"CDT-X109"}),
    ("file between the folders", "analysis/adam/notes.pdf", lambda p: p.write_text("x"),
     {"CDT-X109"}),
    ("foreign folder", f"{SDTM}/ae.xpt", lambda p: shutil.copytree(p.parent, p.parents[1] / "old"),
     {"CDT-X110", "CDT-X113"}),
    ("folder of another study", f"{SDTM}/ae.xpt",
     lambda p: p.parents[2].rename(p.parents[3] / "abc-101"), {"CDT-X118"}),
    ("folder of the study in upper case", f"{SDTM}/ae.xpt",
     lambda p: p.parents[2].rename(p.parents[3] / "NCT00949325"), {"CDT-X106"}),
    ("study without datasets", f"{SDTM}/ae.xpt", lambda p: shutil.rmtree(p.parents[2] / "analysis")
     or shutil.rmtree(p.parents[1]) or (p.parents[2] / "listings").mkdir(), {"CDT-X101"}),
    ("path too long", f"{SDTM}/csdrg.docx", lambda p: moved(p, "a" * 245 + ".pdf"),
     {"CDT-X104", "CDT-X111"}),
    ("part of no dataset", f"{SDTM}/ae.xpt", lambda p: shutil.copytree(
        p.parent, p.parent / "split", ignore=lambda _, names: set(names) - {"ae.xpt"}),
     {"CDT-X112", "CDT-X113"}),
]  # fmt: skip


def linked(path: Path, target: str) -> None:
    path.symlink_to(target)


def replaced_by_link(path: Path) -> None:
    """Move a file or folder out of the tree and put a link to it in its place."""
    outside = path.parents[len(path.parts) - path.parts.index("m5")] / "outside"
    path.rename(outside)
    path.symlink_to(outside)


# links of a tree: the file; what is done; the checks that reject the package then
LINKS = [
    ("to nothing", f"{SDTM}/ae.pdf", lambda p: linked(p, "absent.pdf"), {"CDT-X124"}),
    ("to itself", f"{SDTM}/ae.pdf", lambda p: linked(p, "ae.pdf"), {"CDT-X124"}),
    ("beside the folders, to itself", "readme", lambda p: linked(p, "readme"), {"CDT-X124"}),
    ("beside the studies, to nothing", "../abc", lambda p: linked(p, "absent"), {"CDT-X124"}),
    ("to the folder above", f"{SDTM}/again", lambda p: linked(p, ".."), {"CDT-X124"}),
    ("to a dataset", f"{SDTM}/dm.xpt", replaced_by_link, {"CDT-X124"}),
    ("to a define.xml", f"{SDTM}/define.xml", replaced_by_link, {"CDT-X124"}),
    ("to a folder of datasets", ADAM, replaced_by_link, {"CDT-X124"}),
    ("to the folder of the study", ".", replaced_by_link, {"CDT-X124"}),
]


@pytest.mark.parametrize(
    ("file", "seed", "expected"), [link[1:] for link in LINKS], ids=[link[0] for link in LINKS]
)
def test_a_link_rejects(small_tree, tmp_path, file, seed, expected):
    tree, _ = small_tree
    check = check_package(seeded(tree, tmp_path, file, seed))
    assert errors(check) == expected
    (finding,) = [each for each in check.findings if each.check_id == "CDT-X124"]
    assert finding.cell.file.startswith("m5/datasets/")
    assert "is a link to" in sentence(finding, check.findings.checks)


def seeded(tree, tmp_path, file, seed):
    """A copy of a tree with a fault."""
    copy = tmp_path / "package"
    shutil.copytree(tree, copy)
    seed(copy / "m5" / "datasets" / "nct00949325" / file)
    return copy


def errors(check):
    return {
        check_id
        for check_id, _, _ in check.findings.totals
        if check_of(check_id, check.findings.checks).severity == "error"
    }


def test_the_package_itself_is_ready(small_tree):
    _, check = small_tree
    assert is_ready(check)
    assert {check_id for check_id, _, _ in check.findings.totals} == {"CDT-X025", "CDT-X122"}


@pytest.mark.parametrize(
    ("file", "seed", "expected"),
    [fault[1:] for fault in FAULTS],
    ids=[fault[0] for fault in FAULTS],
)
def test_a_fault_rejects_with_its_id(small_tree, tmp_path, file, seed, expected):
    tree, _ = small_tree
    check = check_package(seeded(tree, tmp_path, file, seed))
    assert errors(check) == expected
    assert not is_ready(check)
    assert precheck_text(check).startswith("Not ready")
    for finding in check.findings:
        assert finding.cell is not None
        assert finding.cell.file.startswith("m5/datasets")
        assert sentence(finding, check.findings.checks)


def leaf(address: str):
    """A change of a define.xml that adds a document."""
    element = f'<def:leaf ID="LF.CRF" xlink:href="{address}"><def:title>CRF</def:title></def:leaf>'
    return lambda t: t.replace("</MetaDataVersion>", f"{element}</MetaDataVersion>")


# what is told and does not reject
REMARKS = [
    ("value that is not ASCII", f"{SDTM}/ae.xpt",
     lambda p: rewritten(p, AETERM="Müdigkeit"), "CDT-X025"),
    ("no stylesheet", f"{SDTM}/define2-1.xsl", Path.unlink, "CDT-X120"),
    ("no document that define.xml names", f"{SDTM}/define.xml",
     lambda p: text(p, leaf("acrf.pdf#page=2")), "CDT-X123"),
    ("document out of the tree", f"{SDTM}/define.xml",
     lambda p: text(p, leaf("../../../../../../m5.pdf")), "CDT-X123"),
    ("other study name in define.xml", f"{SDTM}/define.xml",
     lambda p: text(p, lambda t: t.replace("<StudyName>NCT00949325", "<StudyName>NCT1")),
     "CDT-X119"),
    ("no guide", f"{ADAM}/adrg.docx", Path.unlink, "CDT-X121"),
    ("programs, legacy, listings", "analysis/adam/programs/adsl.sas",
     lambda p: p.parent.mkdir() or p.write_text("run;"), "CDT-X122"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "seed", "expected"),
    [remark[1:] for remark in REMARKS],
    ids=[remark[0] for remark in REMARKS],
)
def test_a_remark_does_not_reject(small_tree, tmp_path, file, seed, expected):
    tree, _ = small_tree
    check = check_package(seeded(tree, tmp_path, file, seed))
    assert is_ready(check)
    assert expected in {check_id for check_id, _, _ in check.findings.totals}


@pytest.mark.parametrize("address", [
    "acrf.pdf", "../../analysis/adam/datasets/acrf.pdf", "acrf.pdf#1", "https://example.org/a.pdf",
])  # fmt: skip
def test_a_document_that_is_there_is_not_missed(small_tree, tmp_path, address):
    tree, _ = small_tree

    def seed(path):
        text(path, leaf(address))
        for folder in (path.parent, path.parents[2] / ADAM):
            (folder / "acrf.pdf").write_text("%PDF-1.4")

    check = check_package(seeded(tree, tmp_path, f"{SDTM}/define.xml", seed))
    assert is_ready(check)
    assert "CDT-X123" not in {check_id for check_id, _, _ in check.findings.totals}


@pytest.mark.parametrize(("start", "found"), [("2023-03-14", False), ("2023-03-15", True)])
def test_define_2_0_is_for_older_studies(small_tree, tmp_path, start, found):
    tree, _ = small_tree

    def seed(path):
        edited(path, b"2009-10-29", start.encode())
        text(path.parent / "define.xml", lambda t: t.replace("def/v2.1", "def/v2.0"))

    check = check_package(seeded(tree, tmp_path, f"{SDTM}/ts.xpt", seed))
    assert ("CDT-X115" in {check_id for check_id, _, _ in check.findings.totals}) is found


def test_a_study_of_no_standard_needs_its_start_alone(small_tree, tmp_path):
    tree, _ = small_tree

    def seed(path):
        shutil.rmtree(path.parents[2] / "analysis")
        for other in path.parent.iterdir():
            if other != path:
                other.unlink()

    check = check_package(seeded(tree, tmp_path, f"{SDTM}/ts.xpt", seed))
    assert errors(check) == set()


@pytest.mark.parametrize(("bytes_", "expected"), [(10**9, set()), (10_000, {"CDT-X108"})])
def test_a_file_past_the_limit_is_to_be_split(small_tree, bytes_, expected):
    tree, _ = small_tree
    check = check_package(tree, limits=replace(read_limits(), dataset_bytes=bytes_))
    assert errors(check) == expected


@pytest.mark.parametrize("seed", range(12))
def test_bytes_that_are_changed_anywhere_are_told_and_never_break(small_tree, tmp_path, seed):
    """What is damaged may be read as something else; it never ends with an exception."""
    tree, _ = small_tree

    def damage(path):
        data = bytearray(path.read_bytes())
        head = len(data) if seed % 2 else 2400
        for step in range(40):
            data[(seed * 7919 + step * 104_729) % head] = (seed * 31 + step * 17) % 256
        path.write_bytes(bytes(data))

    check_package(seeded(tree, tmp_path, f"{SDTM}/ae.xpt", damage))


@pytest.mark.parametrize(("give", "is_found"), [("", True), ("m5", True), ("m5/datasets", False)])
def test_the_folder_is_that_of_m5_or_holds_it(small_tree, give, is_found):
    tree, _ = small_tree
    if is_found:
        assert is_ready(check_package(tree / give))
        return
    with pytest.raises(ConfigurationError, match="give the folder in which m5 lies"):
        check_package(tree / give)


def test_a_tree_without_studies_is_no_package(tmp_path):
    (tmp_path / "m5" / "datasets").mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="no folder of a study"):
        check_package(tmp_path)


def test_every_check_of_the_tree_is_seeded():
    seen = set().union(*(fault[3] for fault in FAULTS), {remark[3] for remark in REMARKS})
    seen |= {"CDT-X108", "CDT-X115", *(set().union(*(link[3] for link in LINKS)))}
    assert {check for check in read_checks() if check.startswith("CDT-X1")} <= seen
    counts = Counter(name for name, *_ in FAULTS)
    assert max(counts.values()) == 1


def test_criteria_and_weights_name_checks_that_there_are():
    known = {*read_checks(), *transport_rules().rules}
    assert set(read_references()) | set(read_weights()) <= known


def found_in(check):
    """What a pre-check tells of a tree."""
    return [sentence(finding, check.findings.checks) for finding in check.findings]


@pytest.mark.parametrize("fault", ["other study in one record"])
def test_a_file_is_judged_alike_in_memory_and_a_variable_at_a_time(
    small_tree, tmp_path, monkeypatch, fault
):
    (_, file, seed, expected) = next(each for each in FAULTS if each[0] == fault)
    tree = seeded(small_tree[0], tmp_path, file, seed)
    monkeypatch.setattr(precheck, "_LARGE", 10**9)
    whole = check_package(tree)
    assert errors(whole) == expected
    seen, refs = [], []

    def anew(read):
        made = ReadFile.anew_of(read)
        refs.append(weakref.ref(made.dataset))
        return made

    def judged(datasets, *arguments):
        """Note which datasets are at hand beside those that are judged."""
        gc.collect()
        at_hand = {ref().name for ref in refs if ref() is not None}
        seen.append(at_hand - {one.dataset.name for one in datasets})
        return check_rules(datasets, *arguments)

    monkeypatch.setattr(precheck, "_LARGE", 1)
    monkeypatch.setattr(precheck, "check_rules", judged)
    monkeypatch.setattr(ReadFile, "anew_of", ReadFile.anew, raising=False)
    monkeypatch.setattr(ReadFile, "anew", anew)
    assert found_in(check_package(tree)) == found_in(whole)
    # what was read of a dataset is gone when the next one is judged
    assert len(seen) == 7
    assert not set().union(*seen)
