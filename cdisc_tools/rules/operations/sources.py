"""Where an analysis record leads to: the record that SRCDOM and SRCSEQ name (ours)."""

import numpy as np

from cdisc_tools.rules.columns import Column, as_text
from cdisc_tools.rules.datasets import RuleDataset, look_up
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operations.registry import Call, operation
from cdisc_tools.rules.table import Places

_ANALYSIS = "AD"
_FOUND, _ABSENT = "Y", "N"


@operation("source_record_exists")
def source_record_exists(call: Call) -> Column:
    """Y where the dataset that the variable (SRCDOM) names has the record whose sequence number is
    that of ``sequence`` (SRCSEQ), with the record's values of ``keys``; N where it has not.

    The sequence number of an analysis dataset is ASEQ, that of another its domain's (AESEQ).
    Missing where the name or the number is, the dataset isn't there, or it has no such number.
    Raises RuleError without a sequence or keys.
    """
    sequence, keys = call.option("sequence"), call.option("keys")
    if not sequence or not isinstance(keys, list) or not keys:
        raise RuleError(
            f"line {call.operation.line}: source_record_exists needs a sequence and a list of keys"
        )
    names, numbers = call.table[call.operation.name], call.table[str(sequence)]
    answers = np.full(call.table.size, -1, dtype=np.int64)
    for code, name in enumerate(names.values):
        dataset = call.study.find(as_text(name).upper())
        number = _sequence_name(dataset) if dataset is not None else ""
        if dataset is None or number not in dataset.table:
            continue
        asked = np.flatnonzero((names.codes == code) & ~numbers.is_empty())
        if not len(asked):
            continue
        pairs = [(numbers.take(asked), dataset.table[number])]
        pairs += [(call.table[key].take(asked), dataset.table[key]) for key in keys]
        answers[asked] = _found(pairs, len(asked))
    return Column(answers, (_FOUND, _ABSENT))


def _sequence_name(dataset: RuleDataset) -> str:
    """Name the sequence number of a dataset."""
    if dataset.name.upper().startswith(_ANALYSIS):
        return "ASEQ"
    return f"{dataset.prefix or dataset.whole_name}SEQ"


def _found(pairs: list[tuple[Column, Column]], size: int) -> Places:
    """Return the place of the answer of each record that was looked up."""
    answers = np.ones(size, dtype=np.intp)
    answers[look_up(pairs)[0]] = 0
    return answers
