"""Folders and archives of small rules with their cases."""

import zipfile
from pathlib import Path

RULE = """\
Core: {{Id: {rule_id}, Version: "1", Status: Draft}}
Rule Type: Record Data
Sensitivity: Record
Scope: {{Domains: {{Include: [AE]}}}}
Check: {{all: [{{name: AESER, operator: {operator}, value: "{value}"}}]}}
Outcome: {{Message: "{message}", Output Variables: [AESER]}}
Authorities:
  - Organization: ACME
    Standards: [{{Name: SDTMIG, Version: "3.4", References: [{{Rule Identifier: {{Id: A-1}}}}]}}]
"""
DATA = {
    "data/.env": "PRODUCT=SDTMIG\nVERSION=3-4\n",
    "data/_datasets.csv": "Filename,Label\nae,Adverse Events\n",
    "data/_variables.csv": "dataset,variable,label,type,length\n",
    "data/ae.csv": "DOMAIN,USUBJID,AESER\nAE,1,Y\nAE,2,N\n",
}
HEADER = "Dataset,Record,Variable,Value\n"


def rule_text(rule_id, *, operator="equal_to", value="Y", message="Wrong."):
    return RULE.format(rule_id=rule_id, operator=operator, value=value, message=message)


def case(results="", **data):
    """The files of a case; the data are AESER Y in record 1, N in record 2."""
    files = {**DATA, **{f"data/{name}.csv": text for name, text in data.items()}}
    return files | {"results/results.csv": HEADER + results}


def write_rules(folder, rules, cases=None):
    """Write rules by id, and the cases of each by name (``negative/01``)."""
    for rule_id, text in rules.items():
        (folder / rule_id).mkdir(parents=True)
        (folder / rule_id / "rule.yml").write_text(text, encoding="utf-8")
    for rule_id, named in (cases or {}).items():
        for name, files in named.items():
            for file, text in files.items():
                path = folder / rule_id / name / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return folder


def zipped(folder, path):
    """Put a folder into an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(folder.parent).as_posix())
    return path
