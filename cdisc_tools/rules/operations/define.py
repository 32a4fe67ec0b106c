"""Operations on the study's define.xml."""

from cdisc_tools.model.dictionaries import Dictionaries
from cdisc_tools.rules.columns import Column
from cdisc_tools.rules.errors import RuleError, RuleSkipped
from cdisc_tools.rules.operations.registry import Call, operation
from cdisc_tools.rules.operations.terminology import short_names

_ALL = "ALL"


@operation("define_variable_metadata")
def define_variable_metadata(call: Call) -> Column:
    """A fact (``attribute_name``) that the define.xml has of a variable of the dataset; missing
    for a variable or fact that it hasn't got.
    """
    if not call.operation.name:
        raise RuleError(f"line {call.operation.line}: name is absent; give the variable")
    dataset = call.study.find(call.operation.domain) or call.dataset
    described = call.study.define_facts.variables
    items = described.get(dataset.name) or described.get(dataset.whole_name)
    if items is None:
        raise RuleSkipped(f"the define.xml has no dataset {dataset.name}")
    facts = items.get(dataset.table.expand(call.operation.name), {})
    return call.constant(facts.get(str(call.option("attribute_name") or "")))


@operation("define_extensible_codelists")
def define_extensible_codelists(call: Call) -> Column:
    """The terms that the sponsor added to codelists (``codelists``; ALL takes every one).

    A codelist is meant by its short name, its NCI code or the name that the define.xml gives it.
    """
    wanted = [str(name) for name in call.option("codelists") or call.option("codelist") or ()]
    if not wanted:
        raise RuleError(f"line {call.operation.line}: codelists is absent; give some, or ALL")
    found: list[str] = []
    for codelist in call.study.define_facts.codelists:
        names = {codelist.name.lower(), codelist.code.lower(), *short_names(call, codelist.code)}
        if wanted[0].upper() == _ALL or names & {name.lower() for name in wanted}:
            found.extend(codelist.added)
    return call.constant(tuple(dict.fromkeys(found)))


@operation("valid_define_external_dictionary_version")
def valid_define_external_dictionary_version(call: Call) -> Column:
    """True where the define.xml names the version of a dictionary that the study's files have."""
    kind = str(call.option("external_dictionary_type") or "")
    version = _version(call.study.dictionaries, kind)
    return call.constant(call.study.define_facts.dictionary_version(kind) == version)


def _version(dictionaries: Dictionaries, kind: str) -> str:
    held = {"meddra": dictionaries.meddra, "whodrug": dictionaries.whodrug}.get(kind.lower())
    if held is None:
        raise RuleSkipped(f"the study names no files of the dictionary {kind}")
    if not held.version:
        raise RuleSkipped(f"nothing tells the version of the dictionary {kind}")
    return held.version
