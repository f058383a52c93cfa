"""Measures this engine and its peers side by side and writes the table of ratios.

    python experiments/engine_speed/run.py --python jax=… --python lightning=… [--cases all --resume]

Each peer runs in an environment of its own, once with one thread and once with all, and its
better number counts. In every round all take their turn, in an order that changes from round to
round. The gradients of all are compared in the same run. `--cases targets`, the default, measures
the limits of the hardware between the cases and writes results.* and limits.*; `--cases all`
measures the whole product and writes results_all.*, after each case.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import astuple
from typing import Any

import limits
from cases import PLANS
from race import HERE, measure, workers
from save import write
from table import markdown

NAMES = {"targets": "results", "all": "results_all"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", default=[], help="PEER=PATH of its interpreter")
    parser.add_argument("--cases", choices=PLANS, default="targets")
    parser.add_argument("--resume", action="store_true", help="keep the cases that are in the file, measure the others")
    options = parser.parse_args()
    plan = PLANS[options.cases]
    team = workers({"qmlops": sys.executable, **dict(item.split("=", 1) for item in options.python)})
    found: dict[str, Any] = {
        "plan": options.cases,
        "cores": len(os.sched_getaffinity(0)),
        "versions": {worker.peer: worker.version for worker in team},
        "cases": [],
    }
    file = HERE / f"{NAMES[options.cases]}.json"
    if options.resume:
        kept = json.loads(file.read_text())
        if kept["versions"] != found["versions"]:
            sys.exit(f"{file.name} was measured with other versions: {kept['versions']}; measure without --resume.")
        found["cases"] = kept["cases"]
    done = {tuple(item["case"]) for item in found["cases"]}
    for case in plan.cases:
        if astuple(case) in done:
            continue
        item = measure(team, case, plan.effort, found["cases"])
        if options.cases == "targets":
            item |= limits.probe(team, item)
        found["cases"].append(item)
        print(json.dumps({key: item[key] for key in ("case", "rounds", "left_out")}), flush=True)
        write(file, found)
        file.with_suffix(".md").write_text(markdown(found))
    for worker in team:
        worker.stop()
    if options.cases == "targets":
        limits.write(found)


if __name__ == "__main__":
    main()
