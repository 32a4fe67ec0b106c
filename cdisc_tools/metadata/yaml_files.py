"""YAML files: plain data, each key once."""

from collections.abc import Iterator
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
    except yaml.YAMLError as error:
        raise _no_yaml(name, error) from error


class Located(dict[Any, Any]):
    """A mapping of a YAML file, with the line that it begins in (from 1)."""

    def __init__(self, content: dict[Any, Any], line: int) -> None:
        super().__init__(content)
        self.line = line


class _LocatedLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Loads plain data with the lines of its mappings; the C library's parser where it is."""


def _construct_located(loader: _LocatedLoader, node: yaml.MappingNode) -> Iterator[Located]:
    found = Located({}, node.start_mark.line + 1)
    yield found
    for key, value in node.value:
        name = loader.construct_object(key, deep=True)
        if not isinstance(name, str | int | float | bool):
            raise yaml.constructor.ConstructorError(None, None, "a key is no text", key.start_mark)
        if name in found:
            problem = f"the key {name!r} stands there twice; drop one"
            raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
        found[name] = loader.construct_object(value, deep=True)


_LocatedLoader.add_constructor("tag:yaml.org,2002:map", _construct_located)


def parse_located(text: str, shown: str) -> Any:
    """Read YAML as plain data whose mappings know their lines; ``shown`` names the file.

    Raises ConfigurationError that names the file and the line, as ``read_yaml`` does.
    """
    try:
        return yaml.load(text, _LocatedLoader)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _no_yaml(shown, error) from error


def _no_yaml(shown: str, error: Exception) -> ConfigurationError:
    """Name the file and, where it is known, the line of what is no YAML."""
    if isinstance(error, yaml.MarkedYAMLError):
        line = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return ConfigurationError(f"{shown}: is no YAML:{line} {error.problem}")
    return ConfigurationError(f"{shown}: is no YAML: {' '.join(str(error).split())}")
