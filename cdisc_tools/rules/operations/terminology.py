"""Operations on controlled terminology: the codelists of the study, or of a date in the data."""

from collections.abc import Callable, Iterator, Mapping

from cdisc_tools.metadata.dated_terminology import published_dates, read_pinned
from cdisc_tools.metadata.terminology import Terminology
from cdisc_tools.metadata.terminology_store import read_packages
from cdisc_tools.model.specs import Codelist, Term
from cdisc_tools.rules.columns import Column, Value, as_text
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.operations.registry import Call, operation
from cdisc_tools.rules.operations.values import pairwise

_TERM_FACTS: Mapping[str, Callable[[Term], str]] = {
    "code": lambda term: term.code,
    "value": lambda term: term.submission_value,
    "pref_term": lambda term: term.preferred_term,
}
_CODELIST_FACTS: Mapping[str, Callable[[Codelist], str]] = {
    "code": lambda codelist: codelist.code,
    "value": lambda codelist: codelist.short_name,
}
# a package by the product whose rules are judged, the first for its own values
_PRODUCTS = {
    "SDTM": ("sdtm",), "SEND": ("send",), "CDASH": ("cdash",), "ADAM": ("adam", "sdtm"),
    "USDM": ("ddf", "sdtm"),
}  # fmt: skip
_CDISC = frozenset({"CDISC", "CDISC CT"})
_ATTRIBUTES: Mapping[str, Callable[[Terminology], Iterator[str]]] = {
    "Codelist CCODE": iter,
    "Codelist Value": lambda terminology: (item.short_name for item in terminology.values()),
    "Term CCODE": lambda terminology: _of_terms(terminology, "code"),
    "Term Value": lambda terminology: _of_terms(terminology, "value"),
    "Term Submission Value": lambda terminology: _of_terms(terminology, "value"),
    "Term Preferred Term": lambda terminology: _of_terms(terminology, "pref_term"),
}
_TERM_OPTIONS = {"term_code": "code", "term_value": "value", "term_pref_term": "pref_term"}


@operation("codelist_terms")
def codelist_terms(call: Call) -> Column:
    """The terms of codelists (``codelists``), or these themselves (``level`` is codelist).

    ``returntype`` says by what: code, value or pref_term. With ``ct_package_type``, ``version``
    and ``codelist_code`` it is instead the one term that a record names by ``term_code``,
    ``term_value`` or ``term_pref_term``, whatever its case; missing for no such term.
    """
    if call.option("ct_package_type"):
        return _dated_term(call)
    wanted = str(call.option("returntype") or "code")
    found: list[str] = []
    for name in call.option("codelists") or ():
        codelist = _codelist(call, str(name))
        if call.option("level") == "codelist":
            found.append(_fact(_CODELIST_FACTS, wanted)(codelist))
        else:
            found.extend(_fact(_TERM_FACTS, wanted)(term) for term in codelist.terms)
    return call.constant(_known(found, wanted))


@operation("get_codelist_attributes")
def get_codelist_attributes(call: Call) -> Column:
    """An attribute (``ct_attribute``) of all codelists or terms of the package that a record
    names: its name in ``name`` (CDISC, or a package such as sdtmct) and its date in ``version``.

    An empty list where it names no package of CDISC.
    """
    wanted = str(call.option("ct_attribute") or "")
    if wanted not in _ATTRIBUTES:
        raise RuleError(f"ct_attribute '{wanted}'; choose one of {', '.join(_ATTRIBUTES)}")
    dates = call.table[str(call.option("version") or call.option("ct_version"))]

    def attributes(name: Value, date: Value) -> Value:
        package = _package_named(call, as_text(name))
        if not package or as_text(date) not in published_dates(package):
            return ()
        terminology = _package(package, as_text(date))
        if package not in terminology.whole:
            raise RuleSkipped(f"only a part of the terminology {package} {date} is at hand")
        return tuple(dict.fromkeys(_ATTRIBUTES[wanted](terminology)))

    return pairwise(call.table[call.target], dates, attributes)


@operation("valid_codelist_dates")
def valid_codelist_dates(call: Call) -> Column:
    """The dates of the published packages of terminology: those of the standard, or of
    ``ct_package_types``.
    """
    given = call.option("ct_package_types") or _packages_of(call)
    found = {date for name in given for date in published_dates(_folded(str(name)))}
    return call.constant(tuple(sorted(found)))


@operation("codelist_extensible")
def codelist_extensible(call: Call) -> Column:
    """True for a codelist (``codelist``) that a sponsor may add terms to.

    With ``ct_package_type``, ``version`` and ``codelist_code`` it is that of the record's codelist,
    missing for none.
    """
    if not call.option("ct_package_type"):
        return call.constant(_codelist(call, str(call.option("codelist") or "")).extensible)
    return _dated_codelists(call).map(
        lambda key: (found := _dated_codelist(call, key)) and found.extensible
    )


def short_names(call: Call, code: str) -> frozenset[str]:
    """The short name of a codelist by its NCI code, in small letters; none for an unknown one."""
    found = call.study.codelists.get(code)
    return frozenset({found.short_name.lower()}) if found else frozenset()


def _of_terms(terminology: Terminology, wanted: str) -> Iterator[str]:
    return (
        _TERM_FACTS[wanted](term) for codelist in terminology.values() for term in codelist.terms
    )


def _packages_of(call: Call) -> tuple[str, ...]:
    """The packages that hold for the standard whose rules are judged; none for an unknown one."""
    product = (call.study.substandard or call.study.product).upper()
    return next((names for start, names in _PRODUCTS.items() if product.startswith(start)), ())


def _package_named(call: Call, name: str) -> str:
    """The package that a record names, "" for what is no package of CDISC."""
    if name in _CDISC:
        return next(iter(_packages_of(call)), "sdtm")
    folded = _folded(name)
    return folded if folded in read_packages() else ""


def _folded(name: str) -> str:
    """Write a package as we do: SDTM and sdtmct are sdtm."""
    return name.strip().lower().removesuffix("ct")


def _package(package: str, date: str) -> Terminology:
    terminology = read_pinned({package: date})
    if not len(terminology):
        raise RuleSkipped(
            f"the terminology {package} {date} is not at hand; import it: cdisc-tools "
            "terminology import FILE"
        )
    return terminology


def _codelist(call: Call, name: str) -> Codelist:
    """Find a codelist of the study's terminology by its short name."""
    folded = name.lower()
    for codelist in call.study.codelists.values():
        if codelist.short_name.lower() == folded:
            return codelist
    version = _version(call)
    raise RuleSkipped(
        f"there is no codelist {name} in the terminology{version}; import it: cdisc-tools "
        "terminology import FILE"
    )


def _version(call: Call) -> str:
    codelists = call.study.codelists
    return f" {codelists.version}" if isinstance(codelists, Terminology) else ""


def _fact(facts: Mapping[str, Callable[..., str]], wanted: str) -> Callable[..., str]:
    if wanted not in facts:
        raise RuleSkipped(f"of codelists the {wanted} is not held")
    return facts[wanted]


def _known(found: list[str], wanted: str) -> tuple[str, ...]:
    """Give a list; one that lacks a value would make true ones look wrong."""
    if not all(found):
        raise RuleSkipped(f"the {wanted} of some terms is not known at this date")
    return tuple(found)


def _dated_term(call: Call) -> Column:
    """Look the term of each record up in the codelist of its version."""
    given = [option for option in _TERM_OPTIONS if call.option(option)]
    if len(given) != 1:
        raise RuleError(f"give one of {', '.join(_TERM_OPTIONS)}, not {len(given)}")
    by = _TERM_OPTIONS[given[0]]
    default = "value" if by == "code" else "code"
    wanted = _fact(_TERM_FACTS, str(call.option("returntype") or default))
    key = _TERM_FACTS[by]

    def find(codelist_key: Value, value: Value) -> Value:
        codelist = _dated_codelist(call, codelist_key)
        folded = as_text(value).lower()
        terms = codelist.terms if codelist and folded else ()
        return next((wanted(term) for term in terms if key(term).lower() == folded), None)

    return pairwise(_dated_codelists(call), call.table[str(call.option(given[0]))], find)


def _dated_codelists(call: Call) -> Column:
    """Pair the version and the codelist's code of each record; missing where one is."""
    version = call.table[str(call.option("version") or call.option("ct_version"))]
    code = str(call.option("codelist_code"))
    codes = call.table[code] if code in call.table else call.constant(code)
    return pairwise(
        version,
        codes,
        lambda left, right: (as_text(left), as_text(right)) if left and right else None,
    )


def _dated_codelist(call: Call, key: Value) -> Codelist | None:
    """Return the codelist of a version and code, None where it hasn't got it."""
    if key is None:
        return None
    date, code = key
    package = _folded(str(call.option("ct_package_type")))
    if date not in published_dates(package):
        return None
    return _package(package, date).get(code)
