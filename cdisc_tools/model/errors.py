"""Exceptions that name what the user has to change."""


class ConfigurationError(Exception):
    """The study folder, a mapping table or a call is wrong; the command exits with 2.

    The message names the file, the sheet or line, the field and its value, and says what to do.
    """


class UnknownDatasetError(ConfigurationError):
    """A dataset that neither a standard nor the study says anything of."""
