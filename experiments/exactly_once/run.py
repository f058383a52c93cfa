"""Storms over the doubles of three providers: jobs, kills and faults, counted where they would be paid for.

`nox -s storm` writes results.json and results.md beside this file; the vendors' clients alone are
measured in the same storm. `--json` prints one storm's counts and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from experiments.exactly_once import vendor  # noqa: E402
from experiments.exactly_once.place import PLACES  # noqa: E402
from experiments.exactly_once.report import written  # noqa: E402
from experiments.exactly_once.storm import storm  # noqa: E402
from experiments.exactly_once.submitter import submit  # noqa: E402
from experiments.exactly_once.verdict import judged  # noqa: E402

_EVENTS = 5
"""Of a job that meets no fault."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=500, help="for each provider")
    parser.add_argument("--kills", type=int, default=68, help="for each provider")
    parser.add_argument("--lanes", type=int, default=2, help="processes for each provider, over one journal")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--providers", nargs="+", choices=[*PLACES], default=[*PLACES])
    parser.add_argument("--alone", choices=["no", "too", "only"], default="too", help="the vendors' clients alone")
    parser.add_argument("--json", action="store_true", help="print, and write nothing")
    chosen = parser.parse_args()
    names = tuple(chosen.providers)
    for name in names:
        PLACES[name].warm()
    found: dict[str, object] = {"seed": chosen.seed}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if chosen.alone != "only":
            after = storm(
                *(names, chosen.jobs, chosen.kills, chosen.lanes, chosen.seed, folder / "journal", submit, _EVENTS)
            )
            each = chosen.jobs // chosen.lanes
            found["journal"] = [judged(item, each, folder / "journal" / item.place.name) for item in after]
        if chosen.alone != "no":
            found["alone"] = vendor.measured(names, chosen.seed, folder / "alone")
    if chosen.json:
        print(json.dumps(found))
        return
    (HERE / "results.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (HERE / "results.md").write_text(written(found), encoding="utf-8")
    print(written(found))


if __name__ == "__main__":
    main()
