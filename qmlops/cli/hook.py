"""`qmlops-check` and `qmlops-circuit`: what pre-commit and CI run over changed files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import chdir
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from qmlops.cli.main import guarded
from qmlops.errors import ConfigError, Mistake, QmlopsError

if TYPE_CHECKING:
    from qmlops.testing.lint.file import Request

_EXAMPLES = """examples:
  {name} conf/experiment/mine.yaml
  {name} conf/circuit/*.yaml

A part is compiled as its own command says, and in each experiment of the project that chooses it.
An OpenQASM file that no experiment has for its circuit is looked at by itself.
Exit code 0: nothing to mend. {codes}"""
Findings = Iterator[tuple[str, Mistake]]
"""Mistakes, each with the rule that it breaks. Raises QmlopsError while it is gone through."""


def check(arguments: Sequence[str] | None = None) -> int:
    """Compose and validate every request that changed files take part in, and fit its claims to it."""
    codes = "2: it does not compose, or a claim does not fit."
    parser = _parser("qmlops-check", "Compose and validate what changed files say, and the claims in them.", codes)
    options = parser.parse_args(arguments)
    return guarded(lambda: _each(options.files, _composed, _parsed))


def circuit(arguments: Sequence[str] | None = None) -> int:
    """Compile every request that changed files take part in, and lint its circuit."""
    from qmlops.testing.lint.rule import RULES

    codes = "1: the lint found something. 2: it does not compile."
    parser = _parser("qmlops-circuit", "Compile what changed files say, and lint the circuits.", codes)
    parser.add_argument("--allow", action="append", default=[], choices=RULES, help="a rule to leave out")
    options = parser.parse_args(arguments)
    linted, alone = partial(_linted, allowed=options.allow), partial(_alone, allowed=options.allow)
    return guarded(lambda: _each(options.files, linted, alone))


def _parser(name: str, description: str, codes: str) -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog=name,
        description=description,
        epilog=_EXAMPLES.format(name=name, codes=codes),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("files", nargs="*", type=Path, metavar="FILE", help="YAML below a folder conf, or OpenQASM")
    return built


def _each(files: Sequence[Path], look: Callable[[Request], Findings], alone: Callable[[Path], Findings]) -> int:
    """Look at every file, print what is found, and give the highest exit code.

    A request of many files is looked at once. One that is wrong does not keep others from being looked at.
    """
    from qmlops.testing.lint.file import requests

    @cache
    def found(request: Request) -> tuple[int, list[str]]:
        with chdir(request.project):
            return _gathered(look(request))

    code = 0
    for file in files:
        try:
            every = requests(file)
        except QmlopsError as error:
            _say(str(error))
            code = max(code, error.exit_code)
            continue
        told = [(f"by {' '.join(item.overrides) or 'the defaults'}", found(item)) for item in every]
        for words, (worst, lines) in told or [("by itself", _gathered(alone(file)))]:
            code = max(code, worst)
            if lines:
                print(f"{file}, {words}:", *(f"  {line}" for line in lines), sep="\n")
    return code


def _gathered(findings: Iterable[tuple[str, Mistake]]) -> tuple[int, list[str]]:
    """The exit code of what is found, and its lines."""
    try:
        lines = [f"{rule}: {mistake}" for rule, mistake in findings]
        return (1 if lines else 0), lines
    except ConfigError as error:
        return error.exit_code, [str(mistake) for mistake in error.mistakes]
    except QmlopsError as error:
        return error.exit_code, str(error).splitlines()


def _composed(request: Request) -> Findings:
    from qmlops.pipeline.api import spec
    from qmlops.testing.lint.prepared import prepared, refuse_claims, without_runs

    built = spec(list(request.overrides))
    task = prepared(request, built, _say) if built.tests else None
    if task is not None:
        refuse_claims(task, without_runs(task, _say))
    yield from ()


def _parsed(file: Path) -> Findings:
    from qmlops.testing.lint.alone import gates

    gates(file)
    yield from ()


def _linted(request: Request, allowed: Sequence[str]) -> Findings:
    from qmlops.pipeline.api import spec
    from qmlops.testing.lint.prepared import prepared
    from qmlops.testing.lint.rule import RULES
    from qmlops.testing.lint.written import written

    task = prepared(request, spec(list(request.overrides)), _say)
    looked = None if task is None else written(task)
    for name, rule in RULES.items():
        if looked is not None and name not in allowed:
            yield from ((name, mistake) for mistake in rule(looked))


def _alone(file: Path, allowed: Sequence[str]) -> Findings:
    from qmlops.testing.lint.alone import ALONE, gates

    written = gates(file)
    for name, rule in ALONE.items():
        if name not in allowed:
            yield from ((name, mistake) for mistake in rule(written))


def _say(text: str) -> None:
    print(f"qmlops: {text}", file=sys.stderr, flush=True)
