"""Validation by several worker processes: each checks some schemas and judges by some rules."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cdisc_tools.io.datasets import dataset_files
from cdisc_tools.model.findings import Findings
from cdisc_tools.pipeline.processes import worker_pool
from cdisc_tools.pipeline.rules import RuleBook
from cdisc_tools.pipeline.validate import Checked, Held, check_files, read_held


@dataclass(frozen=True)
class Share:
    """What one worker does: the files whose schemas it checks, and the rules it judges all by."""

    path: Path
    held: Held
    files: frozenset[str]
    book: RuleBook
    cap: int


def check_in_processes(
    path: Path, held: Held, book: RuleBook, *, cap: int, workers: int
) -> Checked:
    """Check datasets as ``check_files`` does, by several processes; the findings are the same.

    There are no more of them than processors and files. Each process reads the datasets by itself,
    so that none waits for another.
    """
    workers = min(workers, os.cpu_count() or 1, max(len(dataset_files(path)), 1))
    shares = share_out(path, held, book, cap=cap, workers=workers)
    with worker_pool(workers) as pool:
        found = list(pool.map(do_share, shares))
    schemas, rules = Findings(), Findings()
    for part in found:
        schemas.extend(part.schemas)
        rules.extend(part.rules)
    return Checked(found[0].counts, schemas, rules)


def share_out(path: Path, held: Held, book: RuleBook, *, cap: int, workers: int) -> list[Share]:
    """Divide the work: files by their sizes, the largest first, and rules in turn."""
    files: list[list[str]] = [[] for _ in range(workers)]
    sizes = [0] * workers
    for file in sorted(dataset_files(path), key=lambda item: (-item.stat().st_size, item.name)):
        least = sizes.index(min(sizes))
        files[least].append(file.name)
        sizes[least] += file.stat().st_size
    names = list(book.rules)
    return [
        Share(
            path, held, frozenset(files[number]), _part(book, names[number::workers], number), cap
        )
        for number in range(workers)
    ]


def _part(book: RuleBook, names: Sequence[str], number: int) -> RuleBook:
    """Some rules of a book; those that can't be read are told once."""
    rules = {name: book.rules[name] for name in names}
    return replace(book, rules=rules, unreadable=() if number else book.unreadable)


def do_share(share: Share) -> Checked:
    """Do the work of one share."""
    return check_files(
        share.path, read_held(share.held), book=share.book, cap=share.cap, only=share.files
    )
