"""Where versions of the terminology lie: those shipped, and those a user imported."""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import platformdirs

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.model.terminology import Holding, Package, pins_of

DATA_VARIABLE = "CDISC_TOOLS_DATA"
CODELISTS, TERMS, SOURCE = "codelists.csv", "terms.csv", "source.json"
CODELIST_COLUMNS = ("codelist", "short_name", "name", "extensible")
TERM_COLUMNS = ("codelist", "code", "submission_value", "preferred_term", "synonyms")
# of several packages that have a codelist, the last one here holds
_RANKS = {"shipped": 1, "adam": 2, "sdtm": 3}
_NEEDED = 3

Lines = dict[str, dict[str, str]]
TermLines = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Layer:
    """The tables of one package at one date; of a shipped folder, which holds parts of several.

    ``packages`` limits a shipped layer to the codelists of some packages; empty takes all.
    """

    folder: Path
    origin: str
    package: str
    packages: frozenset[str] = frozenset()

    @property
    def rank(self) -> tuple[int, str]:
        """Where it stands when layers are laid upon each other; the highest is on top."""
        return _RANKS.get("shipped" if self.origin == "shipped" else self.package, 0), self.package


def data_folder() -> Path:
    """The folder of what a user imported; the environment variable CDISC_TOOLS_DATA names another.

    It need not exist.
    """
    named = os.environ.get(DATA_VARIABLE, "")
    return Path(named) if named else Path(platformdirs.user_data_dir("cdisc-tools"))


def store_folder() -> Path:
    """The folder of the imported terminology: a folder a date, and in it one a package."""
    return data_folder() / "terminology"


@lru_cache(maxsize=1)
def read_packages() -> Mapping[str, Package]:
    """Read the packages of the terminology, in their order, by name."""
    lines = read_table(specs_path() / "terminology" / "packages.csv", ("package", "title"))
    return MappingProxyType(
        {
            line["package"]: Package(line["package"], line["title"], line["context"])
            for line in lines
        }
    )


@lru_cache(maxsize=8)
def published_counts(date: str, package: str) -> Mapping[str, int]:
    """How many terms each codelist of a published package has, where the product knows it."""
    path = specs_path() / "terminology" / date / "published.csv"
    if not path.is_file():
        return MappingProxyType({})
    lines = read_table(path, ("package", "codelist", "terms"))
    return MappingProxyType(
        {line["codelist"]: int(line["terms"]) for line in lines if line["package"] == package}
    )


def shipped_folder(date: str) -> Path:
    """The folder of a shipped version; it need not exist."""
    return specs_path() / "terminology" / date


def imported_folder(date: str, package: str) -> Path:
    """The folder of an imported package; it need not exist."""
    return store_folder() / date / package


def imported_dates(package: str) -> frozenset[str]:
    """The dates at which a package was imported."""
    return frozenset(
        date.name
        for date in _subfolders(store_folder())
        if (imported_folder(date.name, package) / SOURCE).is_file()
    )


def layers_of(version: str) -> list[Layer]:
    """The layers of a version, the one that holds last.

    A version is a date or pins packages to dates (``sdtm=2026-03-27;adam=2025-09-26``).
    Raises ConfigurationError for a version or package that isn't at hand; it lists those that are.
    """
    pins = pins_of(version)
    found = _pinned(pins, version) if pins else _dated(version)
    if not found:
        raise ConfigurationError(f"There is no terminology '{version}'; {_choices()}.")
    return sorted(found, key=lambda layer: layer.rank)


def _dated(date: str) -> list[Layer]:
    if not _is_name(date):
        return []
    found = [
        Layer(folder, "imported", folder.name)
        for folder in _subfolders(store_folder() / date)
        if (folder / SOURCE).is_file()
    ]
    if (shipped_folder(date) / CODELISTS).is_file():
        found.append(Layer(shipped_folder(date), "shipped", ""))
    return found


def _pinned(pins: Mapping[str, str], version: str) -> list[Layer]:
    found: list[Layer] = []
    for package, date in pins.items():
        if package not in read_packages():
            known = ", ".join(read_packages())
            raise ConfigurationError(
                f"Terminology '{version}': there is no package '{package}'; choose one of {known}."
            )
        layer = layer_of(package, date)
        if layer is None:
            raise ConfigurationError(
                f"There is no terminology '{date}' of the package '{package}'; {_choices()}."
            )
        found.append(layer)
    return found


def layer_of(package: str, date: str) -> Layer | None:
    """The layer of a package at a date, None where it isn't at hand."""
    if not _is_name(date):
        return None
    folder = imported_folder(date, package)
    if (folder / SOURCE).is_file():
        return Layer(folder, "imported", package)
    shipped = shipped_folder(date)
    if package in {"sdtm", *_shipped_packages().values()} and (shipped / CODELISTS).is_file():
        return Layer(shipped, "shipped", package, frozenset({package}))
    return None


def _choices() -> str:
    versions: dict[str, list[str]] = {}
    for holding in holdings():
        imported = holding.origin == "imported"
        words = f"imported {holding.package}" if imported else "shipped"
        versions.setdefault(holding.date, []).append(words)
    named = ", ".join(
        f"{date} ({', '.join(dict.fromkeys(words))})" for date, words in versions.items()
    )
    return f"choose one of {named}, or import it: cdisc-tools terminology import FILE"


def holdings() -> list[Holding]:
    """All packages at hand, shipped and imported, by date and package.

    Raises ConfigurationError for an imported package whose description can't be read.
    """
    found = [
        _holding(folder) for date in _subfolders(store_folder()) for folder in _subfolders(date)
    ]
    for folder in _subfolders(specs_path() / "terminology"):
        if (folder / CODELISTS).is_file():
            found.extend(_shipped_holdings(folder))
    return sorted(found, key=lambda holding: (holding.date, holding.package, holding.origin))


def _shipped_holdings(folder: Path) -> Iterator[Holding]:
    codelists: dict[str, int] = {}
    terms: dict[str, int] = {}
    for line in read_table(folder / CODELISTS, CODELIST_COLUMNS):
        package = shipped_package(line["codelist"])
        codelists[package] = codelists.get(package, 0) + 1
    for line in read_table(folder / TERMS, TERM_COLUMNS[:_NEEDED]):
        package = shipped_package(line["codelist"])
        terms[package] = terms.get(package, 0) + 1
    for package, count in codelists.items():
        yield Holding(folder.name, package, count, terms.get(package, 0), "shipped")


def _holding(folder: Path) -> Holding:
    source = read_source(folder)
    codelists, terms = int(source["codelists"]), int(source["terms"])
    return Holding(
        folder.parent.name, folder.name, codelists, terms, "imported", str(source["file"])
    )


def shipped_package(codelist: str) -> str:
    """The package of a shipped codelist."""
    return _shipped_packages().get(codelist, "sdtm")


@lru_cache(maxsize=1)
def _shipped_packages() -> Mapping[str, str]:
    """The package of each shipped codelist that isn't one of SDTM."""
    path = specs_path() / "terminology" / "shipped_packages.csv"
    return {line["codelist"]: line["package"] for line in read_table(path, ("codelist", "package"))}


def read_source(folder: Path) -> dict[str, str | int]:
    """Read what an imported package was made from.

    Raises ConfigurationError when it can't be read.
    """
    path = folder / SOURCE
    try:
        source = json.loads(path.read_text(encoding="utf-8"))
        wanted = ("file", "sha256", "layout", "codelists", "terms", "codelists_sha256",
                  "terms_sha256")  # fmt: skip
        return {name: source[name] for name in wanted}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(
            f"{path}: can't be read ({type(error).__name__}: {error}); delete the folder {folder} "
            "and import the file again"
        ) from error


def read_layer(layer: Layer) -> tuple[Lines, TermLines]:
    """Read the lines of a layer's codelists and terms by codelist.

    Raises ConfigurationError for an imported table that was altered after the import.
    """
    if layer.origin == "imported":
        _check_hashes(layer.folder)
    headers = {
        line["codelist"]: line for line in read_table(layer.folder / CODELISTS, CODELIST_COLUMNS)
    }
    if layer.packages:
        headers = {
            code: line for code, line in headers.items() if shipped_package(code) in layer.packages
        }
    terms: TermLines = {code: [] for code in headers}
    for line in read_table(layer.folder / TERMS, TERM_COLUMNS[:_NEEDED]):
        if line["codelist"] in terms:
            terms[line["codelist"]].append(line)
    return headers, terms


def read_layers(layers: Sequence[Layer]) -> tuple[Lines, TermLines, dict[str, str]]:
    """Read layers upon each other: a codelist is taken whole from the last layer that has it.

    Returns the codelists' lines, their terms' lines, and the package of each codelist.
    """
    headers: Lines = {}
    terms: TermLines = {}
    packages: dict[str, str] = {}
    for layer in layers:
        own_headers, own_terms = read_layer(layer)
        for code, line in own_headers.items():
            # the last layer's short names hold, so its codelists come last
            headers.pop(code, None)
            headers[code] = line
            packages[code] = layer.package if layer.origin == "imported" else shipped_package(code)
        terms.update(own_terms)
    return headers, terms, packages


def stamps(layers: Sequence[Layer]) -> tuple[tuple[int, ...], ...]:
    """What tells two states of the same layers apart: when each table last changed."""
    return tuple(
        tuple(_changed(layer.folder / name) for name in (CODELISTS, TERMS)) for layer in layers
    )


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


def _check_hashes(folder: Path) -> None:
    source = read_source(folder)
    for name, key in ((CODELISTS, "codelists_sha256"), (TERMS, "terms_sha256")):
        path = folder / name
        actual = file_hash(path) if path.is_file() else "no file"
        if actual != source[key]:
            raise ConfigurationError(
                f"{path} was altered after it was imported; import {source['file']} again: "
                "cdisc-tools terminology import FILE --replace"
            )


def file_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def terminology_files(version: str) -> list[Path]:
    """The files that a version is read from, for a manifest; ConfigurationError if unknown."""
    names = {"shipped": (CODELISTS, TERMS), "imported": (CODELISTS, TERMS, SOURCE)}
    return [layer.folder / name for layer in layers_of(version) for name in names[layer.origin]]


def _subfolders(folder: Path) -> list[Path]:
    """The folders within a folder, sorted; a hidden one is an import that never ended."""
    if not folder.is_dir():
        return []
    return sorted(
        path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")
    )


def _is_name(date: str) -> bool:
    """True for a text that names a folder rather than a path."""
    return bool(re.fullmatch(r"[\w-]+", date))
