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
from qmlops.pipeline.report.markup import Markup, class_name, counted, join, tag
from qmlops.pipeline.report.style import DRAWING, PAGE

_AGAINST = ("Against the baselines", "Against the exact energy")


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
        _section(_AGAINST["energy" in facts.metrics], comparison(facts)),
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
        tag("span", f"objective {facts.result['kind']}"),
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
    counts = [counted(program.width, "qubit"), counted(gates, "gate"), counted(len(program.weights), "weight")]
    about = f"{', '.join(counts)}, depth {deep:,}."
    reads = [str(item) for item in program.observables]
    shown = "; ".join(class_name(item, 120) for item in reads[:6]) + (f" and {len(reads) - 6} more" * (len(reads) > 6))
    origins = {"input": "angle from the data", "weight": "trained angle", "both": "both", "fixed": "fixed gate"}
    seen = [(sort, words) for sort, words in origins.items() if f'class="gate {sort}"' in circuit]
    key = tag("p", *(tag("span", tag("i", "", class_=sort), words) for sort, words in seen), class_="key")
    said = tag("p", f"{about} Reads {shown}." if shown else about)
    return join([said, tag("div", tag("div", circuit, class_="scroll"), key, class_="card")])
