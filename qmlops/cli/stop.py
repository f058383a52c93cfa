"""`qmlops stop`: end or pause a run that is under way, from anywhere."""

from __future__ import annotations

import argparse
import json

_EXAMPLES = """examples:
  qmlops stop latest            end it with a checkpoint; a resume collects its jobs
  qmlops stop latest --now      the same, and cancel its jobs at the provider
  qmlops stop latest --pause    submit nothing more until `qmlops resume latest`

The run obeys between two steps, and while it waits for a job."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops stop",
        description="End or pause a run that is under way.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("run", metavar="RUN", help="a run folder, a part of its name, or `latest`")
    how = built.add_mutually_exclusive_group()
    how.add_argument("--pause", action="store_true", help="only pause it")
    how.add_argument("--now", action="store_true", help="cancel its jobs at the provider")
    built.add_argument("--json", action="store_true", help="print JSON")
    return built


def main(options: argparse.Namespace) -> int:
    from qmlops.pipeline.account import command
    from qmlops.pipeline.folder import find

    folder = find(options.run)
    given = ["pause"] if options.pause else ["cancel", "stop"] if options.now else ["stop"]
    for name in given:
        command(folder, name)
    if options.json:
        print(json.dumps({"schema": 1, "run": str(folder), "commands": given}))
    else:
        print(f"{folder} was told to {' and '.join(given)}; its events say what came of it.")
    return 0
