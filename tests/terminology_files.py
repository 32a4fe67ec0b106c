"""Writes a release of the terminology in each official layout, as NCI EVS and CDISC publish it."""

import csv
import io
import json
from xml.sax.saxutils import quoteattr

import openpyxl

from cdisc_tools.model.specs import Codelist, Term
from cdisc_tools.model.terminology import Release

HEADER = (
    "Code", "Codelist Code", "Codelist Extensible (Yes/No)", "Codelist Name",
    "CDISC Submission Value", "CDISC Synonym(s)", "CDISC Definition", "NCI Preferred Term",
)  # fmt: skip
TITLES = {"sdtm": "SDTM", "adam": "ADaM", "send": "SEND", "define-xml": "Define-XML"}
NCI = "http://ncicb.nci.nih.gov/xml/odm/EVS/CDISC"


def small_release(package="sdtm", date="2025-09-26"):
    """Two codelists by hand: one that may be extended, one that may not."""
    sex = Codelist("C66731", "SEX", "Sex", extensible=False, terms=(
        Term("C16576", "F", "Female", ("Female",)),
        Term("C20197", "M", "Male", ("Male", "Man")),
    ))  # fmt: skip
    unit = Codelist("C71620", "UNIT", "Unit", extensible=True, terms=(
        Term("C25613", "%", "Percentage"),
        Term("C105511", "10^9/L", "Billion per Liter", ("G/L", 'giga "per" L')),
        Term("C42576", "ug", "Microgram", ("mcg",)),
    ))  # fmt: skip
    return Release(package, date, (sex, unit))


def rows(release):
    """The rows of a release: a codelist's, then its terms'."""
    for one in release.codelists:
        extensible = "Yes" if one.extensible else "No"
        yield [one.code, "", extensible, one.name, one.short_name, one.name, "A list.", one.name]
        for term in one.terms:
            yield [
                term.code, one.code, "", one.name, term.submission_value,
                "; ".join(term.synonyms), "A term.", term.preferred_term,
            ]  # fmt: skip


def name(release):
    """The name of a release: that of its sheet and its archived file."""
    return f"{TITLES[release.package]} Terminology {release.date}"


def write_text(folder, release):
    path = folder / f"{name(release)}.txt"
    lines = ["\t".join(cells) for cells in (HEADER, *rows(release))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


def write_csv(folder, release):
    """CSV as the CDISC Library gives it, with the column Standard and Date."""
    path = folder / "ct.csv"
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([*HEADER, "Standard and Date"])
    standard = f"{TITLES[release.package]} CT {release.date}"
    writer.writerows([*cells, standard] for cells in rows(release))
    path.write_text(stream.getvalue(), encoding="utf-8-sig", newline="")
    return path


def write_excel(folder, release):
    path = folder / "terminology.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "ReadMe"
    book.active.append(["Column", "Description"])
    # a sheet name has 31 characters at most
    title = name(release)
    sheet = book.create_sheet(title if len(title) < 32 else title.replace("Terminology", "CT"))
    for cells in (HEADER, *rows(release)):
        sheet.append(cells)
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s" if cell.value else "n"
    book.save(path)
    return path


def write_xml(folder, release):
    path = folder / "terminology.odm.xml"
    title = f"CDISC {TITLES[release.package]} Controlled Terminology"
    oid = f"CDISC_CT.{TITLES[release.package]}.{release.date}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:nciodm="{NCI}" FileType="Snapshot"'
        f' FileOID="{oid}" ODMVersion="1.3.2" SourceSystemVersion="{release.date}">',
        f'<Study OID="{oid}"><GlobalVariables><StudyName>{title}</StudyName>',
        "<!-- <CodeList is no element here -->",
        f"<StudyDescription>{title}, {release.date}</StudyDescription></GlobalVariables>",
        '<MetaDataVersion OID="M" Name="M">',
    ]
    for one in release.codelists:
        lines += _xml_codelist(one)
    path.write_text("\n".join([*lines, "</MetaDataVersion></Study></ODM>"]) + "\n", "utf-8")
    return path


def _xml_codelist(one):
    extensible = "Yes" if one.extensible else "No"
    yield (
        f'<CodeList OID="CL.{one.code}" Name={quoteattr(one.name)} DataType="text" '
        f'nciodm:ExtCodeID="{one.code}" nciodm:CodeListExtensible="{extensible}">'
    )
    for term in one.terms:
        value = quoteattr(term.submission_value)
        yield f'<EnumeratedItem CodedValue={value} nciodm:ExtCodeID="{term.code}">'
        for synonym in term.synonyms:
            yield _element("CDISCSynonym", synonym)
        yield _element("CDISCDefinition", "A term.")
        yield _element("PreferredTerm", term.preferred_term)
        yield "</EnumeratedItem>"
    yield _element("CDISCSubmissionValue", one.short_name)
    yield "</CodeList>"


def _element(tag, text):
    return f"<nciodm:{tag}>{quoteattr(text)[1:-1]}</nciodm:{tag}>"


def write_json(folder, release, indent=1):
    path = folder / "package.json"
    content = {
        "name": f"{TITLES[release.package]} CT {release.date}",
        "version": release.date,
        "codelists": [
            {
                "conceptId": one.code,
                "extensible": str(one.extensible).lower(),
                "name": one.name,
                "submissionValue": one.short_name,
                "synonyms": [one.name],
                "terms": [
                    {
                        "conceptId": term.code,
                        "submissionValue": term.submission_value,
                        "preferredTerm": term.preferred_term,
                        **({"synonyms": list(term.synonyms)} if term.synonyms else {}),
                    }
                    for term in one.terms
                ],
            }
            for one in release.codelists
        ],
    }
    path.write_text(json.dumps(content, indent=indent, ensure_ascii=False), encoding="utf-8")
    return path


WRITERS = {
    "text": write_text, "csv": write_csv, "excel": write_excel, "xml": write_xml,
    "json": write_json,
}  # fmt: skip
