"""`qmlops check`: compose and validate a request, and show what it would do."""

from __future__ import annotations

import argparse
import json
from typing import Any

_EXAMPLES = """examples:
  qmlops check +experiment=vqc
  qmlops check +experiment=vqc data=csv data.train=mine.csv
  qmlops check --no-build +experiment=vqc      config and types only, in under a second

Exit code 0: it would run, and its claims fit it. 2: it would not, and every mistake is listed with
its key."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops check",
        description="Compose and validate a request without running it; print the config and the plan.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="as for qmlops run")
    built.add_argument("--no-build", action="store_true", help="leave data, circuit and claims alone")
    built.add_argument("--json", action="store_true", help="print JSON")
    return built


def main(options: argparse.Namespace) -> int:
    import yaml

    from qmlops.core.event import plain
    from qmlops.errors import RequestError
    from qmlops.pipeline.api import spec

    if options.hydra:
        raise RequestError(f"check knows no such option: {' '.join(options.hydra)}\nSee qmlops check --help.")
    built = spec(options.overrides)
    plan = {} if options.no_build else _plan(built)
    if options.json:
        print(json.dumps(plain({"schema": 1, "config": dict(built.config), "plan": plan}), indent=1))
        return 0
    print(yaml.safe_dump(dict(built.config), sort_keys=False, allow_unicode=True, default_flow_style=None).rstrip())
    if plan:
        print("\n" + "\n".join(f"{name:<18} {value}" for name, value in plan.items()))
    return 0


def _plan(spec: Any) -> dict[str, Any]:
    from qmlops.pipeline.plan.whole import outline
    from qmlops.pipeline.prepare import prepare
    from qmlops.testing.lint.prepared import refuse_claims

    found = outline(spec)
    if spec.tests:
        refuse_claims(prepare(spec), spec.tests)
    return found
