"""`qmlops resume`: go on with a run that was interrupted or killed."""

from __future__ import annotations

import argparse
import json
import sys

_EXAMPLES = """examples:
  qmlops resume latest
  qmlops resume runs/2026-11-22_16-55-48_vqc
  qmlops resume latest budget.usd=30     with more money, where the budget refused it

The run goes on from its last checkpoint and ends with the same weights and history as if it had
never stopped, in the same MLflow run. Jobs at a provider are gone on with, and what was paid is not
paid again. A run that `qmlops stop --pause` has paused goes on."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops resume",
        description="Go on with a run that was interrupted or killed.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("run", metavar="RUN", help="a run folder, a part of its name, or `latest`")
    built.add_argument(
        "budget", nargs="*", metavar="budget.KEY=VALUE", help="other bounds: usd, shots, circuits, minutes"
    )
    built.add_argument(
        "--pay-again", action="store_true", help="go on though the journal has lost jobs, whose work is paid for anew"
    )
    built.add_argument("--json", action="store_true", help="print the result as JSON")
    built.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")
    return built


def main(options: argparse.Namespace) -> int:
    from qmlops.cli.progress import Progress
    from qmlops.core.control import append
    from qmlops.pipeline.account import bounds
    from qmlops.pipeline.folder import find, in_use
    from qmlops.pipeline.run import resume
    from qmlops.pipeline.summary import as_json, as_text

    folder, budget = find(options.run), bounds(options.budget)
    if in_use(folder):
        if budget:
            append(folder, "budget", **budget)
        append(folder, "resume")
        print(f"{folder} is running, and was told to go on.", file=sys.stderr)
        return 0
    done = resume(folder, (lambda event: None) if options.quiet else Progress(), budget, options.pay_again)
    print(json.dumps(as_json([done]), indent=1) if options.json else as_text(done))
    return 0
