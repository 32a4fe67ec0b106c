"""Operations of ours on the files that lie beside the datasets."""

from cdisc_tools.rules.columns import Column
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.operations.registry import Call, operation


@operation("has_file")
def has_file(call: Call) -> Column:
    """True when a file of this name lies beside the datasets, such as define.xml.

    Raises RuleSkipped where it isn't known what lies there, RuleError without a name.
    """
    name = call.operation.name
    if not name:
        raise RuleError(f"line {call.operation.line}: has_file names no file; give it a name")
    if call.study.files is None:
        raise RuleSkipped("it is not known which files lie beside the datasets")
    return call.constant(name in call.study.files)


@operation("has_variable_labels")
def has_variable_labels(call: Call) -> Column:
    """True when the dataset's file labels any of its variables; a CSV file labels none."""
    return call.constant(any(item.label for item in call.dataset.variables))
