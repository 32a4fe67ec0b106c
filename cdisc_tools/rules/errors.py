"""What goes wrong with a rule: it can't be read, or can't be judged on some datasets."""

from cdisc_tools.model.errors import ConfigurationError


class RuleError(ConfigurationError):
    """A rule that is wrong in itself; the message names its file, the line and what to do."""


class RuleSkipped(Exception):  # noqa: N818
    """A rule that can't be judged on these data; the message says why."""
