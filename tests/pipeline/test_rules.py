"""Rules at hand: sets that are added, which rule of an id holds, lists, pages and new rules."""

import io
import json
import zipfile

import pytest

from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline import rule_pages as pages
from cdisc_tools.pipeline import rules as pipeline
from cdisc_tools.pipeline.rule_cases import run_cases
from cdisc_tools.pipeline.rules import add_rules, read_rules
from tests.rule_folders import case, rule_text, write_rules, zipped


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """An empty folder of the user's data."""
    folder = tmp_path / "user-data"
    monkeypatch.setenv("CDISC_TOOLS_DATA", str(folder))
    return folder


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """In the place of the rules that ship: OWN-1, and B-1 with a case."""
    cases = {"OWN-1": {"negative/01": case("AE,1,AESER,Y\n"), "positive/01": case()}}
    texts = {"OWN-1": rule_text("OWN-1"), "B-1": rule_text("B-1", message="the product's")}
    folder = write_rules(tmp_path / "own", texts, cases)
    monkeypatch.setattr(pipeline, "own_rules_folder", lambda: folder)
    monkeypatch.setattr(pages, "own_rules_folder", lambda: folder)
    return folder


@pytest.fixture
def downloaded(tmp_path):
    """A folder of two rules of which one can't be used."""
    rules = {"A-1": rule_text("A-1"), "A-2": rule_text("A-2", operator="equals")}
    return write_rules(tmp_path / "downloaded", rules)


def test_a_set_is_added_once(downloaded, tmp_path):
    first = add_rules(downloaded, version="1.0")
    assert first.written
    assert (first.rule_set.name, first.rule_set.version) == ("downloaded", "1.0")
    assert (first.rule_set.file, first.rule_set.rules) == ("downloaded", 2)
    (unreadable,) = first.unreadable
    assert unreadable.name == "A-2/rule.yml"
    assert "A-2/rule.yml line 5: there is no operator 'equals'" in unreadable.reason
    again = add_rules(downloaded, version="1.0")
    assert (again.written, again.rule_set) == (False, first.rule_set)
    # the same rules in an archive, by whatever path they have there
    archive = zipped(downloaded, tmp_path / "other.zip")
    assert add_rules(archive).rule_set.name == "other"


def test_other_rules_under_a_name_need_a_word(downloaded):
    add_rules(downloaded, version="1.0")
    with pytest.raises(ConfigurationError, match=r"'downloaded' \(version 1\.0, 2 rules of down"):
        add_rules(downloaded, version="1.1")
    (downloaded / "A-1" / "rule.yml").write_text(rule_text("A-1", value="N"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="give --replace or another --name"):
        add_rules(downloaded, version="1.0")
    assert read_rules().rules["A-1"].check.checks[0].value == "Y"
    assert add_rules(downloaded, version="1.1", replace=True).written
    assert read_rules().rules["A-1"].check.checks[0].value == "N"
    assert add_rules(downloaded, name="second").written


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cdisc_tools", "'cdisc_tools' is the set that ships"),
        ("../outside", r"'\.\./outside' is no name of a set"),
        (".hidden", r"'\.hidden' is no name of a set"),
        ("a b", "'a b' is no name of a set"),
    ],
)
def test_names_of_sets(name, message, downloaded, data):
    with pytest.raises(ConfigurationError, match=message):
        add_rules(downloaded, name=name)
    assert not data.exists()


def archive_of(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def with_size(path, size):
    """Let an archive say that its one file is larger than it is."""
    content = path.read_bytes()
    real = len(rule_text("A-1")).to_bytes(4, "little")
    assert content.count(real) >= 2
    path.write_bytes(content.replace(real, size.to_bytes(4, "little")))
    return path


def encrypted(path):
    """Let an archive say that its files are encrypted."""
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)
    return path


RULE_FILE = {"A-1/rule.yml": rule_text("A-1")}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: archive_of(path, {"../a/rule.yml": "x"}), r"\.\./a/rule\.yml would lie out"),
        (lambda path: archive_of(path, {"/a/rule.yml": "x"}), "would lie outside its folder"),
        (lambda path: archive_of(path, {"a\\..\\..\\rule.yml": "x"}), "would lie outside"),
        (lambda path: archive_of(path, {"C:/rule.yml": "x"}), "would lie outside its folder"),
        (lambda path: with_size(archive_of(path, RULE_FILE), 2_000_000_000),
         "1 files of 2000000000 bytes are no set of rules"),
        (lambda path: with_size(archive_of(path, RULE_FILE), 100_000), "rules.zip"),
        (lambda path: with_size(archive_of(path, RULE_FILE), 10), "can't be read as a zip archive"),
        (lambda path: encrypted(archive_of(path, RULE_FILE)), "can't be read as a zip archive"),
        (lambda path: archive_of(path, {"readme.txt": "x"}), "has no rule; a rule is a folder"),
        (lambda path: archive_of(path, {"A/rule.yml": b"\xff"}), "byte 0xFF is not UTF-8"),
        (lambda path: archive_of(path, {"A/rule.yml": "a: ["}), "none of its rules can be read"),
        (lambda path: path.write_bytes(b"PK\x03\x04 and no more") and path, "as a zip archive"),
        (lambda path: path.write_bytes(b"") and path, "can't be read as a zip archive|no rule"),
        (lambda path: path.parent / "absent", "does not exist; give a folder or zip archive"),
        (lambda path: (path.parent / "empty").mkdir() or path.parent / "empty", "has no rule"),
    ],
)  # fmt: skip
def test_what_is_no_set_of_rules(make, message, tmp_path, data):
    with pytest.raises(ConfigurationError, match=message):
        add_rules(make(tmp_path / "rules.zip") or tmp_path / "rules.zip")
    assert not data.exists()


def test_archives_of_many_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("cdisc_tools.io.rule_files.MOST_FILES", 2)
    path = archive_of(tmp_path / "rules.zip", {f"{name}/rule.yml": "x" for name in "abc"})
    with pytest.raises(ConfigurationError, match="3 files of 3 bytes are no set of rules"):
        add_rules(path)


def test_a_damaged_archive_is_refused(tmp_path):
    """Whichever byte of the compressed rule is another one, there is one message."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("A-1/rule.yml", rule_text("A-1") * 20)
    whole = stream.getvalue()
    path = tmp_path / "rules.zip"
    for place in range(45, len(whole) - 80, 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with pytest.raises(ConfigurationError, match=r"rules\.zip"):
            add_rules(path)


def alter(folder):
    texts = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
    texts["A-1/rule.yml"] += "\n"
    (folder / "rules.json").write_text(json.dumps(texts), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (alter, r"rules\.json was altered after it was added"),
        (lambda folder: (folder / "rules.json").unlink(), r"can't be read \(FileNotFoundError"),
        (lambda folder: (folder / "source.json").write_text("{"), r"can't be read \(JSONDecodeErr"),
        (lambda folder: (folder / "source.json").write_text("{}"), r"can't be read \(TypeError"),
        (lambda folder: (folder / "rules.json").write_text("[]"), r"can't be read|was altered"),
    ],
)  # fmt: skip
def test_a_set_that_was_altered_is_refused(damage, message, downloaded):
    damage(add_rules(downloaded).folder)
    with pytest.raises(ConfigurationError, match=message):
        read_rules()
    assert set(read_rules(added=False).rules) == {"B-1", "OWN-1"}
    assert add_rules(downloaded, replace=True).written
    assert set(read_rules().rules) == {"A-1", "B-1", "OWN-1"}


def test_of_one_id_the_rule_that_is_read_later_holds(tmp_path):
    added = write_rules(tmp_path / "b-set", {"B-1": rule_text("B-1", message="added")})
    earlier = write_rules(tmp_path / "a-set", {"B-1": rule_text("B-1", message="earlier")})
    given = write_rules(tmp_path / "given", {"B-1": rule_text("B-1", message="given")})
    last = write_rules(tmp_path / "last", {"B-1": rule_text("B-1", message="last")})

    def held(*paths):
        book = read_rules(paths)
        assert list(book.rules) == ["B-1", "OWN-1"]
        return book.rules["B-1"].message, book.sets["B-1"]

    assert held() == ("the product's", "cdisc_tools")
    add_rules(added)
    assert held() == ("added", "b-set")
    # sets by name, whichever was added first
    add_rules(earlier)
    assert held() == ("added", "b-set")
    assert held(given) == ("given", str(given))
    assert held(given, last) == ("last", str(last))
    assert held(given / "B-1" / "rule.yml")[0] == "given"


def test_rules_that_can_not_be_used_are_listed(downloaded):
    book = read_rules([downloaded])
    assert list(book.rules) == ["A-1", "B-1", "OWN-1"]
    assert [item.name for item in book.unreadable] == ["A-2/rule.yml"]
    with pytest.raises(ConfigurationError, match="does not exist"):
        read_rules([downloaded / "absent"])


def test_lists_of_rules(downloaded):
    def listed(text="", authority=""):
        content = json.loads(pages.list_rules([downloaded], text, authority, "json"))
        return [line["id"] for line in content]

    assert listed() == ["A-1", "B-1", "OWN-1"]
    assert listed("own-") == ["OWN-1"]
    assert listed("PRODUCT'S") == ["B-1"]
    assert listed("aeser") == ["A-1", "B-1", "OWN-1"]
    assert listed("nothing") == []
    assert listed(authority="acme") == ["A-1", "B-1", "OWN-1"]
    assert listed(authority="FDA") == []
    text = pages.list_rules((), "", "", "text")
    assert text.splitlines()[-1] == "2 rules"
    assert (
        pages.list_rules((), "own", "", "csv").splitlines()[1].startswith("OWN-1,warning,ACME,A-1")
    )


def test_the_page_of_a_rule():
    (page,) = pages.rule_pages("own-1", ())
    assert page.startswith("OWN-1  Wrong.")
    assert "AESER equal_to Y" in page
    # its example: the data and what is found
    assert "AE record 1: AESER = Y" in page
    # by the authority's id each rule that has it
    assert [page.split()[0] for page in pages.rule_pages("A-1", ())] == ["B-1", "OWN-1"]
    with pytest.raises(ConfigurationError, match="there is no rule 'X'; look for it"):
        pages.rule_pages("X", ())


def test_the_page_of_a_rule_of_a_path_has_its_example(tmp_path):
    cases = {"C-1": {"negative/01": case("AE,1,AESER,Y\n")}}
    folder = write_rules(tmp_path / "given", {"C-1": rule_text("C-1")}, cases)
    for path in (folder, folder / "C-1"):
        (page,) = pages.rule_pages("C-1", [path])
        assert "AE record 1: AESER = Y" in page


def test_of_two_rules_of_a_set_with_one_id_the_second_is_listed(tmp_path):
    texts = {"A": rule_text("A-1", message="the first"), "B": rule_text("A-1")}
    book = read_rules([write_rules(tmp_path / "twice", texts)])
    assert book.rules["A-1"].message == "the first"
    (unreadable,) = book.unreadable
    assert unreadable.reason == "B/rule.yml: the id A-1 is that of A/rule.yml, too"


@pytest.mark.parametrize("name", ["A 1", "A:1", "A,1"])
def test_an_id_is_one_word(tmp_path, name):
    with pytest.raises(ConfigurationError, match=f"'{name}' is no id"):
        pages.new_rule(tmp_path / name)
    book = read_rules([write_rules(tmp_path / "bad", {"A-1": rule_text(f'"{name}"')})])
    assert f"'{name}' is no id" in book.unreadable[0].reason


def test_rules_without_a_case_are_no_success(tmp_path):
    folder = write_rules(tmp_path / "bare", {"A-1": rule_text("A-1")})
    with pytest.raises(ConfigurationError, match="bare has no cases"):
        list(run_cases(folder))


def test_a_new_rule_is_one_whose_cases_are_exact(tmp_path):
    folder = tmp_path / "mine" / "ACME-9"
    written = pages.new_rule(folder)
    assert folder / "rule.yml" in written
    assert all(path.is_file() for path in written)
    assert read_rules([tmp_path / "mine"]).rules["ACME-9"].severity == "error"
    outcomes = list(run_cases(tmp_path / "mine"))
    assert [(item.rule_id, item.case, item.status) for item in outcomes] == [
        ("ACME-9", "negative/01", "exact"), ("ACME-9", "positive/01", "exact"),
    ]  # fmt: skip
    with pytest.raises(ConfigurationError, match="is there already"):
        pages.new_rule(folder)
