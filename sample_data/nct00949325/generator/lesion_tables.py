"""Sheets TargetLesions, NonTarget, NewLesions and Response."""

from __future__ import annotations

from .lesions import TARGETS, Scan
from .model import Cell, Col, Table

FILE = "crf_export.xlsx"
NUMBERS = (1, 2, 3, 4, 5)


def target_table(scans: list[Scan]) -> Table:
    """Wide: a line for each scan, five lesions side by side under a two-row header."""
    columns = [
        Col("subject", "Subject ID"),
        Col("visit", "Visit", meaning="Baseline, Week n (planned every 8 weeks) or Unscheduled"),
        Col("scan", "Scan Date", "date", "date of imaging; this is the assessment date"),
        Col("report", "Report Date", "dmyslash", "date of the radiology report, not of the scan"),
        Col("method", "Method", meaning="CT or MRI"),
    ]
    for number in NUMBERS:
        group = f"TL{number}"
        columns.append(
            Col(f"site{number}", "Site", meaning=f"site of target lesion {number}", group=group)
        )
        columns.append(
            Col(
                f"size{number}",
                "Size (mm)",
                "num",
                f"longest diameter (short axis for a node) of target lesion {number}",
                group,
            )
        )
    columns += [
        Col("sum", "Sum (site)", "num", "sum as computed by the site; recompute, do not trust"),
        Col("comment", "Comments"),
    ]
    table = Table(
        FILE,
        "TargetLesions",
        columns,
        "target lesions, a row per scan",
        title="Target lesions (RECIST 1.1) - sizes in mm",
        header_row=2,
        header_rows=2,
    )
    for scan in scans:
        cells: dict[str, Cell] = {
            "subject": scan.subject.sid,
            "visit": scan.visit,
            "scan": scan.scan_date,
            "report": scan.report_date,
            "method": scan.method,
            "sum": scan.total,
        }
        from_sites = TARGETS[scan.subject.no][0]
        for number, (site, size) in enumerate(zip(from_sites, scan.sizes, strict=True), 1):
            cells[f"site{number}"] = site
            cells[f"size{number}"] = size
        if scan.subject.no == 10 and scan.day == 227:
            cells["comment"] = "Motion artefact, TL2 and TL3 not assessable"
        table.add(scan.key, scan.subject.no, **cells)
    return table


def non_target_table(scans: list[Scan]) -> Table:
    """A line for each non-target lesion and scan; Subject ID merged over the subject's block."""
    table = Table(
        FILE,
        "NonTarget",
        [
            Col("subject", "Subject ID", meaning="merged over the rows of the subject"),
            Col("visit", "Visit"),
            Col("scan", "Scan Date", "dmony"),
            Col("number", "NT No.", meaning="NT1, NT2"),
            Col("site", "Site"),
            Col(
                "status",
                "Status",
                meaning="Present, Absent, Unequivocal progression, Not evaluated",
            ),
            Col("comment", "Comments"),
        ],
        "non-target lesions, a row per lesion and scan",
        merge_column="subject",
    )
    for scan in scans:
        for number, (site, status) in enumerate(scan.non_targets.items(), 1):
            comment = (
                "Substantial increase, change of therapy needed"
                if status == "Unequivocal progression"
                else None
            )
            table.add(
                f"{scan.key}/{number}",
                scan.subject.no,
                subject=scan.subject.sid,
                visit=scan.visit,
                scan=scan.scan_date,
                number=f"NT{number}",
                site=site,
                status=status,
                comment=comment,
            )
    return table


def new_lesion_table(scans: list[Scan]) -> Table:
    """A line for each scan after baseline."""
    table = Table(
        FILE,
        "NewLesions",
        [
            Col("subject", "Subject ID"),
            Col("visit", "Visit"),
            Col("scan", "Scan Date", "date"),
            Col("new", "New Lesion?", meaning="Yes / No"),
            Col("site", "Site"),
            Col("description", "Description"),
            Col("method", "Method"),
        ],
        "new lesions, a row per scan after baseline",
    )
    for scan in scans:
        if not scan.is_baseline:
            site, text = scan.new_lesion or (None, None)
            table.add(
                scan.key,
                scan.subject.no,
                subject=scan.subject.sid,
                visit=scan.visit,
                scan=scan.scan_date,
                new="Yes" if scan.new_lesion else "No",
                site=site,
                description=text,
                method=scan.method,
            )
    return table


def response_table(scans: list[Scan]) -> Table:
    """The investigator's assessment of each scan after baseline."""
    table = Table(
        FILE,
        "Response",
        [
            Col("subject", "Subject ID"),
            Col("visit", "Visit"),
            Col("assessed", "Assessment Date", "iso", "date of the scan"),
            Col("target", "Target Response", meaning="CR, PR, SD, PD, NE"),
            Col("non_target", "Non-Target Response", meaning="CR, Non-CR/Non-PD, PD, NE, NA"),
            Col("new", "New Lesions", meaning="Yes / No"),
            Col("overall", "Overall Response", meaning="CR, PR, SD, PD, NE"),
            Col("investigator", "Investigator", meaning="initials, invented"),
        ],
        "investigator's response, a row per scan after baseline",
    )
    initials = {"01": "AB", "02": "CD", "03": "EF"}
    for scan in scans:
        if not scan.is_baseline:
            table.add(
                scan.key,
                scan.subject.no,
                subject=scan.subject.sid,
                visit=scan.visit,
                assessed=scan.scan_date,
                target=scan.target,
                non_target=scan.non_target or "NA",
                new="Yes" if scan.new_lesion else "No",
                overall=scan.overall,
                investigator=initials[scan.subject.site],
            )
    return table


def lesion_tables(scans: list[Scan]) -> list[Table]:
    """All four."""
    return [
        target_table(scans),
        non_target_table(scans),
        new_lesion_table(scans),
        response_table(scans),
    ]
