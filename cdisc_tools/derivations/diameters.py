"""Diameters of target lesions: exact values, units, words, and lesions split or merged."""

import re

import pandas as pd

from cdisc_tools.model.analysis import LesionDefinition
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.findings import Finding, Findings

SUBJECT = ["USUBJID", "READER"]
TIME_POINT = [*SUBJECT, "TIMEPT"]
EXACT = 1_000_000  # sums are whole numbers of 10**-6 mm, so that thresholds compare exactly
MEASURED, IN_WORDS, UNKNOWN = 0, 1, 2


def compute_diameters(
    tr: pd.DataFrame, is_length: pd.Series, is_state: pd.Series, definition: LesionDefinition
) -> pd.DataFrame:
    """Read the diameter of each record of TR.

    ``is_length`` marks the measurements that count for their lesion, ``is_state`` the states of
    target lesions. Returns a frame of the same index: VALUE in 10**-6 mm (missing without a
    diameter or in another unit), IS_MERGED, IS_OTHER_UNIT, and RANK: 0 measured, 1 in words, 2
    unknown. A number holds before the words.
    Raises ConfigurationError when ``millimetres`` of the definition lacks its unit.
    """
    if definition.unit not in definition.millimetres:
        known = ", ".join(definition.millimetres)
        raise ConfigurationError(
            f"lesions.yaml: unit is '{definition.unit}' and millimetres has only {known}; add how "
            f"many millimetres one {definition.unit} is, the thresholds of the criteria are in mm."
        )
    factor = definition.millimetres[definition.unit]
    has_number = is_length & tr["TRSTRESN"].notna()
    is_other_unit = has_number & ~tr["TRSTRESU"].eq(definition.unit).fillna(False)
    number = (tr["TRSTRESN"].astype("Float64") * EXACT).round().astype("Int64")
    number = number * factor.numerator // factor.denominator
    text = tr["TRSTRESC"].where((is_length & ~has_number) | is_state)
    words, merged = definition.words, definition.words.merged
    lengths = {
        **dict.fromkeys(words.too_small, int(words.too_small_mm * EXACT)),
        **dict.fromkeys((*words.gone, *merged), 0),
    }
    in_words = text.map(lengths).astype("Int64")
    rank = pd.Series(UNKNOWN, index=tr.index).mask(in_words.notna(), IN_WORDS)
    return pd.DataFrame(
        {
            "VALUE": number.where(has_number & ~is_other_unit).fillna(in_words),
            "IS_MERGED": text.isin(merged).fillna(False).astype(bool),
            "IS_OTHER_UNIT": is_other_unit.astype(bool),
            "RANK": rank.mask(has_number & ~is_other_unit, MEASURED),
        }
    )


def compute_whole(lesion: pd.Series, definition: LesionDefinition) -> pd.Series:
    """Name the lesion that each part (or union) counts for; any other lesion is its own.

    Raises ConfigurationError when the pattern is no regular expression with a group ``lesion``.
    """
    if definition.parts is None:
        return lesion
    try:
        pattern = re.compile(definition.parts.pattern)
    except re.error as error:
        raise ConfigurationError(f"lesions.yaml: parts.pattern: {error}.") from error
    if "lesion" not in pattern.groupindex:
        raise ConfigurationError("lesions.yaml: parts.pattern has no group (?P<lesion>...).")
    found = {name: pattern.fullmatch(str(name)) for name in lesion.dropna().unique()}
    wholes = {name: match["lesion"] if match else name for name, match in found.items()}
    return lesion.map(wholes).astype("string")


def derive_lesion_diameters(
    points: pd.DataFrame, targets: pd.DataFrame, *, findings: Findings
) -> pd.DataFrame:
    """Add the parts of each target lesion up: one record per assessment and lesion.

    ``points`` has one record per assessment with ADT, ``targets`` the used records of target
    lesions. Returns VALUE (the measured parts' sum, missing without any), LARGEST (their largest)
    and IS_COMPLETE, which asks for every part that was seen so far. Where parts are measured,
    the lesion as a whole isn't used. A lesion merged while no other is measured is unknown, as
    nobody measured the union; both are reported.
    """
    own = targets.rename(columns={"ADT": "LESIONDT"}).merge(
        points[[*TIME_POINT, "ADT"]], on=TIME_POINT, validate="many_to_one"
    )
    own = _without_lone_merged(own, findings)
    keys = [*TIME_POINT, "WHOLE"]
    is_part = own["LESION"].ne(own["WHOLE"])
    measured = own.loc[is_part & own["VALUE"].notna(), keys]
    has_parts = _is_among(own, measured, keys)
    is_twice = has_parts & ~is_part & own["VALUE"].notna() & ~own["IS_MERGED"]
    report_lesions(own[is_twice], "measured whole and in parts; the parts are used", findings)
    used = own[is_part.eq(has_parts)]
    groups = used.groupby(keys)
    wholes = pd.DataFrame(
        {
            "VALUE": groups["VALUE"].sum(min_count=1),
            "LARGEST": groups["VALUE"].max(),
            "IS_NODE": groups["IS_NODE"].any().astype(bool),
            "SEEN": groups["VALUE"].count(),
        }
    ).reset_index()
    expected = _expected_parts(own[is_part & has_parts])
    wholes = wholes.merge(expected, on=keys, how="left", validate="one_to_one")
    is_complete = wholes["SEEN"].ge(wholes["PARTS"].fillna(1)).astype(bool)
    return wholes.assign(IS_COMPLETE=is_complete).drop(columns=["SEEN", "PARTS"])


def _without_lone_merged(own: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Take the 0 from lesions merged at an assessment where no lesion is measured."""
    is_anchor = own["VALUE"].gt(0).fillna(False).astype(bool) & ~own["IS_MERGED"]
    has_anchor = is_anchor.groupby([own[key] for key in TIME_POINT]).transform("any")
    is_lone = own["IS_MERGED"] & ~has_anchor.astype(bool)
    report_lesions(own[is_lone], "merged, and no lesion is measured that it is part of", findings)
    return own.assign(VALUE=own["VALUE"].mask(is_lone))


def _expected_parts(parts: pd.DataFrame) -> pd.DataFrame:
    """Count the parts of each lesion that were measured at an assessment or before it: PARTS."""
    keys = [*TIME_POINT, "WHOLE"]
    seen = parts[parts["VALUE"].notna()]
    first = seen.groupby([*SUBJECT, "WHOLE", "LESION"])["ADT"].min().rename("FIRST").reset_index()
    pairs = parts.drop_duplicates(keys)[[*keys, "ADT"]].merge(
        first, on=[*SUBJECT, "WHOLE"], validate="many_to_many"
    )
    known = pairs[pairs["FIRST"] <= pairs["ADT"]]
    return known.groupby(keys).size().rename("PARTS").reset_index()


def _is_among(records: pd.DataFrame, others: pd.DataFrame, keys: list[str]) -> pd.Series:
    """True for records that share the keys with one of the others."""
    index = pd.MultiIndex.from_frame(records[keys])
    known = index.isin(pd.MultiIndex.from_frame(others[keys]))
    return pd.Series(known, index=records.index, dtype=bool)


def report_lesions(records: pd.DataFrame, detail: str, findings: Findings) -> None:
    """Report lesions at an assessment that can't be used as they are."""
    for record in records.itertuples():
        key = reader_key(record.USUBJID, record.READER, ("TRSEQ", record.SRCSEQ))
        findings.add(
            Finding("CDT-A010", "TR", ("TRLNKID",), (str(record.LESION),), key, detail=detail)
        )


def reader_key(
    subject: object, reader: object, *others: tuple[str, object]
) -> tuple[tuple[str, str], ...]:
    """The key of a finding: subject, reader where there are several, and what else is given."""
    readers = (("READER", str(reader)),) if reader else ()
    return (("USUBJID", str(subject)), *readers, *((name, str(value)) for name, value in others))
