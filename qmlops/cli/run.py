"""`qmlops run`: one run, or a sweep with -m."""

from __future__ import annotations

import argparse
import json
import sys

_EXAMPLES = """examples:
  qmlops run +experiment=vqc
  qmlops run +experiment=vqc circuit.layers=5 optimizer.rate=0.05 seed=7
  qmlops run +experiment=vqc data=csv data.train=mine.csv
  qmlops run +experiment=vqc gradient=parameter_shift shots=1000
  qmlops run -m +experiment=vqc circuit.layers=1,2,3 seed=1,2,3
  qmlops run -m +experiment=vqc seed=1,2,3,4 hydra/launcher=joblib

KEY=VALUE replaces a value, GROUP=NAME chooses a file of conf/GROUP; `qmlops list` shows them all.
Options that Hydra knows (--cfg job, --info, --config-dir DIR) are handed on to it."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops run",
        description="Train a model as an experiment says; without one, the shipped defaults on iris.\n"
        "The run gets a folder of its own below ./runs.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="+experiment=NAME, GROUP=NAME, KEY=VALUE")
    built.add_argument("-m", "--multirun", action="store_true", help="a sweep: values with commas are tried in turn")
    built.add_argument("--json", action="store_true", help="print the result as JSON")
    built.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")
    return built


def main(options: argparse.Namespace) -> int:
    if options.hydra:
        from qmlops.config.sweep import hand_on

        return hand_on(options.hydra)
    if options.multirun:
        return _sweep(options)
    return _single(options)


def _single(options: argparse.Namespace) -> int:
    from qmlops.cli.progress import Progress
    from qmlops.pipeline.api import run
    from qmlops.pipeline.summary import as_json, as_text

    progress = Progress()
    done = run(options.overrides, (lambda event: None) if options.quiet else progress)
    print(json.dumps(as_json([done]), indent=1) if options.json else as_text(done))
    return 0


def _sweep(options: argparse.Namespace) -> int:
    from qmlops.pipeline.summary import as_json, sweep_table
    from qmlops.pipeline.sweep import sweep

    done = sweep(options.overrides, quiet=options.quiet)
    print(json.dumps(as_json(done.runs), indent=1) if options.json else sweep_table(done))
    for failed in done.failed:
        print(f"\nqmlops: {failed['overrides']}: {failed['error']}", file=sys.stderr)
    return done.exit_code
