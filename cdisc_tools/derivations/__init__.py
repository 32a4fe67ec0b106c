"""SDTM to ADaM: pure functions of frames."""
