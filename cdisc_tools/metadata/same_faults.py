"""Which faults a published rule and a schema both see, so that they are reported once."""

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.errors import ConfigurationError

DATASET, VARIABLE = "dataset", "variable"

SameFaults = Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def read_same_faults() -> tuple[SameFaults, SameFaults]:
    """Read ``specs/same_faults.csv``: the schema checks that see the fault of a rule.

    The first are those that see it in the same dataset, whatever the variable that they name, the
    second those that see it in the same variable of the dataset. Raises ConfigurationError for
    a line of another kind.
    """
    path = specs_path() / "same_faults.csv"
    found: dict[str, defaultdict[str, list[str]]] = {
        DATASET: defaultdict(list),
        VARIABLE: defaultdict(list),
    }
    for line in read_table(path, ("rule_id", "check_id", "by")):
        if line["by"] not in found:
            raise ConfigurationError(
                f"{path}: {line['rule_id']} has by '{line['by']}'; choose {DATASET} or {VARIABLE}"
            )
        found[line["by"]][line["rule_id"]].append(line["check_id"])
    by_dataset, by_variable = (
        {rule: tuple(checks) for rule, checks in found[kind].items()}
        for kind in (DATASET, VARIABLE)
    )
    return by_dataset, by_variable
