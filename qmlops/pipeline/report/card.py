"""The headline numbers, each on a card."""

from __future__ import annotations

from qmlops.pipeline.report.facts import Facts
from qmlops.pipeline.report.markup import Markup, join, number, seconds, tag


def cards(facts: Facts) -> Markup:
    """Scores first, then what they cost. A metric that the run does not have has no card."""
    metrics = facts.metrics
    parts = [_score(facts, name, words) for name, words in _SCORES.items() if name in metrics]
    if "energy" in metrics:
        parts.append(_energy(facts))
    if "loss" in metrics and "energy" not in metrics:
        parts.append(_card("Final loss", number(metrics["loss"])))
    for name, words in {"steps": "Steps", "circuits": "Circuits run"}.items():
        if name in metrics:
            parts.append(_card(words, number(metrics[name], ",.0f")))
    if "train_seconds" in metrics:
        parts.append(_card("Training time", seconds(metrics["train_seconds"])))
    return tag("div", *parts, class_="cards")


_SCORES = {"test_accuracy": "Test accuracy", "train_accuracy": "Train accuracy"}


def _score(facts: Facts, name: str, words: str) -> Markup:
    below: Markup | str = ""
    if name in facts.intervals:
        low, high = facts.intervals[name]
        below = join(["95 %: ", number(low, ".3f"), "–", number(high, ".3f")])
    return _card(words, number(facts.metrics[name], ".3f"), below, first=name == "test_accuracy")


def _energy(facts: Facts) -> Markup:
    metrics = facts.metrics
    below: Markup | str = ""
    if "energy" in facts.intervals:
        low, high = facts.intervals["energy"]
        below = join(["95 %: ", number(low, ".6g"), "–", number(high, ".6g")])
    parts = [_card("Energy", number(metrics["energy"], ".8g"), below, first=True)]
    if "error" in metrics:
        parts.append(_card("Error to exact", number(metrics["error"], ".2g"), "exact diagonalisation"))
    if "ratio" in metrics:
        parts.append(_card("Ratio to exact", number(metrics["ratio"], ".6f")))
    return join(parts)


def _card(words: str, value: Markup, below: Markup | str = "", first: bool = False) -> Markup:
    parts = [tag("span", words), tag("strong", value)] + ([tag("small", below)] if below else [])
    return tag("div", *parts, class_="card first" if first else "card")
