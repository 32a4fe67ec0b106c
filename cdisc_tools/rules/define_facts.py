"""What the study's define.xml says of datasets, variables and values, by the language's names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cdisc_tools.metadata.where_clauses import key_variables, split_values
from cdisc_tools.model.specification import Specification, SpecRecord, told_domain, told_file
from cdisc_tools.model.specs import Comparison

Facts = Mapping[str, Any]

_YES = "yes"
# Define-XML 2.1 and 2.0
_COLLECTED = frozenset({"Collected", "CRF"})
_VARIABLE, _VALUE = "define_variable_", "define_vlm_"
_NOTHING = SpecRecord({})


@dataclass(frozen=True)
class ValueLevel:
    """A value level record of a variable: the conditions that select it, and its facts.

    A condition comes with the dataset whose variable it is about.
    """

    variable: str
    where: tuple[tuple[str, Comparison], ...]
    facts: Facts


@dataclass(frozen=True)
class DefineCodelist:
    """A codelist of a define.xml: its name, NCI code, and the terms that the sponsor adds."""

    name: str
    code: str
    added: tuple[str, ...]


class DefineFacts:
    """A define.xml as rows of the language; a dataset that it hasn't got has no facts."""

    def __init__(self, define: Specification) -> None:
        self._define = define

    @cached_property
    def datasets(self) -> Mapping[str, Facts]:
        """The facts of each dataset by its name, in the order of the define.xml."""
        return {
            record["dataset"]: _dataset_facts(record, self._variables.get(record["dataset"], ()))
            for record in self._define.table("datasets")
        }

    @cached_property
    def variables(self) -> Mapping[str, Mapping[str, Facts]]:
        """The facts of the variables of each dataset, in its order."""
        return {
            dataset: {
                record["variable"]: self._item(record, place, _VARIABLE)
                for place, record in enumerate(records, 1)
            }
            for dataset, records in self._variables.items()
        }

    def values(self, dataset: str) -> list[ValueLevel]:
        """The value level of a dataset's variables."""
        found = []
        places: dict[str, int] = defaultdict(int)
        for record in self._define.table("value_level"):
            if record["dataset"] == dataset:
                places[record["variable"]] += 1
                facts = self._item(record, places[record["variable"]], _VALUE)
                facts[f"{_VARIABLE}name"] = record["variable"]
                where = self._clauses[record["where_clause"]]
                found.append(ValueLevel(record["variable"], tuple(where), facts))
        return found

    def dictionary_version(self, dictionary: str) -> str:
        """The version of an external dictionary, whatever the case of its name; "" for none."""
        for record in self._define.table("dictionaries"):
            if record["dictionary"].lower() == dictionary.lower():
                return record["version"]
        return ""

    @cached_property
    def codelists(self) -> tuple[DefineCodelist, ...]:
        """The codelists, with the terms that the sponsor adds to them."""
        return tuple(
            DefineCodelist(
                records[0]["name"],
                records[0]["nci_codelist_code"],
                tuple(item["term"] for item in records if item["Extended Value"].lower() == _YES),
            )
            for records in self._codelists.values()
        )

    @cached_property
    def _variables(self) -> Mapping[str, list[SpecRecord]]:
        return _by(self._define.table("variables"), "dataset")

    @cached_property
    def _codelists(self) -> Mapping[str, list[SpecRecord]]:
        return _by(self._define.table("codelists"), "id")

    @cached_property
    def _clauses(self) -> Mapping[str, list[tuple[str, Comparison]]]:
        found: defaultdict[str, list[tuple[str, Comparison]]] = defaultdict(list)
        for record in self._define.table("where_clauses"):
            values = split_values(record["comparator"], record["value"])
            condition = Comparison(record["variable"], record["comparator"], values)
            found[record["id"]].append((record["dataset"], condition))
        return found

    def _item(self, record: SpecRecord, place: int, prefix: str) -> dict[str, Any]:
        return _item_facts(record, self._codelists.get(record["codelist"], ()), place, prefix)


def _dataset_facts(record: SpecRecord, variables: Sequence[SpecRecord]) -> dict[str, Any]:
    name = record["dataset"]
    orders = {
        item["variable"]: _number(item["order"]) or place for place, item in enumerate(variables, 1)
    }
    return {
        "define_dataset_name": name,
        "define_dataset_label": record["label"],
        "define_dataset_location": record["Location"] or told_file(name),
        "define_dataset_domain": record["Domain"] or told_domain(name),
        "define_dataset_class": record["class"],
        "define_dataset_structure": record["structure"],
        "define_dataset_is_non_standard": record["Is Non Standard"],
        "define_dataset_has_no_data": record["has_no_data"].lower() == _YES,
        "define_dataset_key_sequence": key_variables(record["key_variables"]),
        "define_dataset_variables": tuple(orders),
        "define_dataset_variable_order": tuple(sorted(orders, key=orders.__getitem__)),
    }


def _item_facts(
    record: SpecRecord, codelist: Sequence[SpecRecord], place: int, prefix: str
) -> dict[str, Any]:
    """The facts of a variable or of a value level record; ``codelist`` has a record a term."""
    length = _number(record["length"])
    facts = {
        "name": record["variable"],
        "label": record["label"] or record["description"],
        "data_type": record["data_type"],
        "is_collected": record["origin"] in _COLLECTED if record["origin"] else None,
        "role": record["role"],
        "size": length,
        "length": length,
        "ccode": next((term["nci_codelist_code"] for term in codelist), ""),
        "format": record["format"],
        "allowed_terms": _filled(term["decoded_value"] for term in codelist),
        "origin_type": record["origin"],
        "has_no_data": record["has_no_data"],
        "order_number": _number(record["order"]) or place,
        "has_codelist": bool(record["codelist"]),
        "codelist_coded_values": _filled(term["term"] for term in codelist),
        "codelist_coded_codes": _filled(term["nci_term_code"] for term in codelist),
        "mandatory": record["mandatory"],
        "has_comment": bool(record["comment"]),
        "has_method": bool(record["method"]),
    }
    return {f"{prefix}{name}": value for name, value in facts.items()}


def _by(records: Iterable[SpecRecord], field: str) -> dict[str, list[SpecRecord]]:
    found: dict[str, list[SpecRecord]] = {}
    for record in records:
        found.setdefault(record[field], []).append(record)
    return found


def _filled(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _number(text: str) -> float | None:
    return float(text) if text.isdigit() else None


# a variable and a dataset that the define.xml hasn't got: all their facts are missing
NO_VARIABLE: Facts = dict.fromkeys(_item_facts(_NOTHING, (), 1, _VARIABLE))
NO_DATASET: Facts = dict.fromkeys(_dataset_facts(_NOTHING, ()))
