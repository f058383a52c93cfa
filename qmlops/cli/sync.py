"""`qmlops sync`: send to the tracker what a run could not send."""

from __future__ import annotations

import argparse

_EXAMPLES = """examples:
  qmlops sync latest
  qmlops sync runs/2026-11-22_16-55-48_vqc

Sending again is safe: what the tracker has already is not sent twice."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops sync",
        description="Send to the run's tracker what is not there yet.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("run", metavar="RUN", help="a run folder, a part of its name, or `latest`")
    return built


def main(options: argparse.Namespace) -> int:
    from qmlops.pipeline.folder import find
    from qmlops.pipeline.run import sync

    print(sync(find(options.run)) or "The run has tracker=none; nothing is sent.")
    return 0
