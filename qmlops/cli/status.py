"""`qmlops status`: what is installed, which backends can run here, what has run."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qmlops.pipeline.machine import Machine
    from qmlops.pipeline.requirement import Package
    from qmlops.pipeline.status import Place, Status

_EXAMPLES = """examples:
  qmlops status
  qmlops status --offline
  qmlops status --json

Providers whose keys are here are asked all at once; for the others the dated catalogue stands.
Nothing is sent to run and nothing is changed. To test the installation: qmlops doctor."""


_MACHINE = ["machine", "backend", "qubits", "state", "queue", "calibration", "price"]


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops status",
        description="Show what is installed, which backends can run, what providers say, and what is to mend.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("--offline", action="store_true", help="ask no provider")
    built.add_argument("--timeout", type=float, default=10.0, metavar="S", help="seconds for all answers together")
    built.add_argument("--json", action="store_true", help="print JSON")
    return built


def main(options: argparse.Namespace) -> int:
    from qmlops.pipeline.status import status

    found = status(options.offline, options.timeout)
    if options.json:
        remedies = [asdict(package) | {"remedy": package.remedy} for package in found.packages]
        print(json.dumps({"schema": 1} | asdict(found) | {"packages": remedies}, indent=1, ensure_ascii=False))
    else:
        print(as_text(found))
    return 0


def as_text(found: Status) -> str:
    """One section a subject, each with its remedies."""
    from qmlops.pipeline.table import aligned
    from qmlops.simulate.memory import in_words

    version = found.qmlops or "from a checkout, not installed"
    sections = [
        f"qmlops {version} on Python {found.python}, {in_words(found.usable_bytes)} of memory for work",
        aligned(["backend", "where", "qubits", "state"], [_backend(place) for place in found.backends]),
        aligned(_MACHINE, [_machine(machine) for machine in found.machines]),
        aligned(["package", "installed", "needed", ""], [_package(package) for package in found.packages]),
    ]
    if found.plugins:
        rows = [[f"{plugin.group}={plugin.name}", plugin.package] for plugin in found.plugins]
        sections.append(aligned(["plugin", "from"], rows))
    sections.append("conf, in order of search\n" + "\n".join(f"  {folder}" for folder in found.conf))
    counts = ", ".join(f"{count} {state}" for state, count in sorted(found.runs.items()))
    sections.append(f"runs below ./runs: {counts or 'none'}")
    return "\n\n".join(sections)


def _backend(place: Place) -> list[str]:
    where = {True: "hardware", False: "simulator", None: ""}[place.hardware]
    state = "ready" if place.ready else f"not ready: {', '.join(place.missing)}; {place.remedy}"
    return [place.kind, where, "" if place.qubits is None else f"up to {place.qubits}", state]


def _machine(machine: Machine) -> list[str]:
    from qmlops.pipeline.plan.quantity import duration

    queue, days = machine.queue, machine.calibration_days
    waits = "" if queue is None or queue.seconds is None else duration(queue.seconds)
    ahead = "" if queue is None or queue.jobs is None else f"{queue.jobs} jobs"
    calibrated = f"{days:,.0f} days old" if days is not None else machine.calibration or "not known"
    qubits = "not known" if machine.qubits is None else str(machine.qubits)
    waiting = " ".join(word for word in (waits, ahead) if word) or "not known"
    return [machine.device, machine.backend, qubits, machine.state, waiting, calibrated, machine.price]


def _package(package: Package) -> list[str]:
    needed = " ".join(word for word in (package.allowed, package.extra and f"(extra {package.extra})") if word)
    return [package.name, package.installed or "missing", needed or "any", package.remedy]
