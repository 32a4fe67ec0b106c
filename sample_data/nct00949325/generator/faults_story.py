"""The list of fault applications. Each place is `sheet or file|row key|column key`."""

from __future__ import annotations

from datetime import datetime, time

from .faults import Faults
from .faults_labs import laboratory
from .model import Raw
from .subjects import BY_NO
from .treatment import PLD, TEM

AE, CM, DV, LV = ("redcap_ae.csv", "redcap_conmed.csv", "redcap_deviations.csv", "redcap_lvef.csv")
NBSP = "\u00a0"


def dates(faults: Faults) -> None:
    """Faults of dates."""
    faults.respell(
        "partial_date_un_unk", {"MedHistory|16/2|start": "un_unk", f"{CM}|10/4|start": "un_unk"}
    )
    faults.respell(
        "partial_date_month_unk",
        {f"{CM}|9/5|start": "unk_month", "MedHistory|11/3|start": "unk_month"},
    )
    faults.respell("partial_date_glued", {f"{CM}|10/9|start": "unk_glued"})
    faults.respell(
        "partial_date_un_month",
        {
            f"{AE}|12/1|start": "un_month",
            "Diagnosis|11|initial": "un_month",
            "PriorTherapy|13/1|start": "un_month",
        },
    )
    faults.put("partial_date_year_only", "MedHistory|9/3|start", Raw(2004))
    faults.put_all(
        "edc_imputed_date",
        {
            f"{AE}|12/1|start_imp": "1/15/10",
            f"{CM}|10/4|start_imp": "7/1/07",
            f"{CM}|9/5|start_imp": "6/6/10",
            f"{CM}|10/9|start_imp": "11/15/10",
            f"{CM}|13/6|start_imp": "2/15/10",
        },
    )
    faults.respell(
        "mixed_date_formats",
        {
            f"{CM}|12/7|start": "dotted",
            f"{CM}|15/8|start": "dmony2",
            f"{CM}|11/6|start": "ydotted",
            f"{CM}|10/8|start": "compact",
            f"{CM}|2/5|start": "date9",
            f"{AE}|14/3|start": "date9",
            "TargetLesions|12/281|scan": "ydotted",
            "NonTarget|14/169/1|scan": "dotted",
            "Enrollment|6|enrolled": "dmony2",
        },
    )
    faults.put_all("impossible_date", {f"{CM}|13/6|start": "2010-02-60"})
    faults.put_all("feb29_non_leap_year", {f"{AE}|9/6|end": "2011-02-29"})
    faults.put_all("year_0000", {"MedHistory|2/2|start": "0000-11-01"})
    faults.put_all("time_in_date_column", {f"{CM}|7/5|end": "47:45"})
    pneumonitis = faults.tables[AE].find("5/10").values["start"]
    faults.put("datetime_in_date_column", f"{AE}|5/10|start", Raw(f"{pneumonitis} 14:30:00"))
    for key, clock in (("12/C1D8/Tem", time(10, 5)), ("11/C2D1/Tem", time(9, 40))):
        when = BY_NO[int(key.split("/")[0])].on(8 if "D8" in key else 29)
        faults.put(
            "datetime_in_date_column", f"DrugAdmin|{key}|date", Raw(datetime.combine(when, clock))
        )
    faults.respell(
        "excel_serial_text", {"Survival|11/1|contact": "serial", "Survival|2/1|contact": "serial"}
    )
    serial = faults.tables["Survival"].find("10/2")
    faults.respell("excel_serial_fraction", {"Survival|10/2|contact": "serial"})
    half = serial.values["contact"]
    assert isinstance(half, Raw)
    serial.values["contact"] = Raw(f"{half.value}.5")
    faults.log.pop()
    faults.note("excel_serial_fraction", faults.tables["Survival"], serial, "contact")
    faults.put_all(
        "redcap_missing_code", {f"{AE}|3/8|end": "-5", f"{AE}|1/6|end": "-8", f"{CM}|5/9|end": "-8"}
    )
    faults.swap("dates_swapped", "Enrollment", "9", "consent", "screening", "Consent comes first.")
    faults.swap("end_before_start", CM, "4/7", "start", "end")
    for key in ("14/339", "9/113"):
        report = faults.tables["TargetLesions"].find(key).values["report"]
        faults.put("report_date_as_scan_date", f"Response|{key}|assessed", report)
    faults.swap("scan_report_swapped", "TargetLesions", "13/285", "scan", "report")


def people(faults: Faults) -> None:
    """Faults of subjects, sites, visits and yes/no fields."""
    faults.put_all(
        "unk_in_yes_no", {"MedHistory|13/2|ongoing": "UNK", "Survival|6/1|new_therapy": "UNK"}
    )
    faults.put_all(
        "raw_code_among_labels",
        {
            "Demographics|3|sex": 1,
            "Demographics|10|sex": 2,
            "Demographics|14|sex": "1",
            "NewLesions|13/57|new": 0,
        },
    )
    faults.put_all(
        "yes_no_variant",
        {
            "Enrollment|4|eligible": "Yes",
            "Enrollment|10|eligible": "y",
            "Diagnosis|6|measurable": "Y",
            f"{AE}|4/2|serious": "no",
        },
    )
    faults.put_all(
        "subject_id_variant",
        {
            "Vitals|8/C2D1|subject": "TLD-01",
            f"DrugAdmin|12/C3D8/{TEM[:3]}|subject": "tld-003 ",
            "TargetLesions|12/394|subject": "TLD003",
            f"{AE}|11/4|record_id": "TLD-008 ",
            f"{CM}|2/2|record_id": "tld-010",
            "labs.xpt|14/C2D1/ALT|subject": "TLD013",
            "Response|13/229|subject": "TLD 004",
            "Survival|9/2|subject": "tld-014",
            "Biopsies|10/After|subject": "TLD-09",
        },
    )
    faults.put_all(
        "site_id_variant",
        {
            "Enrollment|4|site": "S-01",
            "Enrollment|14|site": "1",
            "Enrollment|2|site": "Site 02",
            "Demographics|9|site": "s03 ",
            "Demographics|15|site": "02",
            "labs.xpt|11/C1D1/WBC|site": "S3",
        },
    )
    faults.put_all(
        "visit_label_variant",
        {
            "Vitals|10/C3D1|visit": "Cycle 3 Day 1",
            "Vitals|13/C5D1|visit": "C5 D1",
            "TargetLesions|14/113|visit": "Wk 16",
            "Response|15/171|visit": "week 24",
            "TargetLesions|9/base|visit": "BASELINE",
        },
    )
    for name, key in (("Demographics", "7"), ("Enrollment", "11")):
        faults.copy("duplicate_subject_row", name, key)
    faults.stranger("unknown_subject", "Vitals", "9/C2D1", "TLD-021")
    faults.stranger("unknown_subject", CM, "3/2", "TLD-099")


def layout(faults: Faults) -> None:
    """Faults of headers, footers, blank and coloured rows, encodings."""
    faults.header("duplicate_column_name", "Demographics", 1, "site_copy", "Site")
    faults.header("duplicate_column_name", "OffStudy", 1, "study_reason", "Reason")
    faults.header("header_whitespace", "Vitals", 1, "weight", "Weight (kg) ")
    faults.header("header_whitespace", "Biopsies", 2, "ps6", "pS6\n(H-score)")
    faults.header("two_row_header", "TargetLesions", 2, "", "TL1 over Site, Size (mm)")
    for name in ("Enrollment", "PriorTherapy", "TargetLesions", "Biopsies"):
        faults.header("title_row", name, 1, "", faults.tables[name].title)
    faults.blank("DrugAdmin", "13/C4D22/Tem")
    faults.blank("Vitals", "15/C10D1")
    faults.blank("TargetLesions", "13/512")
    faults.fill("DrugAdmin", "10/C2D8/Tem", "10/C2D15/Tem", "14/C6D1/Tem")
    faults.footer("Enrollment", "Total enrolled: 18", "Exported by data manager (synthetic)")
    faults.footer(
        "DrugAdmin",
        "Legend: yellow fill = infusion given at a satellite clinic",
        "Total rows exported; see pharmacy log",
    )
    faults.footer(
        "TargetLesions",
        "TSTM = too small to measure; NE = not evaluable",
        "Exported by data manager (synthetic)",
    )
    faults.footer("Survival", "Total")
    faults.header("file_encoding", CM, 1, "record_id", "UTF-8 with byte order mark, CRLF")
    faults.put(
        "file_encoding",
        f"{DV}|9|text",
        Raw("SAE reported to sponsor after 48 hours \u2013 na\u00efve reporter"),
        "Windows-1252: en dash and i with diaeresis.",
    )
    faults.put(
        "newline_in_field",
        f"{DV}|3|text",
        Raw("Platelet count not available before infusion\n(sample clotted)"),
    )


def lesions(faults: Faults) -> None:
    """Faults of lesions and responses."""
    faults.copy("duplicate_lesion_row", "TargetLesions", "15/284")
    faults.put_all(
        "lesion_cm_with_unit",
        {
            "TargetLesions|12/225|size1": "3.4 cm",
            "TargetLesions|11/base|size1": "4.8cm",
            "TargetLesions|2/52|size1": "5.2 cm",
            "TargetLesions|14/226|size2": "2.0 CM",
        },
    )
    faults.put("lesion_cm_bare", "TargetLesions|14/623|size3", Raw(1.5), "It is 15 mm.")
    faults.put_all(
        "lesion_too_small",
        {
            "TargetLesions|15/567|size2": "too small to measure",
            "TargetLesions|15/623|size2": "TSTM",
            "TargetLesions|15/680|size2": "too small to measure",
            "TargetLesions|15/799|size2": "Too small to measure",
        },
    )
    faults.put_all(
        "lesion_not_assessed",
        {
            "TargetLesions|10/227|size2": "NE",
            "TargetLesions|10/227|size3": "not done",
            "TargetLesions|10/227|sum": "NE",
        },
    )
    faults.swap(
        "lesion_relabelled",
        "TargetLesions",
        "14/395",
        "site2",
        "site3",
        "TL2 and TL3 stand in each other's columns, site and size.",
    )
    faults.swap(
        "lesion_relabelled",
        "TargetLesions",
        "14/395",
        "size2",
        "size3",
        "TL2 and TL3 stand in each other's columns, site and size.",
    )
    faults.put_all(
        "lesion_relabelled",
        {"TargetLesions|8/117|site1": "RLL lung", "TargetLesions|13/456|site2": "RUL lung nodule"},
    )
    faults.put("site_sum_wrong", "TargetLesions|9/113|sum", Raw(63), "It is 53.")
    faults.put("site_sum_wrong", "TargetLesions|11/226|sum", Raw(76), "It is 67.")
    faults.put("formula_error", "TargetLesions|15/454|sum", Raw("#REF!"))
    faults.put("formula_error", "Vitals|14/C3D1|bsa", Raw("#N/A"))
    faults.put_all(
        "response_text",
        {
            "Response|14/282|overall": "stable",
            "Response|13/343|overall": "SD?",
            "Response|10/114|overall": "PR (unconf)",
            "Response|9/57|target": "Stable disease",
        },
    )
    faults.put(
        "investigator_disagrees",
        "Response|12/168|overall",
        Raw("PR"),
        "PFS and SD or better for 60 days do not depend on it.",
    )


def medical(faults: Faults) -> None:
    """Faults of vital signs, drugs, events and laboratory results."""
    weight = faults.tables["Vitals"]
    for kind, key, text in (
        ("weight_lb_with_unit", "11/C3D1", True),
        ("weight_lb_with_unit", "2/C2D1", True),
        ("weight_lb_bare", "13/C6D1", False),
    ):
        kilo = weight.find(key).values["weight"]
        assert isinstance(kilo, float)
        pounds = round(kilo / 0.45359237, 1)
        faults.put(kind, f"Vitals|{key}|weight", Raw(f"{pounds} lb" if text else pounds))
    faults.put_all("height_inches", {"Vitals|2/Screening|height": "72.8 in"})
    faults.put_all(
        "height_metres", {"Vitals|3/Screening|height": 1.75, "Vitals|6/Screening|height": "1.71 m"}
    )
    faults.put_all("temp_fahrenheit", {"Vitals|5/C2D1|temp": 98.6})
    faults.put_all(
        "decimal_comma", {"Vitals|9/C1D1|weight": "66,5", "labs.xpt|7/Screening/HGB|result": "12,5"}
    )
    faults.put("mgm2_in_mg_column", "DrugAdmin|8/C3D8/Tem|given", Raw(20))
    faults.put("mgm2_in_mg_column", "DrugAdmin|15/C2D1/Lip|given", Raw(30))
    dosed = faults.tables["DrugAdmin"].find("13/C2D8/Tem").values["given"]
    faults.put_all(
        "dose_wrong_unit",
        {
            "DrugAdmin|13/C2D8/Tem|given": f"{dosed} g",
            f"{CM}|18/2|dose": "8 g",
            f"{CM}|14/4|unit": "g",
        },
    )
    faults.put_all(
        "misspelt_drug",
        {
            f"{CM}|12/6|name": "PARCETEMOL",
            f"{CM}|9/2|name": "Ondanseteron",
            "DrugAdmin|11/C4D15/Tem|drug": "Temsirolmus",
        },
    )
    faults.put_all(
        "drug_synonym",
        {
            "DrugAdmin|14/C3D8/Tem|drug": "Torisel",
            "DrugAdmin|12/C3D1/Lip|drug": "Doxil",
            "PriorTherapy|2/2|agent": "Adriamycin",
            f"{CM}|10/5|name": "Tylenol",
        },
    )
    faults.put_all(
        "trailing_space_or_case",
        {
            "DrugAdmin|9/C2D1/Tem|drug": f"{TEM.lower()} ",
            "DrugAdmin|4/C2D1/Lip|drug": PLD.upper(),
            "PriorTherapy|7/1|agent": "doxorubicin ",
        },
    )
    faults.put_all(
        "non_breaking_space",
        {
            f"{AE}|4/3|term": f"Platelet{NBSP}count decreased",
            "DrugAdmin|11/C3D15/Tem|subject": f"TLD-008{NBSP}",
            "DrugAdmin|15/C5D8/Tem|drug": f"Temsirolimus{NBSP}",
        },
    )
    faults.copy("duplicate_ae_row", AE, "15/5", after="15/7")
    faults.copy("duplicate_ae_row", AE, "11/8")
    faults.put_all(
        "misspelt_ae_term",
        {
            f"{AE}|9/3|term": "Diarhhea",
            f"{AE}|10/4|term": "Neutrophil count decrased",
            f"{AE}|7/4|term": "mucositis oral",
        },
    )
    faults.put_all("grade_range", {f"{AE}|10/1|grade": "2-3"})
    faults.put_all(
        "outside_codelist",
        {
            "DrugAdmin|10/C1D8/Tem|route": "IVPB",
            f"{CM}|9/7|route": "IVPB",
            "Demographics|16|sex": "unk",
        },
    )
    faults.put_all("range_in_number", {f"{LV}|9/2|value": "60-65"})
    laboratory(faults)


def apply(faults: Faults) -> None:
    """All of them."""
    for part in (dates, people, lesions, medical, layout):
        part(faults)
    faults.merges()
