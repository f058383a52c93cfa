"""`qmlops analyze`: compare runs."""

from __future__ import annotations

import argparse
import json

_EXAMPLES = """examples:
  qmlops analyze                      the newest run
  qmlops analyze --all                every finished run below ./runs
  qmlops analyze latest RUN --md      two runs as a Markdown table
  qmlops analyze --all --json         for scripts
  qmlops analyze --all --html FILE    a page with all curves over each other"""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops analyze",
        description="Show what runs reached, beside their baselines.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("runs", nargs="*", metavar="RUN", help="run or sweep folders, parts of names, or `latest`")
    built.add_argument("--all", action="store_true", help="every finished run below ./runs")
    built.add_argument("--html", metavar="FILE", help="write a page with the curves of all runs")
    form = built.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--md", action="store_true", help="print a Markdown table")
    return built


def main(options: argparse.Namespace) -> int:
    from pathlib import Path

    from qmlops.pipeline.analyze import chosen, lines
    from qmlops.pipeline.report.overlay import overlay
    from qmlops.pipeline.summary import as_json, as_text, comparison
    from qmlops.pipeline.table import aligned, markdown

    runs = chosen(options.runs, options.all)
    if options.html:
        Path(options.html).write_text(overlay(runs), encoding="utf-8")
    if options.json:
        print(json.dumps(as_json(runs), indent=1))
    elif options.md:
        print(markdown(*comparison(runs)))
    elif len(runs) == 1:
        print(as_text(runs[0]))
        print("\n" + lines(runs[0]))
    else:
        print(aligned(*comparison(runs)))
    return 0
