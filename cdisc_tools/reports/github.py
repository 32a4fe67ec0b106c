"""A validation as workflow commands of GitHub Actions, which show them as annotations."""

from collections import Counter
from collections.abc import Iterator

from cdisc_tools.metadata.checks import SEVERITIES, check_of, sentence
from cdisc_tools.model.findings import Finding, Findings
from cdisc_tools.model.validation import Validation
from cdisc_tools.reports.findings import totals_line
from cdisc_tools.reports.outcomes import BROKEN

# annotations of one kind that a step shows
PER_KIND = 10
_Group = tuple[str, str, tuple[str, ...]]
COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def validation_github(validation: Validation) -> str:
    """Write one annotation for each check, dataset and variables, and one with the totals.

    GitHub shows ten errors, ten warnings and ten notices of a step, so that more of a kind are
    left out and counted in the last line, which is a notice itself. Broken rules come first, then
    one annotation of every check before the second of any.
    """
    room = {"error": PER_KIND, "warning": PER_KIND, "notice": PER_KIND - 1}
    lines, left_out = [], 0
    for command, line in (*_broken(validation), *_found(validation)):
        room[command] -= 1
        if room[command] >= 0:
            lines.append(line)
        else:
            left_out += 1
    total = totals_line(validation.findings)
    if left_out:
        total += f"; {left_out} further annotations are left out"
    lines.append(_command("notice", "", "cdisc-tools", total))
    return "\n".join(lines) + "\n"


def _broken(validation: Validation) -> Iterator[tuple[str, str]]:
    files = {item.name: item.file for item in validation.datasets}
    for outcome in validation.findings.outcomes:
        if outcome.status == BROKEN:
            text = f"The rule could not be evaluated: {outcome.reason}"
            title = f"{outcome.rule_id} broken"
            yield "error", _command("error", files.get(outcome.dataset, ""), title, text)


def _found(validation: Validation) -> Iterator[tuple[str, str]]:
    findings = validation.findings
    files = {item.name: item.file for item in validation.datasets}
    first: dict[_Group, Finding] = {}
    for finding in findings:
        first.setdefault((finding.check_id, finding.dataset, finding.variables), finding)
    for key, count in _in_turn(findings):
        check = check_of(key[0], findings.checks)
        title = f"{check.id} {key[1]}: {check.title} ({count})"
        example = sentence(first[key], findings.checks) if key in first else check.title
        command = COMMANDS[check.severity]
        yield command, _command(command, files.get(key[1], ""), title, example)


def _in_turn(findings: Findings) -> list[tuple[_Group, int]]:
    """The totals by severity, each check in turn."""
    turns: Counter[str] = Counter()
    ranked = []
    for key, count in findings.totals.items():
        severity = check_of(key[0], findings.checks).severity
        ranked.append(((SEVERITIES.index(severity), turns[key[0]]), (key, count)))
        turns[key[0]] += 1
    return [group for _, group in sorted(ranked, key=lambda item: item[0])]


def _command(command: str, file: str, title: str, text: str) -> str:
    named = {"file": file, "title": title}
    properties = ",".join(f"{name}={_property(value)}" for name, value in named.items() if value)
    return f"::{command} {properties}::{_data(text)}"


def _data(text: str) -> str:
    """Escape what ends a message.

    >>> _data("50 %\\n")
    '50 %25%0A'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape what ends a property.

    >>> _property("AE: a, b")
    'AE%3A a%2C b'
    """
    return _data(text).replace(":", "%3A").replace(",", "%2C")
