"""`qmlops stop`: end, pause or steer a run that is under way, from anywhere."""

from __future__ import annotations

import argparse
import json

_EXAMPLES = """examples:
  qmlops stop latest            end it with a checkpoint; a resume collects its jobs
  qmlops stop latest --now      the same, and cancel its jobs at the provider
  qmlops stop latest --pause    submit nothing more until `qmlops stop latest --resume`
  qmlops stop latest --checkpoint
  qmlops stop latest --budget usd=30 shots=null

The run obeys between two steps, and while it waits for a job. One job alone is cancelled by
`qmlops jobs cancel TOKEN`."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops stop",
        description="End, pause or steer a run that is under way.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("run", metavar="RUN", help="a run folder, a part of its name, or `latest`")
    how = built.add_mutually_exclusive_group()
    how.add_argument("--now", action="store_true", help="cancel its jobs at the provider, too")
    how.add_argument("--pause", action="store_true", help="only pause it")
    how.add_argument("--resume", action="store_true", help="let it go on after a pause")
    how.add_argument("--checkpoint", action="store_true", help="let it save its state now, and go on")
    how.add_argument("--budget", nargs="+", metavar="KEY=VALUE", help="other bounds: usd, shots, circuits, minutes")
    built.add_argument("--json", action="store_true", help="print JSON")
    return built


def main(options: argparse.Namespace) -> int:
    from qmlops.pipeline.account import bounds, command
    from qmlops.pipeline.folder import find

    folder = find(options.run)
    chosen = [name for name in ("pause", "resume", "checkpoint", "budget") if getattr(options, name)]
    given = chosen or (["cancel", "stop"] if options.now else ["stop"])
    values = bounds([f"budget.{word.removeprefix('budget.')}" for word in options.budget or ()])
    for name in given:
        command(folder, name, **values)
    if options.json:
        print(json.dumps({"schema": 1, "run": str(folder), "commands": given}))
    else:
        print(f"{folder} was told: {', '.join(given)}; its events say what came of it.")
    return 0
