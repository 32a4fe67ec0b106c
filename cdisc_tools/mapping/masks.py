"""Masks of records: what is unknown is not true."""

import pandas as pd


def is_true(mask: pd.Series) -> pd.Series:
    """True for each record where the mask is true; missing is false."""
    return mask.fillna(False).astype(bool)
