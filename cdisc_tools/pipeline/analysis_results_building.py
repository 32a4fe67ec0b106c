"""Analysis results metadata built from a study's displays, figures and endpoints."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cdisc_tools.metadata.resources import read_table, specs_path
from cdisc_tools.metadata.where_clauses import condition_id, join_values
from cdisc_tools.model.analysis import Analysis, Figure
from cdisc_tools.model.display import Display, DisplayResult
from cdisc_tools.model.endpoint import Where
from cdisc_tools.model.specs import Comparison

Values = dict[str, str]
Key = tuple[str, str]
PARAMETER = "PARAMCD"


@dataclass(frozen=True)
class ResultTables:
    """The tables of analysis results, and the where clauses that they select records by.

    ``variables`` are those of all datasets; a result of another dataset is left out, and a display
    that has no result then.
    """

    analysis: Analysis
    variables: frozenset[Key]

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """The figures by name."""
        return {figure.name: figure for figure in self.analysis.figures}

    def _results(self) -> Iterator[tuple[Display, DisplayResult, Figure]]:
        datasets = {dataset for dataset, _ in self.variables}
        for display in self.analysis.displays:
            for result in display.results:
                if self.figures[result.figure].dataset in datasets:
                    yield display, result, self.figures[result.figure]

    def displays(self) -> Iterator[Values]:
        """The displays."""
        shown = {display.name for display, _, _ in self._results()}
        for display in self.analysis.displays:
            if display.name in shown:
                yield {"id": display.name, "title": display.title}

    def results(self) -> Iterator[Values]:
        """What each result says, how it was made, and by which program."""
        for display, result, figure in self._results():
            criterion = self._criterion(figure)
            has_parameter = PARAMETER in figure.where
            context, code = _program()
            names = {"figure": figure.name, "dataset": figure.dataset,
                     "frame": figure.dataset.lower()}  # fmt: skip
            yield {
                "display": display.name, "id": figure.name,
                "description": result.description or figure.title,
                "variables": ", ".join(
                    f"{figure.dataset}.{name}" for name in criterion["variables"].split(", ")
                ),
                "reason": result.reason, "purpose": result.purpose,
                "selection_criteria": criterion["where_clause"],
                "documentation": self._documentation(figure),
                "programming_context": context, "programming_code": code.format(**names),
                "Parameter": f"{figure.dataset}.{PARAMETER}" if has_parameter else "",
            }  # fmt: skip

    def criteria(self) -> Iterator[Values]:
        """The dataset of each result with its variables and where clause."""
        for display, result, figure in self._results():
            own = {"display": display.name, "result": result.figure, "dataset": figure.dataset}
            yield own | self._criterion(figure)

    def _criterion(self, figure: Figure) -> Values:
        return {
            "variables": ", ".join(self._analysed(figure)),
            "where_clause": condition_id(_conditions(figure)),
        }

    def _analysed(self, figure: Figure) -> list[str]:
        """The variables that a figure analyses, those that its dataset has."""
        fixed = _statistics()[figure.statistic][0]
        default = [] if figure.variable or fixed or figure.success else ["AVAL"]
        own = [*fixed, figure.variable, *figure.success, figure.group, *figure.strata, *default]
        return [name for name in dict.fromkeys(own) if (figure.dataset, name) in self.variables]

    def where_clauses(self) -> Iterator[Values]:
        """The conditions that select the records of each result, each clause once."""
        written: set[str] = set()
        for _, _, figure in self._results():
            conditions = _conditions(figure)
            name = condition_id(conditions)
            if name in written:
                continue
            written.add(name)
            for dataset, condition in conditions:
                yield {
                    "id": name, "dataset": dataset, "variable": condition.variable,
                    "comparator": condition.comparator,
                    "value": join_values(condition.comparator, condition.values),
                }  # fmt: skip

    def _documentation(self, figure: Figure) -> str:
        """The statistic in words, and the reasons that the study gives for figure and endpoint."""
        method = _statistics()[figure.statistic][1]
        success = " and ".join(
            f"{name} is {' or '.join(value or 'missing' for value in values)}"
            for name, values in figure.success.items()
        )
        words = method.format(conf_type=figure.conf_type, ties=figure.ties.title(), success=success)
        codes = figure.where.get(PARAMETER, ())
        endpoints = [each for each in self.analysis.endpoints if each.paramcd in codes]
        rationales = [figure.rationale, *(each.rationale for each in endpoints)]
        return " ".join(filter(None, (words, *map(str.strip, rationales))))


def _conditions(figure: Figure) -> tuple[tuple[str, Comparison], ...]:
    return tuple(_comparisons(figure.dataset, figure.where))


def _comparisons(dataset: str, where: Where) -> Iterator[tuple[str, Comparison]]:
    for variable, given in where.items():
        values = tuple(value or "" for value in given)
        yield dataset, Comparison(variable, "EQ" if len(values) == 1 else "IN", values)


@lru_cache(maxsize=1)
def _statistics() -> dict[str, tuple[tuple[str, ...], str]]:
    """The variables and the method in words of each statistic."""
    path = specs_path() / "define" / "statistics.csv"
    return {
        line["statistic"]: (tuple(filter(None, line["variables"].split(";"))), line["method"])
        for line in read_table(path, ("statistic", "variables", "method"))
    }


@lru_cache(maxsize=1)
def _program() -> tuple[str, str]:
    """The language of the program of a figure, and its text with places for names."""
    path = specs_path() / "define" / "program.csv"
    (line,) = read_table(path, ("context", "code"))
    return line["context"], line["code"]
