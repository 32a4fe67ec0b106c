"""A trace as an indented tree."""

from cdisc_tools.model.trace import TraceNode

INDENT = "  "


def trace_text(nodes: list[TraceNode]) -> str:
    """Write each traced record with what it came from beneath it, down to the raw cells."""
    return "\n".join(line for node in nodes for line in _lines(node, 0))


def _lines(node: TraceNode, depth: int) -> list[str]:
    values = ", ".join(f"{name}={value}" for name, value in node.values)
    via = f"{node.via} <- " if node.via else ""
    lines = [f"{INDENT * depth}{via}{node.dataset} {node.key}: {values}"]
    lines += [
        f"{INDENT * (depth + 1)}{cell.variable} <- {cell.cell}: {cell.text!r}"
        for cell in node.cells
    ]
    for source in node.sources:
        lines += _lines(source, depth + 1)
    return lines
