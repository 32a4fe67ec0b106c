"""What a Dataset-JSON file says of its dataset, as attributes and back.

Source: CDISC Dataset-JSON 1.1, top-level and column metadata, supported column data type
combinations (doc/dataset-json1-1.md of cdisc-org/DataExchange-DatasetJson).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cdisc_tools.io.json_schemas import require_valid
from cdisc_tools.io.moments import CREATED, MODIFIED, MOMENTS, moments_of, parted, zone_of
from cdisc_tools.io.numbers_held import Held, NumbersHeld
from cdisc_tools.io.sas_dates import DATE_KINDS, kind_of_date
from cdisc_tools.io.variable_names import require_names
from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.transport import CHAR, DatasetAttributes, VariableAttributes

SCHEMA = "dataset_json"
VERSION = "1.1.0"
# of a dataset that knows no time of its own, and no clock is asked
NO_MOMENT = "1970-01-01T00:00:00"
# more columns than any dataset has
MOST_COLUMNS = 32_767
# of numbers, whose length here is that of their text, not that of their storage
TEXT_LENGTHS = "text_lengths"


@dataclass(frozen=True)
class DataType:
    """How values of a data type stand in JSON (``json``), and the type that they have."""

    json: str
    type: str


@cache
def data_types() -> dict[tuple[str, str], DataType]:
    """The data types by dataType and targetDataType."""
    columns = ("data_type", "target_data_type", "json", "type")
    lines = read_table(specs_path() / "transport" / "dataset_json_types.csv", columns)
    return {
        (line["data_type"], line["target_data_type"]): DataType(line["json"], line["type"])
        for line in lines
    }


@cache
def _attributes() -> dict[str, str]:
    """The attributes of a dataset in their order, and the name of each in the provenance."""
    lines = read_table(
        specs_path() / "transport" / "dataset_json_attributes.csv", ("attribute", "provenance")
    )
    return {line["attribute"]: line["provenance"] for line in lines}


def attribute_names() -> frozenset[str]:
    """The attributes that a file may have at its top."""
    return frozenset(name.partition(".")[0] for name in _attributes())


def about_of(content: Mapping[str, Any], shown: str) -> DatasetAttributes:
    """Read the attributes of a dataset; ``content`` lacks the rows.

    Raises ConfigurationError that names what doesn't fit the standard.
    """
    columns = content.get("columns")
    if isinstance(columns, list) and len(columns) > MOST_COLUMNS:
        raise ConfigurationError(
            f"{shown}: {len(columns)} columns, more than {MOST_COLUMNS}, which no dataset has"
        )
    require_valid(content, SCHEMA, shown)
    require_names([column["name"] for column in content["columns"]], shown)
    return DatasetAttributes(
        name=content["name"],
        label=content["label"],
        variables=tuple(_variable(column, shown) for column in content["columns"]),
        records=content["records"],
        provenance=_provenance(content),
    )


def _variable(column: Mapping[str, Any], shown: str) -> VariableAttributes:
    data_type, target = column["dataType"], column.get("targetDataType", "")
    known = data_types().get((data_type, target))
    if known is None:
        raise ConfigurationError(
            f"{shown}: column {column['name']}: dataType {data_type} with targetDataType {target} "
            "is no combination of the standard; correct one of them"
        )
    return VariableAttributes(
        name=column["name"],
        label=column["label"],
        type=known.type,
        length=column.get("length") if known.type == CHAR else None,
        format=column.get("displayFormat", ""),
        data_type=data_type,
        target_data_type=target,
        oid=column["itemOID"],
        key=column.get("keySequence"),
    )


def _provenance(content: Mapping[str, Any]) -> dict[str, str]:
    """What a file says of where it comes from; a moment's zone stands by itself."""
    found: dict[str, str] = {}
    for attribute, name in _attributes().items():
        outer, _, inner = attribute.partition(".")
        value = content.get(outer)
        value = value.get(inner) if inner and value is not None else value
        if name and value is not None:
            found[name] = value
    for name in MOMENTS:
        parts = parted(found.get(name, ""))
        if parts and parts[1]:
            found[name], found[zone_of(name)] = parts
    lengths = {
        column["name"]: column["length"]
        for column in content["columns"]
        if "length" in column and _is_number(column)
    }
    if lengths:
        found[TEXT_LENGTHS] = json.dumps(lengths)
    return found


def _is_number(column: Mapping[str, Any]) -> bool:
    known = data_types().get((column["dataType"], column.get("targetDataType", "")))
    return known is not None and known.type != CHAR


def content_of(about: DatasetAttributes, held: Held, shown: str) -> dict[str, Any]:
    """Write the attributes of a dataset, those of the rows left out.

    The data types are those that hold the numbers without loss.
    Raises ConfigurationError for what the standard doesn't allow.
    """
    kept = {name: text for name, text in about.provenance.items() if name not in MOMENTS}
    said = {**kept, **_moments(about)}
    said.setdefault("dataset_json_version", VERSION)
    said.setdefault("item_group_oid", f"IG.{about.name}")
    lengths = _text_lengths(about, shown)
    own = {
        "records": held.records,
        "name": about.name,
        "label": about.label,
        "columns": [
            _column(variable, about.name, held, lengths.get(variable.name))
            for variable in about.variables
        ],
    }
    content: dict[str, Any] = {}
    for attribute, name in _attributes().items():
        value = own.get(attribute) if not name else said.get(name)
        outer, _, inner = attribute.partition(".")
        if value is None or (value == "" and name):
            continue
        if inner:
            content.setdefault(outer, {"name": "", "version": ""})[inner] = value
        else:
            content[attribute] = value
    require_valid(content, SCHEMA, shown)
    return content


def _moments(about: DatasetAttributes) -> dict[str, str]:
    """The moments of a file: that of its creation is none before that of its last change."""
    known = moments_of(about)
    if MODIFIED in known:
        known[CREATED] = max(known.get(CREATED, ""), known[MODIFIED])
    known.setdefault(CREATED, NO_MOMENT)
    return known


def _text_lengths(about: DatasetAttributes, shown: str) -> dict[str, int]:
    """The lengths of the texts of numbers, by variable, as a file of another format carries them.

    Raises ConfigurationError for what is none of that.
    """
    text = about.provenance.get(TEXT_LENGTHS, "{}")
    try:
        lengths = json.loads(text)
    except (ValueError, RecursionError):
        lengths = None
    if isinstance(lengths, dict) and all(type(length) is int for length in lengths.values()):
        return lengths
    raise ConfigurationError(
        f"{shown}: `{TEXT_LENGTHS}` of {about.name} is {text[:60]!r}, not whole numbers by "
        "variable; export the file that it comes from again"
    )


def _column(
    variable: VariableAttributes, dataset: str, held: Held, text_length: int | None
) -> dict[str, Any]:
    data_type, target = _types(variable, held)
    length = text_length if variable.is_numeric else variable.length
    column: dict[str, Any] = {
        "itemOID": variable.oid or f"IT.{dataset}.{variable.name}",
        "name": variable.name,
        "label": variable.label,
        "dataType": data_type,
        "targetDataType": target,
        "length": length,
        "displayFormat": variable.format,
        "keySequence": variable.key,
    }
    always = ("itemOID", "name", "label", "dataType")
    return {name: value for name, value in column.items() if value or name in always}


def _types(variable: VariableAttributes, held: Held) -> tuple[str, str]:
    """The data types that hold a variable's values without loss, as it says them if they do."""
    said = (variable.data_type, variable.target_data_type)
    known = data_types().get(said)
    if not variable.is_numeric:
        return said if known is not None and known.type == CHAR else ("string", "")
    numbers = held.numbers[variable.name]
    if said[0] in DATE_KINDS or not said[0]:
        kind = kind_of_date(variable.format, said[0])
        if kind and numbers.whole and numbers.lies_within(kind.least, kind.most):
            return kind.data_type, "integer"
    if known is not None and known.type != CHAR and _holds(known.json, numbers):
        return said
    return ("integer", "") if numbers.whole else ("float", "")


def _holds(json_type: str, numbers: NumbersHeld) -> bool:
    """True where values of a JSON type hold the numbers."""
    if json_type == "boolean":
        return numbers.whole and numbers.lies_within(0, 1)
    if json_type == "integer":
        return numbers.whole
    return json_type in ("number", "decimal")
