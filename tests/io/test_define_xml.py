"""define.xml 2.0 and 2.1 as a specification, and the pilot's beside its workbook."""

import io

import pytest

from cdisc_tools.io.define_xml import read_define_stream, read_define_xml
from cdisc_tools.io.specification_workbook import read_specification_workbook
from cdisc_tools.metadata.specification import read_layout
from cdisc_tools.metadata.specification_checks import specification_problems
from cdisc_tools.model.errors import ConfigurationError

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:xlink="http://www.w3.org/1999/xlink"
  xmlns:def="http://www.cdisc.org/ns/def/v2.1" xmlns:arm="http://www.cdisc.org/ns/arm/v1.0"
  ODMVersion="1.3.2" FileType="Snapshot" FileOID="F" CreationDateTime="2024-01-01T00:00:00"
  def:Context="Submission">
<Study OID="S"><GlobalVariables><StudyName>ABC</StudyName>
<StudyDescription>A study</StudyDescription><ProtocolName>P1</ProtocolName></GlobalVariables>
<MetaDataVersion OID="MDV.1" Name="M" def:DefineVersion="2.1.0">
"""
TAIL = "</MetaDataVersion></Study></ODM>\n"


def text(words: str) -> str:
    return f'<Description><TranslatedText xml:lang="en">{words}</TranslatedText></Description>'


BODY = f"""
<def:Standards><def:Standard OID="STD.1" Name="SDTMIG" Type="IG" Version="3.4" Status="Final"/>
<def:Standard OID="STD.2" Name="CDISC/NCI" Type="CT" PublishingSet="SDTM" Version="2024-03-29"
  Status="Final" def:CommentOID="COM.1"/></def:Standards>
<def:AnnotatedCRF><def:DocumentRef leafID="LF.acrf"/></def:AnnotatedCRF>
<def:ValueListDef OID="VL.LB.LBORRES">
<ItemRef ItemOID="IT.LB.LBORRES.1" OrderNumber="1" Mandatory="No" MethodOID="MT.1">
<def:WhereClauseRef WhereClauseOID="WC.1"/><def:WhereClauseRef WhereClauseOID="WC.2"/></ItemRef>
</def:ValueListDef>
<def:WhereClauseDef OID="WC.1" def:CommentOID="COM.1"><RangeCheck SoftHard="Soft"
  def:ItemOID="IT.LB.LBTESTCD" Comparator="IN"><CheckValue>ALB</CheckValue>
  <CheckValue>A, B</CheckValue></RangeCheck></def:WhereClauseDef>
<def:WhereClauseDef OID="WC.2"><RangeCheck SoftHard="Soft" def:ItemOID="IT.LB.LBTESTCD"
  Comparator="EQ"><CheckValue>BUN</CheckValue></RangeCheck></def:WhereClauseDef>
<ItemGroupDef OID="IG.LB" Name="LB" Domain="LB" SASDatasetName="LB" Repeating="Yes"
  IsReferenceData="No" Purpose="Tabulation" def:Structure="One per test" def:StandardOID="STD.1"
  def:ArchiveLocationID="LF.LB" def:CommentOID="COM.1" def:HasNoData="Yes">{text("Laboratory")}
<ItemRef ItemOID="IT.LB.LBORRES" OrderNumber="2" Mandatory="No" KeySequence="2"
  def:HasNoData="Yes" Role="Result Qualifier"/>
<ItemRef ItemOID="IT.LB.LBTESTCD" OrderNumber="1" Mandatory="Yes" KeySequence="1"
  def:IsNonStandard="Yes"/>
<def:Class Name="FINDINGS"><def:SubClass Name="SUB"/></def:Class>
<def:leaf ID="LF.LB" xlink:href="lb.xpt"><def:title>lb.xpt</def:title></def:leaf></ItemGroupDef>
<ItemDef OID="IT.LB.LBTESTCD" Name="LBTESTCD" DataType="text" Length="8" SASFieldName="LBTESTCD">
{text("Test")}<CodeListRef CodeListOID="CL.TESTS"/>
<def:Origin Type="Collected" Source="Vendor"><def:DocumentRef leafID="LF.acrf">
<def:PDFPageRef PageRefs="4 5" Type="PhysicalRef"/></def:DocumentRef></def:Origin></ItemDef>
<ItemDef OID="IT.LB.LBORRES" Name="LBORRES" DataType="text" Length="20">{text("Result")}
<def:Origin Type="Predecessor">{text("XX.YY")}</def:Origin>
<def:Origin Type="Assigned" Source="Sponsor"/>
<def:ValueListRef ValueListOID="VL.LB.LBORRES"/></ItemDef>
<ItemDef OID="IT.LB.LBORRES.1" Name="ALB" DataType="float" Length="5" SignificantDigits="2"
  def:DisplayFormat="5.2" def:CommentOID="COM.1">{text("Albumin")}
<def:Origin Type="Derived" Source="Sponsor">{text("why")}</def:Origin></ItemDef>
<CodeList OID="CL.TESTS" Name="Tests" DataType="text" def:StandardOID="STD.2">
<CodeListItem CodedValue="ALB" OrderNumber="1"><Decode><TranslatedText>Albumin</TranslatedText>
</Decode><Alias Name="C64431" Context="nci:ExtCodeID"/></CodeListItem>
<CodeListItem CodedValue="BUN" OrderNumber="2" def:ExtendedValue="Yes"><Decode><TranslatedText
  xml:lang="en">Urea</TranslatedText></Decode></CodeListItem>
<EnumeratedItem CodedValue="A, B" Rank="3"/>
<Alias Name="C65047" Context="nci:ExtCodeID"/></CodeList>
<CodeList OID="CL.DICT" Name="Dictionary" DataType="text">
<ExternalCodeList Dictionary="MedDRA" Version="26.0"/></CodeList>
<MethodDef OID="MT.1" Name="M1" Type="Computation">{text("How")}
<FormalExpression Context="SAS">x = 1;</FormalExpression>
<def:DocumentRef leafID="LF.acrf"><def:PDFPageRef FirstPage="1" LastPage="3" Type="PhysicalRef"/>
</def:DocumentRef></MethodDef>
<def:CommentDef OID="COM.1">{text("Said")}</def:CommentDef>
<def:leaf ID="LF.acrf" xlink:href="acrf.pdf"><def:title>Annotated CRF</def:title></def:leaf>
<arm:AnalysisResultDisplays><arm:ResultDisplay OID="RD.1" Name="Table 1">{text("Title")}
<def:DocumentRef leafID="LF.acrf"/><arm:AnalysisResult OID="AR.1" AnalysisReason="R"
  AnalysisPurpose="P">{text("Result")}<arm:AnalysisDatasets def:CommentOID="COM.1">
<arm:AnalysisDataset ItemGroupOID="IG.LB"><def:WhereClauseRef WhereClauseOID="WC.1"/>
<arm:AnalysisVariable ItemOID="IT.LB.LBORRES"/></arm:AnalysisDataset></arm:AnalysisDatasets>
<arm:Documentation>{text("Doc")}</arm:Documentation><arm:ProgrammingCode Context="R">
<arm:Code>x</arm:Code></arm:ProgrammingCode></arm:AnalysisResult></arm:ResultDisplay>
</arm:AnalysisResultDisplays>
"""


def define(tmp_path, body=BODY, *, head=HEAD):
    path = tmp_path / "define.xml"
    path.write_text(head + body + TAIL, encoding="utf-8")
    return path


def one(source, table, number=0):
    return dict(source.specification.table(table)[number].values)


def test_version_2_1_is_read(tmp_path):
    source = read_define_xml(define(tmp_path))
    assert source.problems == ()
    assert {r["attribute"]: r["value"] for r in source.specification.table("study")} == {
        "StudyName": "ABC", "StudyDescription": "A study", "ProtocolName": "P1",
        "StandardName": "SDTMIG", "StandardVersion": "3.4", "Language": "en",
    }  # fmt: skip
    assert one(source, "standards", 1) == {
        "id": "2", "name": "CDISC/NCI", "type": "CT", "publishing_set": "SDTM",
        "version": "2024-03-29", "status": "Final", "comment": "1",
    }  # fmt: skip
    assert one(source, "datasets") == {
        "dataset": "LB", "label": "Laboratory", "class": "FINDINGS", "subclass": "SUB",
        "structure": "One per test", "purpose": "Tabulation", "key_variables": "LBTESTCD,LBORRES",
        "standard": "1", "has_no_data": "Yes", "repeating": "Yes", "reference_data": "No",
        "comment": "1",
        # data are not expected, so that the file is said
        "Location": "lb.xpt",
    }  # fmt: skip
    assert one(source, "variables", 1) == {
        "dataset": "LB", "variable": "LBTESTCD", "label": "Test", "order": "1",
        "data_type": "text", "length": "8", "mandatory": "Yes", "codelist": "TESTS",
        "origin": "Collected", "source": "Vendor", "pages": "4 5", "Is Non Standard": "Yes",
    }  # fmt: skip
    assert one(source, "variables") == {
        "dataset": "LB", "variable": "LBORRES", "label": "Result", "role": "Result Qualifier",
        "has_no_data": "Yes", "order": "2", "data_type": "text", "length": "20",
        "mandatory": "No", "origin": "Predecessor", "predecessor": "XX.YY",
    }  # fmt: skip
    assert source.remarks == ()
    assert one(source, "origins") == {
        "element": "ItemDef", "oid": "IT.LB.LBORRES", "place": "Origin[2]", "origin": "Assigned",
        "source": "Sponsor",
    }  # fmt: skip


def test_value_level_and_the_rest_of_version_2_1_are_read(tmp_path):
    source = read_define_xml(define(tmp_path))
    assert one(source, "value_level") == {
        "dataset": "LB", "variable": "LBORRES", "where_clause": "1", "description": "Albumin",
        "order": "1", "data_type": "float", "length": "5", "significant_digits": "2",
        "format": "5.2", "mandatory": "No", "method": "1", "comment": "1", "origin": "Derived",
        "source": "Sponsor", "Origin Description": "why",
    }  # fmt: skip
    assert one(source, "value_level", 1)["where_clause"] == "2"
    assert one(source, "where_clauses") == {
        "id": "1", "dataset": "LB", "variable": "LBTESTCD", "comparator": "IN",
        "value": 'ALB, "A, B"', "comment": "1",
    }  # fmt: skip
    own = {"id": "TESTS", "name": "Tests", "data_type": "text", "nci_codelist_code": "C65047",
           "terminology": "2"}  # fmt: skip
    assert [one(source, "codelists", number) for number in range(3)] == [
        own | {"order": "1", "term": "ALB", "decoded_value": "Albumin", "nci_term_code": "C64431"},
        own | {"order": "2", "term": "BUN", "decoded_value": "Urea", "Extended Value": "Yes"},
        own | {"term": "A, B", "Rank": "3"},
    ]
    assert one(source, "dictionaries") == {
        "id": "DICT", "name": "Dictionary", "data_type": "text", "dictionary": "MedDRA",
        "version": "26.0",
    }  # fmt: skip
    assert one(source, "methods") == {
        "id": "1", "name": "M1", "type": "Computation", "description": "How",
        "expression_context": "SAS", "expression_code": "x = 1;", "document": "acrf",
        "pages": "1-3",
    }  # fmt: skip
    assert one(source, "comments") == {"id": "1", "description": "Said"}
    assert one(source, "documents") == {
        "id": "acrf", "title": "Annotated CRF", "href": "acrf.pdf",
        "Document Kind": "AnnotatedCRF",
    }  # fmt: skip
    assert one(source, "analysis_displays") == {
        "id": "Table 1", "title": "Title", "document": "acrf", "OID": "RD.1",
    }  # fmt: skip
    assert one(source, "analysis_results") == {
        "display": "Table 1", "id": "1", "description": "Result", "variables": "LB.LBORRES",
        "reason": "R", "purpose": "P", "selection_criteria": "1", "join_comment": "1",
        "documentation": "Doc", "programming_context": "R", "programming_code": "x",
    }  # fmt: skip
    assert one(source, "analysis_criteria") == {
        "display": "Table 1", "result": "1", "dataset": "LB", "variables": "LBORRES",
        "where_clause": "1",
    }  # fmt: skip
    assert not any(p.refuses for p in specification_problems(source.specification))


# a change of the text -> what is said; the place is a line of the file
DANGLING = {
    "item": ('ItemOID="IT.LB.LBTESTCD" OrderNumber', 'ItemOID="IT.X" OrderNumber',
             "there is no ItemDef IT.X"),
    "values": ('<def:ValueListRef ValueListOID="VL.LB.LBORRES"', '<def:ValueListRef '
               'ValueListOID="VL.X"', "there is no ValueListDef VL.X"),
    "clause-item": ('def:ItemOID="IT.LB.LBTESTCD" Comparator="IN"',
                    'def:ItemOID="IT.X" Comparator="IN"', "no dataset has the item IT.X"),
    "clause": ('WhereClauseRef WhereClauseOID="WC.2"', 'WhereClauseRef WhereClauseOID="WC.X"',
               "column Where Clause: 'X' is no id in WhereClauses"),
    "codelist": ('CodeListRef CodeListOID="CL.TESTS"', 'CodeListRef CodeListOID="CL.X"',
                 "column Codelist: 'X' is not in Codelists or Dictionaries"),
    "method": ('MethodOID="MT.1"', 'MethodOID="MT.X"', "column Method: 'X' is not in Methods"),
    "comment": ('def:CommentOID="COM.1" def:HasNoData', 'def:CommentOID="COM.X" def:HasNoData',
                "column Comment: 'X' is not in Comments"),
    "twice": ('OID="IT.LB.LBORRES.1" Name', 'OID="IT.LB.LBORRES" Name',
              "ItemDef IT.LB.LBORRES stands there twice"),
    "type": ('DataType="float"', 'DataType="number"', "'number' is none of text, integer"),
    "comparator": ('Comparator="EQ"', 'Comparator="LIKE"', "'LIKE' is none of EQ"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), DANGLING.values(), ids=DANGLING)
def test_a_reference_to_nothing_is_located(tmp_path, old, new, message):
    assert BODY.replace("\n  ", " ").count(old) == 1
    source = read_define_xml(define(tmp_path, BODY.replace("\n  ", " ").replace(old, new)))
    problems = [*source.problems, *specification_problems(source.specification)]
    found = [p.message for p in problems if p.refuses and message in p.message]
    assert found
    assert all(text.startswith("define.xml line ") for text in found)


BOMB = '<!DOCTYPE ODM [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
WRONG = {
    "malformed": ("<ODM><a></ODM>", "line 1: not well-formed XML"),
    "empty": ("", "not well-formed XML"),
    "other": ("<html/>", "line 1: the root is html, not ODM 1.3"),
    "no-metadata": (HEAD.replace('<MetaDataVersion OID="MDV.1" Name="M" '
                                 'def:DefineVersion="2.1.0">\n', "") + "</Study></ODM>",
                    "0 elements MetaDataVersion"),
    "version-1": (HEAD.replace("def/v2.1", "def/v1.0") + TAIL,
                  "line 8: MetaDataVersion has no def:DefineVersion of Define-XML 2.0 or 2.1"),
    "bomb": (HEAD.replace("<ODM ", BOMB + "<ODM ", 1).replace("A study", "&b;") + TAIL,
             "line 2: a document type"),
    "external": (HEAD.replace("<ODM ", '<!DOCTYPE ODM SYSTEM "file:///etc/passwd">\n<ODM ', 1)
                 + TAIL, "line 2: a document type"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_define_xml_is_refused(tmp_path, content, message):
    path = tmp_path / "define.xml"
    path.write_text(content)
    with pytest.raises(ConfigurationError, match=rf"define\.xml.*{message}"):
        read_define_xml(path)


def test_what_is_not_kept_is_remarked(tmp_path):
    body = BODY.replace(
        "<def:Class ", '<Alias Name="D" Context="DomainDescription"/><x:y xmlns:x="u"/><def:Class '
    ).replace('Length="8"', 'Length="8" Strange="1"')
    source = read_define_xml(define(tmp_path, body))
    assert source.remarks == (
        "define.xml: attribute Strange of ItemDef is not kept (1 of them)",
        "define.xml: element y is not kept (1 of them)",
    )
    assert one(source, "aliases") == {
        "element": "ItemGroupDef", "oid": "IG.LB", "context": "DomainDescription", "name": "D",
    }  # fmt: skip


PART = """<ItemGroupDef OID="IG.{0}" Name="{0}" Domain="LB" Repeating="Yes" IsReferenceData="No"
 Purpose="Tabulation" def:Structure="One"><ItemRef ItemOID="IT.T" OrderNumber="1" Mandatory="Yes"/>
<ItemRef ItemOID="IT.R" OrderNumber="2" Mandatory="No"/><def:Class Name="FINDINGS"/></ItemGroupDef>
"""
PARTS = f"""
<def:ValueListDef OID="VL.1"><ItemRef ItemOID="IT.V" OrderNumber="1" Mandatory="No">
<def:WhereClauseRef WhereClauseOID="WC.1"/></ItemRef></def:ValueListDef>
<def:WhereClauseDef OID="WC.1"><RangeCheck SoftHard="Soft" def:ItemOID="IT.T" Comparator="EQ">
<CheckValue>ALB</CheckValue></RangeCheck></def:WhereClauseDef>
{PART.format("LBCH")}{PART.format("LBHE")}
<ItemDef OID="IT.T" Name="LBTESTCD" DataType="text" Length="8"/>
<ItemDef OID="IT.R" Name="LBORRES" DataType="text" Length="20">
<def:ValueListRef ValueListOID="VL.1"/></ItemDef>
<ItemDef OID="IT.V" Name="ALB" DataType="integer" Length="3"/>
"""


def test_parts_of_a_domain_share_items_and_each_has_its_value_level(tmp_path):
    specification = read_define_xml(define(tmp_path, PARTS)).specification
    levels = [(r["dataset"], r["where_clause"]) for r in specification.table("value_level")]
    assert levels == [("LBCH", "1"), ("LBHE", "1.LBHE")]
    clauses = [(r["id"], r["dataset"]) for r in specification.table("where_clauses")]
    assert clauses == [("1", "LBCH"), ("1.LBHE", "LBHE")]


# where the pilot's workbook and define.xml disagree, or only one of them says a thing
PILOT_DIFFERENCES = {
    # the workbook leaves the model out of the name
    ("study", "StandardName", "value"): ("CDISC SDTM", "CDISC"),
    # the define.xml was made with the documents in a folder of their own
    ("documents", "blankcrf", "href"): ("cdiscpilot_docs/acrf.pdf", "acrf.pdf"),
    # the workbook has no column for the kind of a document
    ("documents", "blankcrf", "Document Kind"): ("AnnotatedCRF", ""),
}


def test_the_define_xml_of_the_pilot_agrees_with_its_workbook(shared):
    folder = shared / "data" / "specs"
    define_source = read_define_xml(folder / "SDTM_define.xml")
    assert (define_source.problems, define_source.remarks) == ((), ())
    ours = define_source.specification
    counts = {name: len(records) for name, records in ours.tables.items()}
    assert counts == {
        "study": 6, "datasets": 5, "variables": 100, "value_level": 7, "where_clauses": 7,
        "codelists": 123, "dictionaries": 3, "methods": 36, "comments": 8, "documents": 1,
        # ids of file and study, name of the metadata, system, and names of items of value level
        "xml_attributes": 12,
    }  # fmt: skip
    theirs = read_specification_workbook(folder / "SDTM_spec_CDISC_pilot.xlsx").specification
    compared, differences = 0, {}
    for name, table in read_layout().items():
        if name in ("value_level", "where_clauses", "xml_attributes"):
            continue
        by_key = {tuple(r[f] for f in table.unique): r for r in theirs.table(name)}
        for record in ours.table(name):
            key = tuple(record[field] for field in table.unique)
            other = by_key[key]
            compared += len(record.values)
            for field in {*record.values, *other.values}:
                if record[field] != other[field]:
                    differences[name, ".".join(key), field] = (record[field], other[field])
    assert differences == PILOT_DIFFERENCES
    assert compared == 1992


def by_meaning(specification):
    """Value level records by dataset, variable and the conditions of their clause.

    The ids of clauses are made otherwise in the workbook, and its order counts through the sheet.
    """
    clauses = {}
    for clause in specification.table("where_clauses"):
        condition = (clause["variable"], clause["comparator"], clause["value"])
        clauses.setdefault(clause["id"], set()).add(condition)
    return {
        (r["dataset"], r["variable"], frozenset(clauses[r["where_clause"]])): {
            field: text
            for field, text in r.values.items()
            if field not in {"where_clause", "order"}
        }
        for r in specification.table("value_level")
    }


def test_the_value_level_of_the_pilot_agrees_by_its_conditions(shared):
    folder = shared / "data" / "specs"
    ours = by_meaning(read_define_xml(folder / "SDTM_define.xml").specification)
    theirs = by_meaning(
        read_specification_workbook(folder / "SDTM_spec_CDISC_pilot.xlsx").specification
    )
    assert len(ours) == 7
    # the workbook leaves the descriptions of these empty; every other field is the same
    for key, record in ours.items():
        assert record.pop("description")
        assert record.pop("OID").startswith(f"IT.{key[0]}.{key[1]}.")
        assert theirs[key] == record


# name, domain and file of a dataset -> what is kept of the latter two
TOLD = {
    "as-the-name-says": ("AE", "AE", "ae.xpt", {}),
    "supplement": ("SUPPAE", "AE", "suppae.xpt", {}),
    "part-of-a-split": ("QSPH", "QS", "qsph.xpt", {"Domain": "QS"}),
    "another-file": ("AE", "AE", "ae.json", {"Location": "ae.json"}),
    "no-domain": ("ADSL", "", "adsl.xpt", {}),
}


@pytest.mark.parametrize(("name", "domain", "file", "kept"), TOLD.values(), ids=TOLD)
def test_domain_and_file_are_kept_where_the_name_does_not_tell_them(name, domain, file, kept):
    given = f' Domain="{domain}"' if domain else ""
    body = (
        f'<ItemGroupDef OID="IG.{name}" Name="{name}"{given}>'
        f'<def:leaf ID="LF.{name}" xlink:href="{file}">'
        f"<def:title>{file}</def:title></def:leaf></ItemGroupDef>"
    )
    stream = io.BytesIO((HEAD + body + TAIL).encode())
    (record,) = read_define_stream("x.xml", stream).specification.table("datasets")
    assert dict(record.values) == {"dataset": name, **kept}
    assert record.place == "x.xml line 9"


def test_a_stream_that_is_no_xml_is_named():
    with pytest.raises(ConfigurationError, match=r"x\.xml line 1: not well-formed"):
        read_define_stream("x.xml", io.BytesIO(b"<ODM"))
