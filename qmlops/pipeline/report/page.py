"""The page: its sections in order, each from the module of its name."""

from __future__ import annotations

from datetime import UTC, datetime

from qmlops.pipeline.report.boundary import boundary
from qmlops.pipeline.report.card import cards
from qmlops.pipeline.report.comparison import comparison
from qmlops.pipeline.report.confusion import confusion
from qmlops.pipeline.report.curve import curves
from qmlops.pipeline.report.detail import details
from qmlops.pipeline.report.facts import Facts
from qmlops.pipeline.report.markup import Markup, class_name, join, tag
from qmlops.pipeline.report.style import DRAWING, PAGE


def page(facts: Facts, circuit: Markup) -> Markup:
    """The whole document; it loads nothing."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"{facts.result['name']} · qmlops"),
        tag("style", Markup(DRAWING + PAGE)),
    )
    main = tag(
        "main",
        _header(facts),
        cards(facts),
        _section("Against the baselines", comparison(facts)),
        _section("Predictions", _predictions(facts)),
        _section("Training", _wrapped("trio", curves(facts))),
        _section("Circuit", _circuit(facts, circuit)),
        _section("Details", details(facts)),
    )
    return join([Markup("<!doctype html>\n"), tag("html", head, tag("body", main), lang="en")])


def _header(facts: Facts) -> Markup:
    moment = datetime.fromtimestamp(facts.moment, UTC)
    items = [
        tag("span", facts.state, class_="state"),
        tag("span", tag("time", f"{moment:%d %B %Y, %H:%M} UTC".lstrip("0"), datetime=moment.isoformat())),
        tag("span", f"seed {facts.started.seed}"),
        tag("span", facts.result["kind"]),
        tag("span", facts.result["run"]),
    ]
    items += [tag("span", f"resumed at step {step}") for step in facts.resumed[:3]]
    return tag("header", tag("h1", facts.result["name"]), tag("p", *items))


def _section(title: str, body: Markup) -> Markup:
    """A titled section; nothing where there is nothing to show."""
    return tag("section", tag("h2", title), body) if body else Markup("")


def _wrapped(style: str, body: Markup) -> Markup:
    return tag("div", body, class_=style) if body else Markup("")


def _predictions(facts: Facts) -> Markup:
    found = facts.result["confusion"]
    if found is None:
        return Markup("")
    plane = facts.result["boundary"]
    parts = [boundary(plane, found["classes"])] if plane else []
    return _wrapped("pair", join([*parts, confusion(found)]))


def _circuit(facts: Facts, circuit: Markup) -> Markup:
    program = facts.model.program
    gates, deep = sum(1 for _ in program.circuit.all_operations()), len(program.circuit)
    counts = f"{program.width} qubits, {gates:,} gates, depth {deep:,}, {len(program.weights):,} weights."
    reads = [str(item) for item in program.observables]
    shown = "; ".join(class_name(item, 120) for item in reads[:6]) + ("; …" if len(reads) > 6 else "")
    key = tag(
        "p",
        tag("span", tag("i", "", class_="in"), "angle from the data"),
        tag("span", tag("i", "", class_="we"), "trained angle"),
        tag("span", tag("i", "", class_="fi"), "fixed gate"),
        class_="key",
    )
    about = tag("p", f"{counts} Reads {shown}." if shown else counts)
    return join([about, tag("div", tag("div", circuit, class_="scroll"), key, class_="card")])
