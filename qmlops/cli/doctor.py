"""`qmlops doctor`: try the installation out, and say what mends it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from qmlops.pipeline.doctor.check import Check

_EXAMPLES = """examples:
  qmlops doctor
  qmlops doctor --json

Exit code 0: nothing failed; there may be warnings. 1: something did."""
_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops doctor",
        description="Test this installation and the project in this folder; takes some seconds.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("--json", action="store_true", help="print JSON")
    return built


def main(options: argparse.Namespace) -> int:
    from qmlops.pipeline.doctor import diagnose

    if options.json:
        checks = list(diagnose())
        print(json.dumps({"schema": 1, "checks": [asdict(check) for check in checks]}, indent=1, ensure_ascii=False))
    else:
        checks = _told()
    return 1 if any(check.state == "fail" for check in checks) else 0


def _told() -> list[Check]:
    """Show each check when it is made."""
    from rich.console import Console

    from qmlops.pipeline.doctor import diagnose

    console, checks = Console(soft_wrap=True, highlight=False), []
    for check in diagnose():
        checks.append(check)
        _show(console, check)
    counts = {state: sum(check.state == state for check in checks) for state in _COLOURS}
    console.print(f"\n{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} failed")
    return checks


def _show(console: Console, check: Check) -> None:
    from rich.text import Text

    line = Text(f"{check.state:<5}", style=_COLOURS[check.state])
    console.print(line + Text(f"{check.name:<16} {check.found}", style="default"))
    if check.remedy:
        console.print(Text(f"{'':<22}{check.remedy}"))
