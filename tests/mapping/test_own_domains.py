"""A domain of the sponsor's own, from study.yaml and its mapping table to its schema."""

import pytest
import yaml

from cdisc_tools.metadata.study import read_study
from cdisc_tools.metadata.study_standards import read_study_standards
from cdisc_tools.model.errors import ConfigurationError
from cdisc_tools.pipeline.convert import convert_study
from cdisc_tools.pipeline.validate import validate_datasets
from tests.mapping.small_study import assert_records, map_folder, write_study

MARKERS = """
    Subject  Marker  Result  Note
    01-001   ALDH1   12      late
    01-002   ALDH1   7       .
"""
XB = """
    variable  algorithm        source   column   value      label
    .         records          markers  .        .          .
    XBTESTCD  assign_no_ct     .        Marker   .          .
    XBTEST    assign_no_ct     .        Marker   .          .
    XBORRES   assign_no_ct     .        Result   .          .
    SUPP.NOTE  assign_no_ct    .        Note     .          Note
    XBSEQ     derive_sequence  .        .        XBTESTCD   .
"""


@pytest.fixture
def study(tmp_path):
    folder = write_study(tmp_path, {"markers": MARKERS}, {"xb": XB})
    path = folder / "study.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    content["datasets"] = {"XB": {"class": "Findings", "label": "Biomarkers"}}
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return folder


def test_an_own_domain_is_mapped_with_its_supplemental_qualifiers(study):
    datasets = map_folder(study).datasets
    assert_records(datasets["XB"], """
        DOMAIN  USUBJID    XBSEQ  XBTESTCD  XBORRES
        XB      T1-01-001  1      ALDH1     12
        XB      T1-01-002  1      ALDH1     7
    """)  # fmt: skip
    assert datasets["XB"].spec.label == "Biomarkers"
    assert_records(datasets["SUPPXB"], """
        RDOMAIN  USUBJID    IDVAR  IDVARVAL  QNAM  QVAL
        XB       T1-01-001  XBSEQ  1         NOTE  late
    """)  # fmt: skip


def test_an_own_domain_is_held_to_its_schema(study):
    datasets = convert_study(study).datasets
    frame = datasets["XB"].frame
    frame.loc[0, "XBTESTCD"] = None
    standards = read_study_standards(read_study(study))
    findings = validate_datasets([datasets["XB"], datasets["SUPPXB"]], standards)
    errors = [(item.check_id, item.variables) for item in findings if item.check_id < "CDT-S010"]
    assert errors == [("CDT-S003", ("XBTESTCD",))]


def test_without_its_class_the_table_is_refused(tmp_path):
    folder = write_study(tmp_path, {"markers": MARKERS}, {"xb": XB})
    with pytest.raises(ConfigurationError, match=r"xb.csv: XB is no dataset .* study.yaml"):
        map_folder(folder)


def test_its_label_fits_the_transport_format(study):
    path = study / "study.yaml"
    text = path.read_text("utf-8").replace("Biomarkers", "B" * 41)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"datasets.XB.label: 'B+' is no label of at most"):
        read_study(study)
