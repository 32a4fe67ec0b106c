"""From a trial's raw spreadsheets to validated, traceable SDTM and ADaM datasets."""

__version__ = "0.1.0"
