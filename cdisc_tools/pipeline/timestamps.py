"""The time that files bear, which no clock tells."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cdisc_tools.model.errors import ConfigurationError

VARIABLE = "SOURCE_DATE_EPOCH"


def source_date(environment: Mapping[str, str]) -> datetime | None:
    """Read the time that builds are to bear, in UTC; None where the environment has none.

    The variable is the one that reproducible builds share.
    Raises ConfigurationError for what is no number of seconds since 1970, 0 or more.

    >>> source_date({"SOURCE_DATE_EPOCH": "86400"})
    datetime.datetime(1970, 1, 2, 0, 0)
    """
    text = environment.get(VARIABLE, "")
    if not text:
        return None
    try:
        # a time before 1970 is a slip: a clock that was never set
        seconds = _not_negative(int(text))
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigurationError(
            f"{VARIABLE} is {text!r}; it should be seconds since 1970, such as 1704067200"
        ) from error


def _not_negative(seconds: int) -> int:
    """The seconds as they are; raises ValueError for those before 1970."""
    if seconds < 0:
        raise ValueError(seconds)
    return seconds
