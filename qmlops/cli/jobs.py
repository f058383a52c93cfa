"""`qmlops jobs`: what was sent to providers, and what a person decides about it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qmlops.execute.ledger import Entry

ACTIONS = {
    "list": "all jobs of this folder's journal",
    "show": "everything that the journal has of one",
    "fetch": "look at one now, and store its results where it is done; finds again what was not shown",
    "cancel": "ask the provider to cancel one",
    "adopt": "take a job in doubt for the provider's: the one with its token, or the one that is named",
    "retry": "send a job in doubt again at the next resume, though it may be paid twice",
    "forget": "a job in doubt is not at the provider: release what was reserved for it",
}
_EXAMPLES = """examples:
  qmlops jobs
  qmlops jobs list latest --open
  qmlops jobs show 4f1c
  qmlops jobs adopt 4f1c 0194c7e2-…

{actions}

A token may be cut short. A job is `unknown` where nobody heard whether the provider took it, and
where the provider does not show it any more, as with another account's key, in another region or
project, or in an outage: with those put right, `fetch` and a resume go on with it. It is never sent
again without `retry` or `forget`. Bills often come after their jobs: `list` asks for those of the
last days that are still to come, for some seconds."""


def parser() -> argparse.ArgumentParser:
    told = "\n".join(f"  {name:<8} {text}" for name, text in ACTIONS.items())
    built = argparse.ArgumentParser(
        prog="qmlops jobs",
        description="Show and settle the jobs that runs of this folder have sent to providers.",
        epilog=_EXAMPLES.format(actions=told),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("action", nargs="?", default="list", choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))
    built.add_argument("token", nargs="?", metavar="TOKEN", help="the job, or for `list` a run; `latest` is one")
    built.add_argument("job", nargs="?", metavar="JOB", help="the provider's name of it, for `adopt`")
    built.add_argument("--open", action="store_true", help="only jobs that are under way or in doubt")
    built.add_argument("--offline", action="store_true", help="do not ask for bills that are still to come")
    built.add_argument("--json", action="store_true", help="print JSON")
    return built


def main(options: argparse.Namespace) -> int:
    from qmlops.errors import RequestError
    from qmlops.pipeline import jobs
    from qmlops.pipeline.account import left_to_its_run

    if options.action == "list":
        return _list(options)
    if not options.token:
        raise RequestError(f"`qmlops jobs {options.action}` needs a token.\nSee `qmlops jobs`.")
    if options.job and options.action != "adopt":
        raise RequestError(f"`qmlops jobs {options.action}` takes one token, and {options.job!r} is more.")
    entry = jobs.find(options.token)
    if options.action == "adopt":
        entry = jobs.adopt(entry, options.job or "")
    elif options.action == "cancel" and left_to_its_run(entry):
        print("The run that waits for it was told to cancel it; its events say what came of it.", file=sys.stderr)
    elif options.action != "show":
        entry = getattr(jobs, options.action)(entry)
    _print([entry], options.json, whole=True)
    return 0


def _list(options: argparse.Namespace) -> int:
    from qmlops.pipeline.folder import REQUEST, find, read_json
    from qmlops.pipeline.jobs import listed
    from qmlops.pipeline.late import late_bills

    run = read_json(find(options.token) / REQUEST).get("id", "") if options.token else None
    if not options.offline:
        late_bills(run)
    _print(listed(run, options.open), options.json, whole=False)
    return 0


def _print(found: list[Entry], as_json: bool, whole: bool) -> None:
    from qmlops.pipeline.jobs import rows
    from qmlops.pipeline.table import aligned

    told = [asdict(entry) for entry in found]
    if as_json:
        print(json.dumps({"schema": 1, "jobs": told}, indent=1, ensure_ascii=False))
    elif whole:
        for entry in told:
            print("\n".join(f"{name:<10} {'' if value is None else value}".rstrip() for name, value in entry.items()))
    elif found:
        print(aligned(["token", "job", "backend", "step", "state", "circuits", "shots", "cost"], rows(found)))
    else:
        print("no jobs")
