"""One honest sentence about a run beside its baselines, also when they win."""

from __future__ import annotations

from typing import Any

_CLEAR = 0.05


def verdict(result: dict[str, Any]) -> str:
    """Who is ahead, by how many test rows, and whether that could be chance."""
    return _energy(result) if "energy" in result["metrics"] else _accuracy(result)


def test_rows(result: dict[str, Any]) -> int:
    """How many rows the test part has."""
    return sum(sum(row) for row in result["confusion"]["matrix"])


def _accuracy(result: dict[str, Any]) -> str:
    best = max(result["baselines"], key=lambda item: float(item["test_accuracy"]))
    rows = test_rows(result)
    own, other = (round(score * rows) for score in (result["metrics"]["test_accuracy"], best["test_accuracy"]))
    if own == other:
        return f"This model and the best baseline, {best['name']}, are equal: {own} of {rows} test rows right."
    score = f"{own} of {rows} test rows right, against {other}"
    chance = best["p_value"]
    doubt = "so it may be chance" if chance > _CLEAR else "so it is hardly chance"
    test = f"McNemar's exact test gives p = {chance:.2g}, {doubt}."
    if own > other:
        return f"This model is ahead of the best baseline, {best['name']}: {score}. {test}"
    score = f"{other} of {rows} test rows right, against {own}"
    return f"The best baseline, {best['name']}, is ahead of this model: {score}. {test}"


def _energy(result: dict[str, Any]) -> str:
    metrics = result["metrics"]
    if "error" not in metrics:
        return "The exact value was not computed: the program is too wide."
    exact = result["baselines"][0]["energy"]
    if metrics["error"] <= 1e-6 * abs(exact):
        return f"The energy agrees with exact diagonalisation to {max(metrics['error'], 1e-15):.2g}."
    ratio = f", {metrics['ratio']:.4f} of it" if "ratio" in metrics else ""
    return f"The energy is {metrics['error']:.3g} from that of exact diagonalisation{ratio}."
