"""YAML files: plain data, each key once."""

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


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"


def parse_located(text: str, shown: str) -> Any:
    """Read YAML as plain data whose mappings know their lines; ``shown`` names the file.

    The C library parses it where it is at hand. Raises ConfigurationError that names the file and
    the line, as ``read_yaml`` does.
    """
    try:
        loader = _LOADER(text)
        node = loader.get_single_node()
        return None if node is None else _Plain(loader).of(node)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _no_yaml(shown, error) from error


class _Plain:
    """Turns the nodes of a document into plain data; what an alias repeats is made once."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.made: dict[int, Any] = {}

    def of(self, node: yaml.Node) -> Any:
        """Give the data of a node."""
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.tag == _TEXT else self.loader.construct_object(node)
        if id(node) not in self.made:
            if isinstance(node, yaml.SequenceNode):
                found: list[Any] = []
                self.made[id(node)] = found
                found.extend(self.of(item) for item in node.value)
            else:
                self.made[id(node)] = Located({}, node.start_mark.line + 1)
                self._fill(self.made[id(node)], node)
        return self.made[id(node)]

    def _fill(self, found: Located, node: yaml.Node) -> None:
        for key, value in node.value:
            name = self.of(key)
            if not isinstance(name, str | int | float | bool):
                problem = "a key is no text"
            elif name in found:
                problem = f"the key {name!r} stands there twice; drop one"
            else:
                found[name] = self.of(value)
                continue
            raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)


def _no_yaml(shown: str, error: Exception) -> ConfigurationError:
    """Name the file and, where it is known, the line of what is no YAML."""
    if isinstance(error, yaml.MarkedYAMLError):
        line = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return ConfigurationError(f"{shown}: is no YAML:{line} {error.problem}")
    return ConfigurationError(f"{shown}: is no YAML: {' '.join(str(error).split())}")
