"""What one needs to run it again: the command, weights, config and versions."""

from __future__ import annotations

from qmlops.core.label import symbol_pieces
from qmlops.pipeline.report.facts import Facts
from qmlops.pipeline.report.markup import Markup, join, number, tag

MOST_WEIGHTS = 1000


def details(facts: Facts) -> Markup:
    """The command in the open, the rest folded."""
    versions = facts.started.versions
    rows = {"seed": facts.started.seed, **versions, "program": facts.model.program.digest()}
    table = tag(
        "table", *(tag("tr", tag("th", name), tag("td", value)) for name, value in rows.items()), class_="facts"
    )
    return join(
        [
            tag("p", "Run it again:"),
            tag("pre", facts.command, class_="card"),
            tag("p", ""),
            _weights(facts),
            _folded("Composed config", "YAML", tag("pre", facts.config)),
            _folded("Versions and seed", f"{len(versions)} versions", table),
        ]
    )


def _weights(facts: Facts) -> Markup:
    model = facts.model
    if model.support is not None:
        count = f"{len(model.support.inputs)} support points"
        return tag("p", f"A kernel machine with {count}; its circuit has no weights.")
    names, values = model.program.weights, [float(value) for value in model.weights]
    shown = list(zip(names, values, strict=True))[:MOST_WEIGHTS]
    if not shown:
        return Markup("")
    cells = [tag("div", tag("span", *_written(name), title=name), number(value, ".4f")) for name, value in shown]
    more = f"the first {MOST_WEIGHTS} of {len(names)}, in rad" if len(names) > MOST_WEIGHTS else f"{len(names)}, in rad"
    return _folded("Final weights", more, tag("div", *cells, class_="weights"))


def _written(name: str) -> list[Markup | str]:
    parts: list[Markup | str] = []
    for base, below in symbol_pieces(name):
        parts += [base, tag("sub", below)] if below else [base]
    return parts


def _folded(title: str, more: str, body: Markup) -> Markup:
    return tag("details", tag("summary", title, tag("small", more)), tag("div", body))
