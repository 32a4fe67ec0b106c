"""Values held to the JSON schemas that ship in ``specs/transport``."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from cdisc_tools.metadata.resources import read_text, specs_path
from cdisc_tools.model.errors import ConfigurationError

_SHOWN = 60


def require_valid(value: object, schema: str, shown: str) -> None:
    """Hold a value to a schema by its name; ``shown`` names the file in messages.

    Raises ConfigurationError that names the place within the value and what is wrong there.
    """
    error = best_match(_validator(schema).iter_errors(value))
    if error is None:
        return
    place = ".".join(str(part) for part in error.absolute_path) or "the whole"
    message = error.message if len(error.message) < 4 * _SHOWN else error.message[:_SHOWN] + "..."
    raise ConfigurationError(f"{shown}: {place}: {message}; correct it, or export the file again")


@cache
def _validator(schema: str) -> Any:
    path = specs_path() / "transport" / f"{schema}.schema.json"
    return Draft202012Validator(json.loads(read_text(path)))
