"""YAML files: plain data, each key once."""

import re
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
    except (yaml.YAMLError, RecursionError) as error:
        raise _no_yaml(name, error) from error


class Located(dict[Any, Any]):
    """A mapping of a YAML file, with the line that it begins in (from 1)."""

    def __init__(self, content: dict[Any, Any], line: int) -> None:
        super().__init__(content)
        self.line = line


# more than any rule has, less than keeps a reader busy
MOST_NODES = 100_000
MOST_LEVELS = 100
_TOO_DEEP = f"nests deeper than {MOST_LEVELS} levels"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"
# lines that may open many levels: the C library's composer has no limit but the stack's
_STEEP = re.compile(rf"^[ \t?-]{{{MOST_LEVELS},}}", re.MULTILINE)


def parse_located(text: str, shown: str) -> Any:
    """Read YAML as plain data whose mappings know their lines; ``shown`` names the file.

    The C library parses it where it is at hand. Raises ConfigurationError that names the file and
    the line, as ``read_yaml`` does; and for what nests deeper than ``MOST_LEVELS``, holds more than
    ``MOST_NODES`` values with those that aliases repeat, or holds itself.
    """
    try:
        if _STEEP.search(text) or text.count("[") + text.count("{") > MOST_LEVELS:
            _check_levels(text)
        loader = _LOADER(text)
        node = loader.get_single_node()
        return None if node is None else _Plain(loader).of(node)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _no_yaml(shown, error) from error


def _check_levels(text: str) -> None:
    """Raise ConstructorError where a document nests too deep, without making any of it."""
    level = 0
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            level += 1
            if level > MOST_LEVELS:
                raise _refused(_TOO_DEEP, event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            level -= 1


def _refused(problem: str, mark: Any) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)


class _Plain:
    """Turns the nodes of a document into plain data; what an alias repeats is made once, and
    counted as often as it stands there.
    """

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.made: dict[int, Any] = {}
        # of each collection that is whole: how many values it holds, in how many levels
        self.sizes: dict[int, tuple[int, int]] = {}
        self.count = self.level = self.deepest = 0

    def of(self, node: yaml.Node) -> Any:
        """Give the data of a node."""
        self.count += 1
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.tag == _TEXT else self._scalar(node)
        if id(node) in self.made:
            self._repeat(node)
        else:
            self._make(node)
        if self.count > MOST_NODES:
            raise _refused(f"holds more than {MOST_NODES} values", node.start_mark)
        if self.deepest > MOST_LEVELS:
            raise _refused(_TOO_DEEP, node.start_mark)
        return self.made[id(node)]

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            return self.loader.construct_object(node)
        except ValueError as error:
            # such as a date with month 13
            raise _refused(str(error), node.start_mark) from error

    def _repeat(self, node: yaml.Node) -> None:
        """Count what an alias repeats."""
        if id(node) not in self.sizes:
            raise _refused("an alias stands within what it repeats", node.start_mark)
        size, levels = self.sizes[id(node)]
        self.count += size
        self.deepest = max(self.deepest, self.level + levels)

    def _make(self, node: yaml.Node) -> None:
        count, deepest = self.count, self.deepest
        self.level += 1
        self.deepest = self.level
        if isinstance(node, yaml.SequenceNode):
            items: list[Any] = []
            self.made[id(node)] = items
            items.extend(self.of(item) for item in node.value)
        else:
            self.made[id(node)] = Located({}, node.start_mark.line + 1)
            self._fill(self.made[id(node)], node)
        self.level -= 1
        self.sizes[id(node)] = self.count - count, self.deepest - self.level
        self.deepest = max(deepest, self.deepest)

    def _fill(self, found: Located, node: yaml.Node) -> None:
        for key, value in node.value:
            name = self.of(key)
            if not isinstance(name, str | int | float | bool):
                raise _refused("a key is no text", key.start_mark)
            if name in found:
                raise _refused(f"the key {name!r} stands there twice; drop one", key.start_mark)
            found[name] = self.of(value)


def _no_yaml(shown: str, error: Exception) -> ConfigurationError:
    """Name the file and, where it is known, the line of what is no YAML."""
    if isinstance(error, yaml.MarkedYAMLError):
        line = f" line {error.problem_mark.line + 1}" if error.problem_mark else ""
        return ConfigurationError(f"{shown}: is no YAML:{line} {error.problem}")
    return ConfigurationError(f"{shown}: is no YAML: {' '.join(str(error).split())}")
