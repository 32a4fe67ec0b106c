"""The checks of a dataset as a whole, by the id of their findings."""

from collections.abc import Callable, Mapping

import pandas as pd

from cdisc_tools.metadata.dependencies import find_absent_alternatives, find_absent_dependencies
from cdisc_tools.metadata.faults import (
    Fault,
    find_absent_codelists,
    find_no_records,
    find_wrong_labels,
    find_wrong_names,
    find_wrong_order,
)
from cdisc_tools.model.specs import Codelist, DatasetSpec

FRAME_FAULTS: Mapping[
    str, Callable[[pd.DataFrame, DatasetSpec, Mapping[str, Codelist]], tuple[Fault, ...]]
] = {
    "CDT-A022": find_absent_dependencies,
    "CDT-A023": find_absent_alternatives,
    "CDT-S014": find_no_records,
    "CDT-S015": find_wrong_order,
    "CDT-S016": find_wrong_names,
    "CDT-S017": find_wrong_labels,
    "CDT-T003": find_absent_codelists,
}
