"""Names that a header or the metadata of a file give: one each, and none empty."""

from collections.abc import Iterable, Sequence

from cdisc_tools.model.errors import ConfigurationError


def name_twice(names: Iterable[str]) -> str:
    """The first name that stands twice, "" where none does."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def require_names(names: Sequence[str], where: str) -> None:
    """Raise ConfigurationError for a variable without a name, and for two of one name; ``where``
    they stand is for the message.
    """
    if any(not name.strip() for name in names):
        raise ConfigurationError(
            f"{where}: a name is empty; each column needs its own name: give or drop it"
        )
    twice = name_twice(names)
    if twice:
        raise ConfigurationError(
            f"{where}: the name {twice} stands twice; each column needs its own name: rename or "
            "drop one"
        )
