"""Whether the claims of `qmlops test` keep their promises: errors, power, suites, shots saved, plateaus.

`nox -s calibration` writes results.json and results.md beside this file; a few minutes of one core.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from experiments.test_calibration.plateau import LEVEL, most_alarms, verdicts  # noqa: E402
from experiments.test_calibration.saving import savings  # noqa: E402
from experiments.test_calibration.trials import ALPHA, BETA, errors, suites  # noqa: E402

TRIALS, SUITES, CLAIMS, SEEDS = 1000, 1000, 50, 500
WORKERS = 4
Row = dict[str, object]


def main() -> None:
    found = {
        "errors": errors(TRIALS, 1, WORKERS),
        "suites": suites(SUITES, CLAIMS, 2),
        "savings": savings(),
        "plateaus": [verdicts(cost, SEEDS) for cost in ("global", "local")],
    }
    (HERE / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    text = "\n\n".join([_errors(found["errors"]), _suites(found["suites"]), _savings(found["savings"])])  # type: ignore[arg-type]
    text += "\n\n" + _plateaus(found["plateaus"]) + "\n"  # type: ignore[arg-type]
    (HERE / "results.md").write_text(text, encoding="utf-8")
    print(text)


def _errors(rows: list[Row]) -> str:
    told = f"""## Errors and power

{TRIALS:,} trials each of a true null at alpha {ALPHA:g}, and of the declared effect at power {1 - BETA:g}. At most the
99.9 % quantile of a binomial may be rejected, and at least the power less 0.03 must be found. Noise
resilience has both sides: to pass, the null is a loss of delta and the effect none at all; to fail, a loss
of delta and of three. One outcome alone has no variance, and so no slope of one. Random states and
weights are drawn until a test decides, at most {2**20:,} pairs of them. Claims about derivatives look as
often as at a provider."""
    head = "| statistic | null | rejected | at most | found | at least |\n| --- | --- | --- | --- | --- | --- |"
    keys = ("statistic", "shape", "rejected", "allowed", "found", "wanted")
    return f"{told}\n\n" + "\n".join([head, *(_row(*(row[key] for key in keys)) for row in rows)])


def _suites(row: Row) -> str:
    return f"""## Whole suites

{row["suites"]:,} suites of {row["claims"]} true claims that share alpha {ALPHA:g}: {row["failed"]} have any failure.
At most {row["allowed"]} were allowed (the 99.9 % quantile)."""


def _savings(rows: list[Row]) -> str:
    told = """## Shots saved

Of claims with two-valued samples, against the least shots of an exact binomial test that looks once
and keeps the same alpha and beta. Computed and not drawn. With effects on both sides, the slower one. `any test`
is the most that any test could save at both the null and the effect, by backward induction over all ways to
stop: where it is below a half, so is every test. Near a null of 1 nearly nothing differs from shot to shot:
to rule out an end takes almost as many right ones as ever, and of exactly 1 all but alpha of them. `looks`
are as many as help, or at most so many, where each is a request."""
    head = "| alpha | beta | null | effect at | looks | fixed | saved at null | saved at effect | any test |\n" + (
        "| --- " * 9 + "|"
    )
    lines = [
        _row(
            *(row["alpha"], row["beta"], row["null"], " and ".join(map(str, row["ends"]))),  # type: ignore[call-overload]
            *(row["looks"] or "all", f"{row['fixed']:,}"),
            *(f"{100 * row[key]:.1f} %" for key in ("null_saved", "effect_saved", "any")),  # type: ignore[operator]
        )
        for row in rows
    ]
    return f"{told}\n\n" + "\n".join([head, *lines])


def _plateaus(rows: list[Row]) -> str:
    told = f"""## Barren plateaus

Bricks of two layers at 2, 4, 6 and 8 qubits, alpha {LEVEL.alpha:g} and power {LEVEL.power:g}, over {SEEDS} seeds.
At most {most_alarms(SEEDS)} times may the local twin fail."""
    head = "| cost | mean slope of ln variance | pass | fail | inconclusive |\n| --- | --- | --- | --- | --- |"
    lines = [
        _row(row["cost"], f"{row['slope']:.3f}", *(row[key] for key in ("pass", "fail", "inconclusive")))
        for row in rows
    ]
    return f"{told}\n\n" + "\n".join([head, *lines])


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main()
