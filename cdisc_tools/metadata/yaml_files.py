"""YAML files of a study: plain data, each key once."""

from pathlib import Path
from typing import Any

import yaml

from cdisc_tools.metadata.resources import read_text
from cdisc_tools.model.errors import ConfigurationError


class _Loader(yaml.SafeLoader):
    """Loads plain data only; a key that stands twice in one mapping is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        first: dict[str, yaml.Node] = {}
        for key, _ in node.value:
            # a merge key may stand twice, and its values yield to those written out
            if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
                continue
            if key.value in first:
                earlier = first[key.value].start_mark.line + 1
                problem = f"the key {key.value!r} stands there and in line {earlier}; drop one"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            first[key.value] = key
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            # such as a date with month 13
            problem = f"{node.value!r}: {error}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error


def read_yaml(path: Path, shown: str = "") -> Any:
    """Read a YAML file as plain data; nothing in it is evaluated. ``shown`` names it in messages.

    Raises ConfigurationError that names the file and the line: unreadable, no YAML, or a key that
    stands twice.
    """
    name, text = shown or str(path), read_text(path, shown)
    try:
        return yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigurationError(f"{name}: is no YAML:{line} {error.problem}") from error
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"{name}: is no YAML: {reason}") from error
