"""What a check of a define.xml finds, and the register of such checks."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cdisc_tools.metadata.define_document import Document
from cdisc_tools.metadata.define_names import Element


class Hit(NamedTuple):
    """A fault: the check's id, the element that has it, the values at fault, what is expected."""

    check: str
    element: Element
    values: tuple[str, ...] = ()
    detail: str = ""


DefineCheck = Callable[[Document], Iterator[Hit]]
REGISTER: list[DefineCheck] = []


def define_check(function: DefineCheck) -> DefineCheck:
    """Register a check, which yields the hits of one or several ids."""
    REGISTER.append(function)
    return function
