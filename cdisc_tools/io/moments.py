"""When a dataset file was made and changed, as its provenance says: ISO 8601, a zone by itself."""

import re
from dataclasses import replace
from datetime import datetime

from cdisc_tools.model.transport import DatasetAttributes

CREATED, MODIFIED = "created", "modified"
MOMENTS = (CREATED, MODIFIED)
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(.*)")


def made_at(about: DatasetAttributes, timestamp: datetime | None) -> DatasetAttributes:
    """Attributes of a file that is made at a moment, and was not changed after it; without one the
    dataset's own stay.
    """
    if timestamp is None:
        return about
    made = timestamp.isoformat(timespec="seconds")
    changed = {CREATED: made}
    if moments_of(about).get(MODIFIED, "") > made:
        changed[MODIFIED] = made
    gone = {zone_of(name) for name in changed}
    kept = {name: text for name, text in about.provenance.items() if name not in gone}
    return replace(about, provenance={**kept, **changed})


def zone_of(name: str) -> str:
    """The name under which the zone of a moment stands."""
    return f"{name}_zone"


def parted(text: str) -> tuple[str, str] | None:
    """Part a moment from its zone; None for a text that is none, as a file of SAS may hold."""
    found = _MOMENT.fullmatch(text)
    return (found[1], found[2]) if found else None


def moments_of(about: DatasetAttributes) -> dict[str, str]:
    """The moments that a dataset knows, each with its zone."""
    said = about.provenance
    return {
        name: said[name] + said.get(zone_of(name), "")
        for name in MOMENTS
        if parted(said.get(name, ""))
    }
