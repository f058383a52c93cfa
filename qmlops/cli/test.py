"""`qmlops test`: check what an experiment claims of itself."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qmlops.testing.session import Session
    from qmlops.testing.suite import Checked

_EXAMPLES = """examples:
  qmlops test +experiment=vqc                        every claim of the experiment
  qmlops test +experiment=vqc --plan                 requests, shots and cost, before anything runs
  qmlops test +experiment=vqc suite.exact=false      draw shots, as hardware would
  qmlops test +experiment=vqc backend=ionq backend.device=qpu.forte-1 shots=1000 --spend 20
  qmlops test +experiment=vqc tests.sampled.effect=0.02 suite.alpha=0.01
  qmlops test --run latest                           the model of a stored run
  qmlops test +experiment=vqe_h2 --mutate            seed bugs: which of them do the claims see?
  qmlops test +experiment=vqc --junit tests.xml --md -

A claim passes when errors as large as its effect are ruled out, fails when the claim itself is, and
is inconclusive otherwise; nothing is tried twice. Exit code 0: all pass. 1: one fails or is
inconclusive. 2: the request is wrong, or nothing is declared. 3: the backend failed. 4: without
--spend where a provider may bill, or more than it. 130: interrupted. What was found out by then
is told."""


def parser() -> argparse.ArgumentParser:
    from qmlops.testing.spend import usd

    built = argparse.ArgumentParser(
        prog="qmlops test",
        description="Check the claims that an experiment declares under `tests`, on its backend.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("overrides", nargs="*", metavar="OVERRIDE", help="as for qmlops run")
    built.add_argument("--run", metavar="RUN", help="test the model of a stored run, and train none")
    built.add_argument("--claim", action="append", default=[], metavar="NAME", help="only this claim; may be repeated")
    built.add_argument("--category", choices=("unit", "integration", "quantum", "hardware"), help="only such claims")
    built.add_argument("--spend", type=usd, metavar="USD", help="what claims on a provider's hardware may cost in all")
    built.add_argument("--plan", action="store_true", help="show requests, shots and cost, and run nothing")
    built.add_argument(
        "--ask", action="store_true", help="with --plan: ask the provider for prices that are in no list"
    )
    built.add_argument("--mutate", action="store_true", help="seed bugs into the circuit, and count which are seen")
    built.add_argument("--mutants", type=_count, default=100, metavar="N", help="most mutants to try (default: 100)")
    built.add_argument("--json", action="store_true", help="print JSON")
    built.add_argument("--md", metavar="FILE", help="write a Markdown summary; - prints it")
    built.add_argument("--junit", metavar="FILE", help="write JUnit XML; - prints it")
    return built


def _count(text: str) -> int:
    """A number of mutants. Raises ArgumentTypeError, which argparse prints."""
    if not (text.isdecimal() and len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of mutants, such as 100")
    return int(text)


def main(options: argparse.Namespace) -> int:
    _refuse_mixed(options)
    _refuse_unwritable(options)
    session = _opened(options)
    if options.mutate:
        return _mutate(session, options)
    if options.plan:
        return _plan(session, options.json)
    from qmlops.errors import BudgetError

    checked: list[Checked] = []
    try:
        for item in session.checks(lambda name: _talk(f"testing {name}")):
            checked.append(item)
    except BudgetError as error:
        if not error.allow:
            raise
        raise BudgetError(f"{error}\nFor tests it is --spend that allows it, for all claims together.") from None
    finally:
        # What was found out, and perhaps paid for, is told even where a later claim could not be checked.
        with suppress(BrokenPipeError):
            _report(checked, session, options)
    return 0 if all(item.verdict for item in checked) else 1


def _opened(options: argparse.Namespace) -> Session:
    from qmlops.errors import RequestError
    from qmlops.pipeline.api import spec
    from qmlops.pipeline.folder import find
    from qmlops.pipeline.record import Run
    from qmlops.pipeline.run import spec_of
    from qmlops.testing.session import open_session

    stored = Run(find(options.run)) if options.run else None
    request = spec(options.overrides) if options.overrides or not stored else spec_of(stored.folder)
    if stored and request.name != spec_of(stored.folder).name:
        raise RequestError(
            f"The overrides make {request.name}, and {stored.folder} is a run of {spec_of(stored.folder).name}.\n"
            f"Say what they change too: qmlops test --run {options.run} +experiment=NAME {' '.join(options.overrides)}"
        )
    return open_session(request, options.claim, options.category, stored, _talk, options.spend, options.ask)


def _refuse_mixed(options: argparse.Namespace) -> None:
    from qmlops.errors import RequestError

    files = {"--md": options.md, "--junit": options.junit}
    other = next((name for name, value in {"--plan": options.plan, **files}.items() if value), None)
    if options.mutate and other:
        raise RequestError(f"test takes --mutate or {other}, and not both.\nCall it twice, or use --mutate --json.")
    other = next((name for name, value in files.items() if value), None)
    if options.plan and other:
        raise RequestError(f"test takes --plan or {other}, and not both.\nUse --plan --json.")
    printed = [name for name, value in {**files, "--json": "-" if options.json else None}.items() if value == "-"]
    if len(printed) > 1:
        raise RequestError(f"{' and '.join(printed)} would be printed in one.\nName a file for all but one of them.")


def _refuse_unwritable(options: argparse.Namespace) -> None:
    """Before anything is drawn, as what was drawn would be lost with the report."""
    from pathlib import Path

    for place in (options.md, options.junit):
        if place not in (None, "-"):
            with _told(place):
                Path(place).open("a", encoding="utf-8").close()


def _mutate(session: Session, options: argparse.Namespace) -> int:
    from qmlops.testing.mutation.report import as_json, as_text
    from qmlops.testing.mutation.score import score

    found = score(session, options.mutants, _talk)
    print(json.dumps(as_json(found, session), indent=1) if options.json else as_text(found, session))
    return 0


def _plan(session: Session, as_json: bool) -> int:
    from qmlops.testing.report import plan_json, plan_text

    print(json.dumps(plan_json(session), indent=1) if as_json else plan_text(session))
    return 0


def _report(checked: list[Checked], session: Session, options: argparse.Namespace) -> None:
    from qmlops.testing.junit import junit
    from qmlops.testing.report import as_json, as_markdown, as_text

    written = {"md": as_markdown, "junit": junit}
    shown = [_write(getattr(options, name), render(checked, session)) for name, render in written.items()]
    if options.json:
        print(json.dumps(as_json(checked, session), indent=1))
    elif checked and not any(shown):
        print(as_text(checked, session))


def _write(place: str | None, text: str) -> bool:
    """Write to a file, or print where the place is `-`; says whether it printed."""
    from pathlib import Path

    if place == "-":
        print(text)
    elif place is not None:
        with _told(place):
            Path(place).write_text(text + "\n", encoding="utf-8")
    return place == "-"


@contextmanager
def _told(place: str) -> Iterator[None]:
    """Raises RequestError where a file cannot be written."""
    from qmlops.errors import RequestError

    try:
        yield
    except OSError as error:
        raise RequestError(f"{place} cannot be written: {error.strerror}.\nName another file.") from None


def _talk(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
