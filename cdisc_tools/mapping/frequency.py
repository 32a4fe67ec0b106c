"""Which of several spellings is the usual one."""

from collections.abc import Iterable, Mapping

import pandas as pd


def count_texts(values: pd.Series) -> dict[str, int]:
    """How often each text occurs; missing does not count."""
    return {str(text): int(count) for text, count in values.value_counts().items()}


def most_frequent(counts: Mapping[str, int], among: Iterable[str] | None = None) -> str:
    """The text that occurs most often; of equally frequent ones the first in the alphabet.

    ``among`` limits the choice to some of the texts.
    """
    return min(counts if among is None else among, key=lambda text: (-counts[text], text))
