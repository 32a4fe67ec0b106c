"""Controlled terminology of the dates that a define.xml names, as far as it is at hand."""

from collections.abc import Mapping
from functools import lru_cache

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.terminology import Terminology, read_terminology
from cdisc_tools.metadata.terminology_store import (
    Layer,
    Lines,
    TermLines,
    imported_dates,
    layer_of,
    read_layers,
    read_packages,
    stamps,
)
from cdisc_tools.model.specification import Specification
from cdisc_tools.model.terminology import pin_text

_COLUMNS = ("package", "codelist", "code", "submission_value", "dates")
_TERMINOLOGY = "CT"


def define_terminology(define: Specification | None) -> Terminology:
    """Return the terminology that a define.xml names; the product's own where it names none.

    A codelist that isn't at hand at the wanted date is left out, never taken from another date.
    Of several dates of a package the newest holds.
    """
    pins: dict[str, str] = {}
    for record in define.table("standards") if define else ():
        package = record["publishing_set"].lower()
        if record["type"] == _TERMINOLOGY and package in read_packages():
            pins[package] = max(pins.get(package, ""), record["version"])
    # that of Define-XML is about the file, not about the data
    pins.pop("define-xml", None)
    return read_pinned(pins) if pins else read_terminology()


def read_pinned(pins: Mapping[str, str]) -> Terminology:
    """Read what is at hand of the packages of some dates.

    That are whole packages that were imported, the shipped ones, and the codelists of
    ``specs/terminology/dated_terms.csv``; the submission value of a term there may be unknown ("").
    """
    layers: list[Layer] = []
    others: dict[str, str] = {}
    for package, date in pins.items():
        layer = layer_of(package, date)
        if layer is None:
            others[package] = date
        else:
            layers.append(layer)
    ordered = tuple(sorted(layers, key=lambda layer: layer.rank))
    return _read(pin_text(pins), ordered, pin_text(others), stamps(ordered))


def published_dates(package: str) -> frozenset[str]:
    """The dates at which a package was published, and of those that were imported."""
    return _published().get(package, frozenset()) | imported_dates(package)


@lru_cache(maxsize=1)
def _published() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in read_table(
        specs_path() / "terminology" / "published_dates.csv", ("package", "date")
    ):
        found.setdefault(line["package"], set()).add(line["date"])
    return {package: frozenset(dates) for package, dates in found.items()}


@lru_cache(maxsize=16)
def _read(
    version: str, layers: tuple[Layer, ...], others: str, _stamps: tuple[tuple[int, ...], ...]
) -> Terminology:
    """Read the layers of a version once, until one of them changes."""
    headers, terms, packages = read_layers(layers)
    headers, terms = dict(headers), dict(terms)
    for pin in filter(None, others.split(";")):
        package, _, date = pin.partition("=")
        for code, lines in _dated_terms(package, date).items():
            headers.setdefault(code, _headers()[code])
            packages.setdefault(code, package)
            terms.setdefault(code, lines)
    whole = frozenset(layer.package for layer in layers if layer.origin == "imported")
    return Terminology(version, headers, terms, packages, whole)


def _dated_terms(package: str, date: str) -> TermLines:
    """The terms of the codelists that are known of a package at a date."""
    found: TermLines = {}
    for line in read_table(specs_path() / "terminology" / "dated_terms.csv", _COLUMNS):
        if line["package"] == package and date in line["dates"].split(";"):
            found.setdefault(line["codelist"], []).append(line)
    return found


@lru_cache(maxsize=1)
def _headers() -> Lines:
    """The shipped codelists' own lines: a codelist keeps its names through the years."""
    return {
        code: {
            "codelist": code,
            "short_name": codelist.short_name,
            "name": codelist.name,
            "extensible": "Yes" if codelist.extensible else "No",
        }
        for code, codelist in read_terminology().items()
    }
