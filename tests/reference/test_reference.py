"""Published and independently computed figures, each a YAML beside this file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

HERE = Path(__file__).resolve().parent
FIGURES = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*.yaml"))}


def test_all_figures_are_seen() -> None:
    assert len(FIGURES) >= 11
    for name, figure in FIGURES.items():
        assert figure["source"] and figure["overrides"] and figure["figures"], name
        assert figure.keys() <= {"source", "overrides", "seeds", "figures"}


@pytest.mark.parametrize("name", FIGURES)
def test_the_figure_is_reached(name: str, run_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)
    figure = FIGURES[name]
    seeds = figure.get("seeds", [1])
    results = [run_of(*figure["overrides"], f"seed={seed}", name=str(seed)).result for seed in seeds]
    shown = "\n".join(f"seed {seed}: {beside(result)}" for seed, result in zip(seeds, results, strict=True))
    print(shown)
    for wanted in figure["figures"]:
        found = float(np.mean([result["metrics"][wanted["metric"]] for result in results]))
        if "least" in wanted:
            assert found >= wanted["least"], shown
        else:
            assert found == pytest.approx(wanted["value"], abs=wanted["tolerance"], rel=0), shown


def beside(result: dict[str, Any]) -> str:
    """What was reached, and what the baselines reach on the same rows."""
    keys = ("test_accuracy", "energy")
    reached = {key: result["metrics"][key] for key in keys if key in result["metrics"]}
    others = {item["name"]: item.get(key) for item in result["baselines"] for key in keys if key in item}
    return ", ".join(f"{name} {value:.4f}" for name, value in {**reached, **others}.items())
