"""A validation as SARIF 2.1.0, the format of code scanning."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from cdisc_tools import __version__
from cdisc_tools.metadata.checks import sentence
from cdisc_tools.metadata.identity import finding_hash
from cdisc_tools.model.findings import Check, Finding, RuleOutcome
from cdisc_tools.model.validation import Validation
from cdisc_tools.reports.findings import json_text
from cdisc_tools.reports.outcomes import BROKEN, RAN, rule_statuses
from cdisc_tools.reports.overview import used_checks

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "cdiscToolsFinding/v1"


def validation_sarif(validation: Validation) -> str:
    """Write one run: the checks as rules, a result a finding, what did not run as notifications.

    A finding is located in its dataset's file, where the record's number stands for the line, and
    by name (``AE.AETERM``). Its fingerprint is made of check, dataset, key and values, so that it
    stays when records move.
    """
    checks = _used(validation)
    places = {check_id: place for place, check_id in enumerate(checks)}
    run = {
        "tool": {
            "driver": {
                "name": "cdisc_tools",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(check) for check in checks.values()],
            }
        },
        "invocations": [_invocation(validation)],
        "artifacts": [{"location": _location(item.file)} for item in validation.datasets],
        "columnKind": "unicodeCodePoints",
        "results": list(_results(validation, checks, places)),
    }
    return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _used(validation: Validation) -> Mapping[str, Check]:
    """The checks that found something, and the rules that could be evaluated."""
    statuses = rule_statuses(validation.findings.outcomes)
    found = {check_id for check_id, _, _ in validation.findings.totals}
    checks = used_checks(validation.findings)
    return {
        name: check for name, check in checks.items() if name in found or statuses.get(name) == RAN
    }


def _rule(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "help": {"text": check.remedy or check.title},
        "defaultConfiguration": {"level": check.severity},
        "properties": {
            "authority": check.authority,
            "references": list(check.references),
            "tags": [name for name in (check.authority, *check.references) if name],
        },
    }


def _invocation(validation: Validation) -> dict[str, Any]:
    """Whether all rules could be evaluated, and what was not told one by one."""
    findings = validation.findings
    statuses = rule_statuses(findings.outcomes)
    # of a skipped rule one notification, of a broken one each
    told: dict[tuple[str, str], RuleOutcome] = {}
    for outcome in findings.outcomes:
        if outcome.status == statuses[outcome.rule_id] != RAN:
            place = outcome.dataset if outcome.status == BROKEN else ""
            told.setdefault((outcome.rule_id, place), outcome)
    notifications = [_notification(outcome, findings.checks) for outcome in told.values()]
    unlisted = len(findings) - len(findings.records)
    if unlisted:
        text = f"{unlisted} further findings are counted and not listed"
        notifications.append({"level": "note", "message": {"text": text}})
    successful = all(outcome.status != BROKEN for outcome in findings.outcomes)
    return {"executionSuccessful": successful, "toolExecutionNotifications": notifications}


def _notification(outcome: RuleOutcome, checks: Mapping[str, Check]) -> dict[str, Any]:
    on = f" on {outcome.dataset}" if outcome.dataset else ""
    text = f"{outcome.rule_id}{on} {outcome.status}: {outcome.reason}"
    told: dict[str, Any] = {
        "level": "error" if outcome.status == BROKEN else "note",
        "message": {"text": text},
    }
    if outcome.rule_id in checks:
        told["associatedRule"] = {"id": outcome.rule_id}
    return told


def _results(
    validation: Validation, checks: Mapping[str, Check], places: Mapping[str, int]
) -> Iterator[dict[str, Any]]:
    """A result a finding; findings that are alike are told apart by a number."""
    datasets = {item.name: (place, item.file) for place, item in enumerate(validation.datasets)}
    seen: Counter[str] = Counter()
    for finding in validation.findings:
        name = finding_hash(finding)
        seen[name] += 1
        result = {
            "ruleId": finding.check_id,
            "ruleIndex": places[finding.check_id],
            "level": checks[finding.check_id].severity,
            "message": {"text": sentence(finding, validation.findings.checks)},
            "locations": [_place(finding, datasets.get(finding.dataset))],
            "partialFingerprints": {FINGERPRINT: f"{name}:{seen[name]}"},
        }
        if validation.baseline is not None:
            result["baselineState"] = "new"
        yield result


def _place(finding: Finding, read: tuple[int, str] | None) -> dict[str, Any]:
    dataset = finding.dataset
    logical = [
        {"name": name, "fullyQualifiedName": f"{dataset}.{name}", "kind": "member"}
        for name in finding.variables
    ]
    if dataset and not logical:
        logical = [{"name": dataset, "fullyQualifiedName": dataset, "kind": "type"}]
    place: dict[str, Any] = {"logicalLocations": logical} if logical else {}
    if read is not None:
        number, file = read
        place["physicalLocation"] = {
            "artifactLocation": {**_location(file), "index": number},
            "region": {"startLine": finding.record or 1},
        }
    return place


def _location(file: str) -> dict[str, str]:
    """A file as a URI reference: relative to where the command was run, unless it is absolute."""
    path = PurePath(file)
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}
