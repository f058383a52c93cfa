"""`qmlops plan`: what a run would send, cost and be worth, before anything is sent."""

from __future__ import annotations

import argparse
import json
from typing import Any

_EXAMPLES = """examples:
  qmlops plan +experiment=vqc backend=ionq shots=1000
  qmlops plan +experiment=vqc backend=ionq backend.device=qpu.forte-1 shots=1000
  qmlops plan -m +experiment=vqc backend=ionq shots=100,1000 seed=1,2,3
  qmlops plan --compare +experiment=vqc_moons shots=1000

Nothing is sent. --ask asks the provider for its queue and last calibration, and needs its key.
Counts hold with an empty journal and no faults; what is a guess says so."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops plan",
        description="Count and price a run, or a whole sweep with -m, before anything is sent.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="as for qmlops run")
    built.add_argument("-m", "--multirun", action="store_true", help="all runs of a sweep together")
    built.add_argument("--compare", action="store_true", help="all backends side by side")
    built.add_argument("--ask", action="store_true", help="ask the provider for its queue and calibration")
    built.add_argument("--md", action="store_true", help="print Markdown")
    built.add_argument("--json", action="store_true", help="print JSON")
    return built


def main(options: argparse.Namespace) -> int:
    from qmlops.core.event import plain
    from qmlops.errors import RequestError

    if options.multirun and options.compare:
        raise RequestError("plan takes -m or --compare, and not both.\nCompare one run, then plan the sweep with it.")
    show = _sweep if options.multirun else _compared if options.compare else _single
    told, text = show(options)
    print(json.dumps(plain({"schema": 1} | told), indent=1) if options.json else text)
    return 0


def _single(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from qmlops.pipeline.api import spec
    from qmlops.pipeline.plan.cheaper import ways
    from qmlops.pipeline.plan.estimate import plan
    from qmlops.pipeline.plan.text import as_json, as_text

    wanted = spec(options.overrides)
    planned = plan(wanted, options.ask)
    cheaper = ways(wanted, planned)
    return as_json(planned, cheaper), as_text(planned, cheaper, _table(options))


def _sweep(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from qmlops.config.sweep import grid
    from qmlops.pipeline.api import spec
    from qmlops.pipeline.plan.estimate import plan
    from qmlops.pipeline.plan.text import as_json, of_sweep

    planned = []
    for words, request in grid(options.overrides):
        planned.append((words, plan(spec(request), options.ask, rehearsed=False)))
    told = {"runs": [{"overrides": words} | as_json(item) for words, item in planned]}
    return told, of_sweep(planned, _table(options))


def _compared(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    from qmlops.pipeline.api import spec
    from qmlops.pipeline.plan.compare import as_json, as_text, compare

    rows = compare(spec(options.overrides), options.ask)
    return {"backends": [as_json(row) for row in rows]}, as_text(rows, _table(options))


def _table(options: argparse.Namespace) -> Any:
    from qmlops.pipeline.table import aligned, markdown

    return markdown if options.md else aligned
