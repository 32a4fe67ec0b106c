"""Rules and datasets that are bent at random, the same for a seed on every machine."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from cdisc_tools.io.rule_files import RuleFolder, read_rule_files, read_rule_folder
from cdisc_tools.metadata.rule_store import own_rules_folder
from cdisc_tools.model.rules import Rule
from cdisc_tools.rules.loader import read_rule
from cdisc_tools.rules.runner import conditions_of

ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "data" / "core-open-rules.zip"


def _folders():
    """Each rule of ours, and of the published ones where they are at hand, as a folder."""
    for path in sorted(own_rules_folder().glob("*/rule.yml")):
        yield lambda folder=path.parent: read_rule_folder(folder), path.read_text("utf-8")
    if ARCHIVE.is_file():
        archive = read_rule_folder(ARCHIVE)
        inside = {}
        for name, content in archive.files.items():
            inside.setdefault("/".join(name.split("/")[:2]), {})[name] = content
        for folder, files in sorted(inside.items()):
            text = files.get(f"{folder}/rule.yml")
            if text:
                yield lambda files=files: RuleFolder("zip", files), text.decode("utf-8")


def _words(rule: Rule):
    """The operators, operations and kinds of a rule: what its code is."""
    yield from (f"operator {item.operator}" for item in conditions_of(rule.check))
    yield from (f"operation {item.operator}" for item in rule.operations)
    yield from (f"match {item.name}" for item in rule.match_datasets if not item.name.isalpha())
    yield f"type {rule.rule_type}"
    yield f"sensitivity {rule.sensitivity}"
    yield f"each {bool(rule.each_variable)}"


@lru_cache(maxsize=1)
def pool():
    """Rules with their text and cases, as few as hold every word of the language that any has."""
    chosen, known = [], set()
    for read, text in _folders():
        rule = read_rule(text, "rule.yml")
        new = set(_words(rule)) - known
        if new:
            known |= new
            (files,) = read_rule_files(read())
            if files.cases:
                chosen.append((rule, text, files.cases))
    return chosen


LONG = "x" * 10_000
JUNK = ["", " ", "\t", "é", "日本語", "\U0001f600", LONG, "NaN", "-1e400", "1_000", "2024-13-45",
        "2024-02", "T", "P1Y", "()", "[", "\\", "{y}", "--", "$x", "null", "\x00", "a\nb", "#",
        "&x", "2024-01-01T24:00", "9" * 400, "-0", "0x1F", "Y", "SUPP--", "¹", "٣"]  # fmt: skip
VALUES = [None, True, 0, -1, 1.5, 10**30, "", "x", LONG, "(", "$gone", [], [None], ["a", 1, None],
          [[1], {"a": 1}], {}, {"a": 1}, {"a": {"b": ["c"]}}]  # fmt: skip


def _paths(node, path=()):
    """Where each part of plain data stands."""
    yield path
    if isinstance(node, dict):
        for key in node:
            yield from _paths(node[key], (*path, key))
    elif isinstance(node, list):
        for place in range(len(node)):
            yield from _paths(node[place], (*path, place))


def _parent(node, path):
    for step in path[:-1]:
        node = node[step]
    return node, path[-1]


def _drop(random, content, path):
    parent, last = _parent(content, path)
    del parent[last]


def _retype(random, content, path):
    parent, last = _parent(content, path)
    parent[last] = VALUES[random.integers(len(VALUES))]


def _rename(random, content, path):
    parent, last = _parent(content, path)
    if isinstance(parent, dict):
        parent[JUNK[random.integers(len(JUNK))] or "x"] = parent.pop(last)


def _misspell(random, content, path):
    parent, last = _parent(content, path)
    if isinstance(parent[last], str) and parent[last]:
        text, place = parent[last], random.integers(len(parent[last]))
        parent[last] = text[:place] + JUNK[random.integers(len(JUNK))] + text[place + 1 :]


def _wrap(random, content, path):
    parent, last = _parent(content, path)
    for _ in range(int(random.integers(1, 60))):
        parent[last] = [parent[last]] if random.random() < 0.5 else {"all": [parent[last]]}


def _swap(random, content, path):
    """Another operator or operation in the place of one."""
    parent, last = _parent(content, path)
    words = [item.operator for rule, *_ in pool() for item in conditions_of(rule.check)]
    words += [item.operator for rule, *_ in pool() for item in rule.operations]
    if last in {"operator", "name", "value"}:
        parent[last] = words[random.integers(len(words))]


CONTENT = (_drop, _retype, _rename, _misspell, _wrap, _swap, _swap)


def _bent_content(random, text):
    content = yaml.safe_load(text)
    for _ in range(int(random.integers(1, 4))):
        paths = [path for path in _paths(content) if path]
        bend = CONTENT[random.integers(len(CONTENT))]
        bend(random, content, paths[random.integers(len(paths))])
    return json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")


def _bent_text(random, text):
    lines = text.splitlines(keepends=True)
    place = int(random.integers(len(lines)))
    way = int(random.integers(7))
    if way == 0:
        del lines[place]
    elif way == 1:
        lines.insert(place, lines[int(random.integers(len(lines)))])
    elif way == 2:
        lines[place] = " " * int(random.integers(9)) + lines[place].lstrip()
    elif way == 3:
        lines[place] = lines[place].replace(":", JUNK[random.integers(len(JUNK))])
    elif way == 4:
        lines.insert(place, "x: " + "[" * int(random.integers(1, 20_000)) + "\n")
    elif way == 5:
        names = "abcdefghij"
        lines = ["a: &a [x, x, x, x, x, x, x, x, x]\n"]
        for before, name in pairwise(names):
            lines.append(f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n")
        lines.append(text)
    else:
        lines = lines[:place]
    return "".join(lines).encode("utf-8", "surrogatepass")


def _bent_bytes(random, text):
    content = bytearray(text.encode())
    for _ in range(int(random.integers(1, 30))):
        content[random.integers(len(content))] = random.integers(256)
    return bytes(content) if random.random() < 0.8 else random.bytes(500)


def bent_rule(seed):
    """A rule of the pool, bent: the rule, the bytes of its file, and the rule's cases."""
    random = np.random.default_rng(seed)
    rule, text, cases = pool()[random.integers(len(pool()))]
    way = random.random()
    bend = _bent_content if way < 0.7 else _bent_text if way < 0.9 else _bent_bytes
    return rule, bend(random, text), cases


def _lose_variables(random, frame):
    kept = random.random(len(frame.columns)) < 0.6
    return frame.loc[:, kept]


def _lose_records(random, frame):
    return frame.iloc[: int(random.integers(2))]


def _many(random, frame):
    return pd.concat([frame] * int(random.integers(2, 9)), ignore_index=True)


def _changed(random, frame, share, change):
    """The frame with a share of its variables changed, each by its vector; names may repeat."""
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    bent = [change(column) if random.random() < share else column for column in columns]
    return pd.concat(bent, axis=1) if bent else frame


def _odd_values(random, odd, share, dtype):
    """Change a vector's values to odd ones, a share of them."""

    def change(column):
        values = [
            odd[random.integers(len(odd))] if random.random() < share else value
            for value in column.astype(object)
        ]
        return pd.Series(values, index=column.index, name=column.name, dtype=dtype)

    return change


def _missing(random, frame):
    return _changed(random, frame, 0.7, lambda column: column.mask(column.notna()))


def _texts(random, frame):
    plain = _changed(random, frame, 1, lambda column: column.astype(object).map(_written))
    return _changed(random, plain, 0.8, _odd_values(random, JUNK, 0.4, "string"))


def _written(value):
    return None if pd.isna(value) else str(value)


def _numbers(random, frame):
    odd = [0.0, -0.0, 1e308, -1e308, np.inf, -np.inf, np.nan, 1e-320, 2.5, 20240101.0]
    return _changed(random, frame, 0.5, _odd_values(random, odd, 1, "float64"))


def _mixed(random, frame):
    odd = [1, "1", 1.0, None, True, b"x", pd.Timestamp("2024-01-01"), "", float("nan"), ("a", "b"),
           date(2024, 2, 1), Decimal("1.50"), pd.NA, pd.NaT, 10**400]  # fmt: skip
    return _changed(random, frame, 0.4, _odd_values(random, odd, 0.7, "object"))


def _dated(random, frame):
    def change(column):
        days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(column)), unit="D")
        return pd.Series(days, index=column.index, name=column.name)

    return _changed(random, frame, 0.4, change)


def _typed(random, frame):
    kinds = ["category", "object", "bool", "Int64"]

    def change(column):
        try:
            return column.astype(kinds[random.integers(len(kinds))])
        except (ValueError, TypeError, OverflowError, RuntimeWarning):
            return column.astype("object")

    return _changed(random, frame, 0.6, change)


def _twice(random, frame):
    chosen = frame.loc[:, random.random(len(frame.columns)) < 0.5]
    return pd.concat([frame, chosen], axis=1)


def _odd_names(random, frame):
    names = [JUNK[random.integers(len(JUNK))] if random.random() < 0.2 else name
             for name in frame.columns]  # fmt: skip
    return frame.set_axis(names, axis=1)


def _as_it_is(random, frame):
    return frame


FRAMES = (_lose_variables, _lose_records, _many, _missing, _texts, _numbers, _mixed, _dated, _typed,
          _twice, _odd_names, _as_it_is)  # fmt: skip
RECORDS = 40


def bent_case(random, case):
    """A case whose datasets are bent."""
    datasets = []
    for dataset in case.datasets:
        frame = dataset.frame.head(RECORDS)
        for _ in range(int(random.integers(1, 3))):
            frame = FRAMES[random.integers(len(FRAMES))](random, frame)
        facts = dataset.variables if random.random() < 0.5 else ()
        datasets.append(replace(dataset, frame=frame, variables=facts))
    kept = [item for item in datasets if random.random() < 0.85]
    return replace(case, datasets=tuple(kept))
