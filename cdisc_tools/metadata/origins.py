"""Where the values of a study's variables come from, as Define-XML says it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.model.mapping import MappingLine

ALGORITHM, COPIED, VARIABLE, CLASS, REST, ANALYSIS = (
    "algorithm", "copied", "variable", "class", "rest", "analysis",
)  # fmt: skip
COLLECTED, DERIVED, PREDECESSOR = "Collected", "Derived", "Predecessor"
# of several lines the first of these says where the variable comes from
_PRECEDENCE = (COLLECTED, DERIVED, "Assigned", "Protocol", "Not Available")
_SUPP, _COMMENTS = "SUPP.", "CO."
_OLD_NAMES = {"CRF": COLLECTED, "eDT": COLLECTED}


@dataclass(frozen=True)
class Origin:
    """The origin of a variable, who made it, and the methods in words.

    ``predecessor`` names the variable that it was copied from; ``comments`` what the mapping says
    beside.
    """

    origin: str
    source: str
    methods: tuple[str, ...] = ()
    predecessor: str = ""
    comments: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def read_origins() -> Mapping[tuple[str, str], Origin]:
    """Read the table of origins by kind and name (algorithm, variable, class of datasets)."""
    path = specs_path() / "specification" / "origins.csv"
    return {
        (line["kind"], line["name"]): Origin(
            line["origin"], line["source"], (line["method"],) if line["method"] else ()
        )
        for line in read_table(path, ("kind", "name", "origin", "source", "method"))
    }


class MappedOrigins:
    """The origins of SDTM variables by the lines of a study's mapping tables.

    A variable of several lines is Collected where any of them collects it, else Derived, else
    Assigned. A line that takes its value from an SDTM dataset derives it. A supplemental
    qualifier is a variable ``QVAL.<QNAM>`` of its SUPP-- dataset.
    """

    def __init__(
        self,
        lines: Iterable[MappingLine],
        datasets: Collection[str],
    ) -> None:
        """Take the mapping lines and the names of the SDTM datasets."""
        self._datasets = datasets
        self._blocks: dict[tuple[str, str], str] = {}
        self._lines: dict[tuple[str, str], list[MappingLine]] = {}
        for line in lines:
            if not line.variable:
                self._blocks[line.dataset, line.block] = line.source
            for target in _targets(line):
                self._lines.setdefault(target, []).append(line)

    def of(self, dataset: str, dataset_class: str, variable: str) -> Origin:
        """The origin of a variable of a dataset, which is of some class."""
        known = read_origins()
        found = [
            origin
            for line in self._lines.get((dataset, variable), ())
            if (origin := self._of_line(line)) is not None
        ]
        if found:
            return _joined(found)
        standing = (VARIABLE, variable), (CLASS, dataset_class), (REST, "")
        return next(known[key] for key in standing if key in known)

    def _of_line(self, line: MappingLine) -> Origin | None:
        """The origin that one line gives, None for a line that gives no value."""
        known = read_origins().get((ALGORITHM, line.algorithm))
        if known is None:
            return None
        source = line.source or self._blocks.get((line.dataset, line.block), "")
        if known.origin == COLLECTED and source in self._datasets:
            known = read_origins()[COPIED, ""]
        if line.origin:
            known = replace(known, origin=_OLD_NAMES.get(line.origin, line.origin))
        if known.origin != DERIVED:
            return replace(known, methods=(), comments=(line.comment,) if line.comment else ())
        names = [name if "." in name or source not in self._datasets else f"{source}.{name}"
                 for name in line.columns]  # fmt: skip
        words = [*known.methods, f"({', '.join(names)})" if names else ""]
        method = " ".join(filter(None, words))
        return replace(known, methods=("; ".join(filter(None, (method, line.comment))),))


def _targets(line: MappingLine) -> Iterator[tuple[str, str]]:
    """The datasets and variables that a line fills."""
    if line.variable.startswith(_SUPP):
        yield f"SUPP{line.dataset}", "QVAL"
        yield f"SUPP{line.dataset}", f"QVAL.{line.variable.removeprefix(_SUPP)}"
    elif line.variable.startswith(_COMMENTS):
        yield "CO", line.variable.removeprefix(_COMMENTS)
    elif line.variable:
        yield line.dataset, line.variable


def _joined(found: list[Origin]) -> Origin:
    """One origin of several: the first by precedence, with the words of all that share it."""
    found.sort(key=lambda origin: _place(origin.origin))
    alike = [origin for origin in found if origin.origin == found[0].origin]
    methods = dict.fromkeys(text for origin in alike for text in origin.methods if text)
    comments = dict.fromkeys(text for origin in alike for text in origin.comments)
    return replace(found[0], methods=tuple(methods), comments=tuple(comments))


def _place(origin: str) -> int:
    return _PRECEDENCE.index(origin) if origin in _PRECEDENCE else len(_PRECEDENCE)


@lru_cache(maxsize=1)
def _analysis_methods() -> Mapping[tuple[str, str], str]:
    path = specs_path() / "specification" / "analysis_methods.csv"
    lines = read_table(path, ("dataset", "variable", "method"))
    return {(line["dataset"], line["variable"]): line["method"] for line in lines}


def analysis_method(dataset: str, variable: str) -> str:
    """Say in words how the product derives a variable of an analysis dataset, "" where unsaid."""
    methods = _analysis_methods()
    return methods.get((dataset, variable)) or methods.get(("*", variable), "")


def analysis_origin(
    dataset: str, variable: str, source: str, datasets: Mapping[str, Collection[str]]
) -> Origin:
    """The origin of a variable of an analysis dataset.

    ``source`` is the variable that the standard's table names (``AE.AETERM``; a structure such as
    BDS is none); ``datasets`` the variables of each dataset of the study. A variable is copied
    from the dataset that its source names, else from the one of its name in ADSL, or in DM for
    ADSL itself, else from the domain that its name begins with (AEREL); every other one is derived.
    """
    named, _, name = source.partition(".")
    subjects = "DM" if dataset == "ADSL" else "ADSL"
    candidates = [(named, name), (subjects, variable), (variable[:2], variable)]
    for other, own_name in candidates:
        if other != dataset and own_name in datasets.get(other, ()):
            return Origin(PREDECESSOR, "", predecessor=f"{other}.{own_name}")
    return read_origins()[ANALYSIS, ""]
