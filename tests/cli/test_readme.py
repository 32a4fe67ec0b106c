"""The README names all that a user can write: commands, fields, algorithms, tables, checks."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from cdisc_tools.cli.main import app
from cdisc_tools.cli.options import ReportFormat
from cdisc_tools.io.raw import DELIMITED, SPREADSHEETS, STATISTICAL
from cdisc_tools.mapping.algorithms import ALGORITHMS
from cdisc_tools.mapping.collecting import RECORDS, REFERENCE_DATES
from cdisc_tools.mapping.deriving import DERIVATIONS
from cdisc_tools.mapping.plausibility import KINDS
from cdisc_tools.metadata.mapping_tables import TABLES
from cdisc_tools.metadata.study import SECTIONS, SOURCE_FIELDS
from cdisc_tools.model.mapping import MAPPING_COLUMNS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
LINES = README.splitlines()
FIRST_CELLS = " ".join(line.split("|")[1] for line in LINES if line.startswith("| "))
LONGEST = 130


@pytest.mark.parametrize(
    "name",
    [
        *(f"cdisc-tools {command}" for command in get_command(app).commands),
        *SECTIONS, *SOURCE_FIELDS, *MAPPING_COLUMNS, *ALGORITHMS, *DERIVATIONS, *REFERENCE_DATES,
        RECORDS, *TABLES, "repeat_NAME", "design_XX", *KINDS,
    ],
)  # fmt: skip
def test_the_first_cell_of_a_line_names_it(name):
    found = f"`{name}`" in FIRST_CELLS or f"`{name} " in FIRST_CELLS
    assert found, f"README.md has no table line for {name}"


@pytest.mark.parametrize("option", [
    option for parameter in get_command(app).commands["validate"].params
    for option in parameter.opts if option.startswith("--")
])  # fmt: skip
def test_every_option_of_validate_is_named(option):
    assert re.search(rf"`{option}[ `]", FIRST_CELLS)


@pytest.mark.parametrize("form", list(ReportFormat))
def test_every_format_is_named(form):
    assert f"`{form}`" in FIRST_CELLS


@pytest.mark.parametrize("field", [field for fields in SECTIONS.values() for field in fields])
def test_every_field_of_a_section_is_named(field):
    assert f"`{field}`" in README


@pytest.mark.parametrize(("table", "columns"), TABLES.items())
def test_a_table_line_names_the_columns_that_it_needs(table, columns):
    line = next(line for line in LINES if line.startswith(f"| `{table}` |"))
    assert all(column in line.split("|")[2] for column in columns)


@pytest.mark.parametrize("suffix", sorted(DELIMITED | SPREADSHEETS | STATISTICAL))
def test_every_kind_of_file_is_named(suffix):
    assert f"{suffix}," in README or f"{suffix};" in README


def test_lines_are_short():
    long = [line for line in LINES if len(line) > LONGEST]
    assert long == []


def test_every_file_that_it_names_is_there():
    root = Path(__file__).parents[2]
    for name in ("specs/SOURCES.md", "CHANGELOG.md", "sample_data/nct00949325"):
        assert name in README
        assert (root / name).exists()
