"""Each schema takes a right dataset of its own, and finds a fault of every kind in a wrong one."""

from functools import lru_cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cdisc_tools.metadata import validate
from cdisc_tools.metadata.checks import read_checks
from cdisc_tools.metadata.schemas import build_schema
from cdisc_tools.metadata.standards import ADAM, SDTM, dataset_spec, read_standard, structure_spec
from cdisc_tools.metadata.terminology import read_terminology
from cdisc_tools.metadata.validate import validate_dataset
from cdisc_tools.model.specs import DatasetSpec
from tests.metadata.strategies import (
    ANALYSIS_CLASSES,
    applicable_kinds,
    faulty_frames,
    minimal_frames,
)

EARLIER = "sdtmig-3.3"
TWICE = settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    # a frame of one dataset is small enough to read: no search for a smaller one
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture,
                           HealthCheck.large_base_example],
)  # fmt: skip
ONCE = settings(TWICE, max_examples=1)
STRUCTURES = ("ADSL", "BDS", "TTE", "OCCDS", "OTHER")
PLACES = [
    *((name, SDTM) for name in read_standard(SDTM)),
    *((name, EARLIER) for name in read_standard(EARLIER)),
    *((name, ADAM) for name in STRUCTURES),
    ("SUPPAE", ""),
    ("ADAE", ""),
    ("ADTTE", ""),
]


@lru_cache(maxsize=256)
def spec_of(name: str, standard: str) -> DatasetSpec:
    return structure_spec(name) if standard == ADAM else dataset_spec(name, standard=standard)


@pytest.fixture(autouse=True)
def schema_built_once(monkeypatch):
    """Build the schema of a dataset once, however many examples it is held to."""
    built = {}

    def build_once(spec, codelists, *, with_keys):
        if spec.name not in built:
            built[spec.name] = build_schema(spec, codelists, with_keys=with_keys)
        return built[spec.name]

    monkeypatch.setattr(validate, "build_schema", build_once)


def kinds_of(name: str, standard: str) -> tuple[str, ...]:
    """The kinds of fault to try; in the earlier standard every second one of a dataset."""
    kinds = applicable_kinds(spec_of(name, standard), read_terminology())
    first = ord(name[-1])
    return kinds[first % 2 :: 2] if standard == EARLIER else kinds


# what ADaM variables need of each other has a table of its own: test_dependencies.py
OF_OTHERS = frozenset({"CDT-A022", "CDT-A023"})


def severe(findings) -> list[tuple[str, tuple[str, ...]]]:
    """The findings but notes, and those notes that a fault of this table is known by."""
    checks = read_checks()
    return [
        (item.check_id, item.variables)
        for item in findings
        if item.check_id not in OF_OTHERS
        and (checks[item.check_id].severity != "note" or item.check_id == "CDT-S015")
    ]


@pytest.mark.parametrize(("name", "standard"), PLACES)
@TWICE
@given(data=st.data())
def test_a_right_dataset_is_accepted(name, standard, data):
    spec, codelists = spec_of(name, standard), read_terminology()
    frame = data.draw(minimal_frames(spec, codelists))
    assert severe(validate_dataset(frame, spec, codelists)) == []


@pytest.mark.parametrize(("name", "standard"), PLACES)
@ONCE
@given(data=st.data())
def test_a_fault_of_every_kind_is_found(name, standard, data):
    spec, codelists = spec_of(name, standard), read_terminology()
    for kind in kinds_of(name, standard):
        faulty = data.draw(faulty_frames(kind, spec, codelists), label=kind)
        found = [
            (item.check_id, item.variables)
            for item in validate_dataset(faulty.frame, spec, codelists)
        ]
        free = kind == "CDT-S004" and spec.dataset_class in ANALYSIS_CLASSES
        expected = "CDT-A024" if free else kind
        assert (expected, faulty.variables) in found, (kind, found)
        checks = read_checks()
        permitted = {expected} | OF_OTHERS | faulty.companions
        others = {
            item for item, _ in found if item not in permitted and checks[item].severity != "note"
        }
        assert others == set(), (kind, found)


@pytest.mark.parametrize("standard", [SDTM, EARLIER])
def test_every_kind_of_fault_is_tried_somewhere(standard):
    kinds = {kind for name in read_standard(standard) for kind in kinds_of(name, standard)}
    assert kinds == {
        *(f"CDT-S{number:03d}" for number in range(1, 17)), "CDT-T001", "CDT-T002", "CDT-T004",
    }  # fmt: skip
