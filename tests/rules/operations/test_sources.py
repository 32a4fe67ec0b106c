"""Where analysis records lead to: a record a line, with what must be found."""

import pandas as pd
import pytest

from cdisc_tools.model.rules import Operation
from cdisc_tools.rules.datasets import RuleDataset
from cdisc_tools.rules.errors import RuleError
from cdisc_tools.rules.operations import compute
from cdisc_tools.rules.study import RuleStudy

OPTIONS = {"sequence": "SRCSEQ", "keys": ["USUBJID"]}
RECORDS = [
    # USUBJID, SRCDOM, SRCSEQ, found
    ("01", "RS", 1.0, "Y"),
    ("01", "RS", 3.0, "N"),
    ("02", "RS", 1.0, "N"),
    ("02", "RS", 3.0, "Y"),
    ("01", "rs", 2.0, "Y"),
    ("01", "RS", None, None),
    ("01", None, 1.0, None),
    ("01", "DS", 1.0, None),
    ("01", "ADSL", 1.0, None),
    ("01", "ADRS", 7.0, "Y"),
    ("03", "ADRS", 7.0, "N"),
]


def dataset(name, **columns):
    frame = pd.DataFrame(columns).convert_dtypes()
    return RuleDataset.of_frame(name, frame)


RS = dataset("RS", DOMAIN=["RS"] * 3, USUBJID=["01", "01", "02"], RSSEQ=[1.0, 2.0, 3.0])
ADSL = dataset("ADSL", USUBJID=["01", "02", "03"])
ADRS = dataset("ADRS", USUBJID=["01", "02"], ASEQ=[7.0, 8.0])


def found(records, options):
    columns = list(zip(*(record[:3] for record in records), strict=True))
    adtte = dataset("ADTTE", USUBJID=columns[0], SRCDOM=columns[1], SRCSEQ=columns[2])
    operation = Operation("$found", "source_record_exists", "SRCDOM", options=options)
    study = RuleStudy((adtte, RS, ADSL, ADRS))
    column = compute(operation, adtte, adtte.table, study)
    return [column.record(place) for place in range(len(records))]


def test_each_record_leads_somewhere_or_not() -> None:
    assert found(RECORDS, OPTIONS) == [record[3] for record in RECORDS]


def test_one_record_alone() -> None:
    assert found(RECORDS[1:2], OPTIONS) == ["N"]


@pytest.mark.parametrize("options", [{"keys": ["USUBJID"]}, {"sequence": "SRCSEQ"}, {}])
def test_sequence_and_keys_are_needed(options) -> None:
    with pytest.raises(RuleError, match="needs a sequence and a list of keys"):
        found(RECORDS, options)
