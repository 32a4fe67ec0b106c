"""From a trial's raw spreadsheets to validated, traceable SDTM and ADaM datasets."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

__version__ = "0.1.0"


def schema(
    dataset: str,
    *,
    standard: str = "",
    terminology: str = "2026-03-27",
    severity: str = "error",
) -> "DataFrameSchema":
    """Return the pandera schema of a dataset: ``schema("DM").validate(dm, lazy=True)``.

    ``standard`` defaults to SDTMIG 3.4, or ADaMIG 1.3 for a name that starts with AD.
    ``severity`` is the least severity that makes the schema fail: error, warning or note.
    Raises ConfigurationError for an unknown dataset, standard, terminology or severity.
    """
    # pandera and pandas take most of a second to import
    from cdisc_tools.metadata.schemas import schema as schema_of_dataset  # noqa: PLC0415

    return schema_of_dataset(dataset, standard=standard, terminology=terminology, severity=severity)
