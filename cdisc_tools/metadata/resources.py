"""Where the data files of the product lie, in a checkout and in a wheel."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from cdisc_tools.model.errors import ConfigurationError

SAMPLE_STUDY = "nct00949325"
_PACKAGE = Path(__file__).resolve().parents[1]


def specs_path() -> Path:
    """Return the folder of standards, terminology, criteria, endpoints and checks.

    Raises ConfigurationError when the installation lacks it.
    """
    return _find("specs")


def sample_study_path() -> Path:
    """Return the folder of the sample study that ships with the product.

    Raises ConfigurationError when the installation lacks it.
    """
    return _find("sample_data") / SAMPLE_STUDY


def read_table(path: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the lines of a CSV file of ours as text; an empty cell is "".

    A line may lack trailing cells; blank lines are passed over.
    Raises ConfigurationError that names the file, and the line or the columns that are wrong.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        absent = [column for column in columns if column not in header]
        if absent:
            raise ConfigurationError(f"{path}: the header lacks {', '.join(absent)}; add it.")
        width = len(header)
        for cells in reader:
            if not cells:
                continue
            if len(cells) > width:
                raise ConfigurationError(
                    f"{path}, line {reader.line_num}: {len(cells)} cells under {width} columns; "
                    "quote the values that hold a comma."
                )
            yield dict(zip(header, cells + [""] * (width - len(cells)), strict=True))


def _find(folder: str) -> Path:
    """Find a data folder: inside the package (wheel) or beside it (checkout)."""
    candidates = (_PACKAGE / "_data" / folder, _PACKAGE.parent / folder)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    places = " nor ".join(str(candidate) for candidate in candidates)
    raise ConfigurationError(f"The data folder '{folder}' is neither {places}; reinstall.")


def read_date_words() -> dict[str, str]:
    """Read the words of collected dates: month names (1 to 12) and words for unknown."""
    lines = read_table(specs_path() / "mapping" / "date_words.csv", ("word", "meaning"))
    return {line["word"]: line["meaning"] for line in lines}
