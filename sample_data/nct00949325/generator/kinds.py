"""The kinds of fault, in the order of their ids, and what a reader must do with each."""

from __future__ import annotations

KINDS = {
    "partial_date_un_unk": "Day and month unknown: keep the year only (YYYY).",
    "partial_date_month_unk": "Month unknown, day known: YYYY---DD, or the year only.",
    "partial_date_glued": "Day unknown, written without separators: keep YYYY-MM.",
    "partial_date_un_month": "Day unknown: keep YYYY-MM.",
    "partial_date_year_only": "A bare year (number cell), not an Excel serial: keep YYYY.",
    "edc_imputed_date": "Date imputed by the EDC beside a partial one: do not use it.",
    "mixed_date_formats": "Another spelling of the date than in the rest of the column: same date.",
    "impossible_date": "Day 60 does not exist, so this is no date: the variable is missing, the "
    "text stands in the finding; query.",
    "feb29_non_leap_year": "29 February of a non-leap year is no date: the variable is missing, "
    "the text stands in the finding; query.",
    "year_0000": "Year 0000 is no year: treat as missing and raise a query.",
    "time_in_date_column": "A duration or time in a date column: treat as missing, query.",
    "datetime_in_date_column": "Date with time among dates: use the date, the time is real.",
    "excel_serial_text": "Excel serial number as text (days since 1899-12-30): convert.",
    "excel_serial_fraction": "Excel serial with a fraction (time of day): convert, keep the date.",
    "redcap_missing_code": "REDCap missing code (-5, -8) in a date field: missing.",
    "dates_swapped": "Two dates stand in each other's column: the order of events shows it.",
    "end_before_start": "Start and end exchanged (end before start): query; swap if confirmed.",
    "report_date_as_scan_date": "Date of the report instead of the scan: take the date of "
    "TargetLesions / Scan Date.",
    "scan_report_swapped": "Scan and report date exchanged (report before scan): NewLesions has "
    "the scan date.",
    "unk_in_yes_no": "UNK in a yes/no field: unknown, neither yes nor no.",
    "raw_code_among_labels": "Raw code among labels: decode with sheet Codes.",
    "yes_no_variant": "Another spelling of yes or no.",
    "duplicate_column_name": "Two columns have the same name: tell them apart by position.",
    "header_whitespace": "Trailing space or line break in the header.",
    "subject_id_variant": "Another spelling of the subject id: normalise to TLD-nnn.",
    "site_id_variant": "Another spelling of the site id: normalise to Snn.",
    "visit_label_variant": "Another spelling of the visit.",
    "sheet_footer": "Footer under the data: not a record.",
    "merged_subject_cell": "Merged cell, value only at the top: fill down within the block.",
    "two_row_header": "Header in two rows, the first merged over its columns: combine.",
    "title_row": "Title above the header: skip.",
    "blank_row": "Blank row within the data: skip, the data go on.",
    "colour_only_meaning": "Meaning given by the fill colour only (legend in the footer): read "
    "the fill; it does not change the dose.",
    "duplicate_ae_row": "Exact copy of an adverse event: drop one.",
    "duplicate_lesion_row": "Exact copy of a scan: drop one.",
    "duplicate_subject_row": "Exact copy of a subject's row: drop one.",
    "duplicate_lab_record": "Exact copy of a laboratory record: drop one.",
    "unknown_subject": "Subject is not in Enrollment: exclude from the datasets and query.",
    "lesion_cm_with_unit": "Centimetres with the unit in the text: multiply by 10.",
    "lesion_cm_bare": "Bare centimetres in a mm column (< 5 mm is implausible, and the site's sum "
    "has the mm): times 10 after a query; the response is SD either way.",
    "lesion_too_small": "Too small to measure: 5 mm (RECIST 1.1).",
    "lesion_not_assessed": "Not assessed: missing, not 0; the time point is NE.",
    "lesion_relabelled": "Lesions exchanged or site reworded against the baseline: match by site.",
    "site_sum_wrong": "Sum of the site is wrong: recompute from the lesions.",
    "formula_error": "Excel error text instead of a value: missing; recompute if derived.",
    "response_text": "Free text instead of the codelist: stable and SD? are SD, PR (unconf) is "
    "PR at the time point.",
    "investigator_disagrees": "Investigator's overall response is not the one of the lesions: "
    "keep as collected, derive anew, report. (PR earlier, sum now above "
    "70 % of baseline: derived SD.)",
    "weight_lb_with_unit": "Pounds with the unit in the text: times 0.45359237.",
    "weight_lb_bare": "Bare pounds in a kg column: the subject's other weights show it; convert "
    "after a query.",
    "height_inches": "Inches in a cm column: times 2.54.",
    "height_metres": "Metres in a cm column: times 100.",
    "temp_fahrenheit": "Fahrenheit in a Celsius column: (F - 32) / 1.8.",
    "mgm2_in_mg_column": "mg/m2 in the mg column: times BSA of the row; Planned Dose (mg) agrees.",
    "dose_wrong_unit": "Impossible unit (g): it is mg; query.",
    "misspelt_drug": "Misspelt drug.",
    "drug_synonym": "Brand name or synonym of the drug.",
    "trailing_space_or_case": "Trailing space and lower case in a coded text.",
    "non_breaking_space": "Non-breaking space (U+00A0) in the text: treat as a space or strip.",
    "misspelt_ae_term": "Misspelt CTCAE term.",
    "grade_range": "Grade given as a range: query; the higher grade is the cautious reading.",
    "outside_codelist": "Term outside the codelist: map (IVPB is intravenous) or unknown.",
    "lab_below_limit": "Below the limit of quantification: keep the text, no number.",
    "lab_not_done": "Not done or not available: no result.",
    "decimal_comma": "Decimal comma: a point.",
    "thousands_separator": "Number as text with a thousands separator: remove it.",
    "lab_unit_variant": "Other unit or spelling of the unit; the range of the record is in it.",
    "range_in_number": "A range in a numeric field: keep the text, no number.",
    "file_encoding": "The file is not plain UTF-8 (BOM or Windows-1252).",
    "newline_in_field": "Line break within a quoted field.",
}
IDS = {kind: f"F{number:02d}" for number, kind in enumerate(KINDS, 1)}
