"""From a trial's raw spreadsheets to validated, traceable SDTM and ADaM datasets."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandera.pandas import DataFrameSchema

__version__ = "0.1.0"


def schema(
    dataset: str,
    *,
    columns: "Sequence[str]" = (),
    study: Path | str | None = None,
    standard: str = "",
    terminology: str = "",
    severity: str = "error",
) -> "DataFrameSchema":
    """Return the pandera schema of a dataset: ``schema("DM").validate(dm, lazy=True)``.

    Any dataset of the SDTM, SUPPxx, a part of a domain (LBCH), a structure of ADaM (BDS, TTE,
    OCCDS, OTHER), or an ADaM dataset by its name and its ``columns``. ``study`` is the folder of
    a study, whose standards, own domains, terminology and specification then hold.
    ``standard`` defaults to SDTMIG 3.4, or ADaMIG 1.3 for a name that starts with AD;
    ``terminology`` to the newest that ships.
    ``severity`` is the least severity that makes the schema fail: error, warning or note.
    Raises ConfigurationError for an unknown dataset, standard, terminology or severity.
    """
    # pandera and pandas take most of a second to import
    from cdisc_tools.metadata.schemas import schema as schema_of_dataset  # noqa: PLC0415

    return schema_of_dataset(
        dataset,
        columns=columns,
        study=None if study is None else Path(study),
        standard=standard,
        terminology=terminology,
        severity=severity,
    )
