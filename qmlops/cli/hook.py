"""`qmlops-check` and `qmlops-circuit`: what pre-commit and CI run over changed files."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from pathlib import Path

from qmlops.cli.main import guarded
from qmlops.errors import ConfigError, Mistake

_EXAMPLES = """examples:
  {name} conf/experiment/mine.yaml
  {name} conf/circuit/*.yaml

A part is compiled as its second line says, and in each experiment of the project that chooses it.
Exit code 0: nothing to mend. 1: the lint found something. 2: it does not {verb}."""
Look = Callable[[list[str]], Iterator[tuple[str, Mistake]]]
"""Findings of the request of some overrides, each with its rule. Raises QmlopsError."""


def check(arguments: Sequence[str] | None = None) -> int:
    """Compose and validate every request that changed files take part in."""
    options = _parser("qmlops-check", "Compose and validate what changed files say.", "compose").parse_args(arguments)
    return guarded(lambda: _each(options.files, _composed))


def circuit(arguments: Sequence[str] | None = None) -> int:
    """Compile every request that changed files take part in, and lint its circuit."""
    from qmlops.testing.lint.rule import RULES

    parser = _parser("qmlops-circuit", "Compile what changed files say, and lint the circuits.", "compile")
    parser.add_argument("--allow", action="append", default=[], choices=RULES, help="a rule to leave out")
    options = parser.parse_args(arguments)
    return guarded(lambda: _each(options.files, lambda words: _linted(words, options.allow)))


def _parser(name: str, description: str, verb: str) -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog=name,
        description=description,
        epilog=_EXAMPLES.format(name=name, verb=verb),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("files", nargs="*", type=Path, metavar="FILE", help="YAML below a folder conf, or OpenQASM")
    return built


def _each(files: Sequence[Path], look: Look) -> int:
    """Look at every file, print what is found, and give the highest exit code."""
    from qmlops.testing.lint.file import requests

    code = 0
    for file in files:
        for request in requests(file):
            with chdir(request.project):
                try:
                    found = [f"{rule}: {mistake}" for rule, mistake in look(list(request.overrides))]
                    code = max(code, 1 if found else 0)
                except ConfigError as error:
                    found, code = [str(mistake) for mistake in error.mistakes], 2
            if found:
                print(f"{file}, by {' '.join(request.overrides) or 'the defaults'}:")
                print("\n".join(f"  {line}" for line in found))
    return code


def _composed(overrides: list[str]) -> Iterator[tuple[str, Mistake]]:
    from qmlops.pipeline.api import spec

    spec(overrides)
    yield from ()


def _linted(overrides: list[str], allowed: Sequence[str]) -> Iterator[tuple[str, Mistake]]:
    from qmlops.pipeline.api import spec
    from qmlops.pipeline.prepare import prepare
    from qmlops.testing.lint.rule import RULES
    from qmlops.testing.lint.written import written

    looked = written(prepare(spec(overrides)))
    for name, rule in RULES.items():
        if name not in allowed:
            yield from ((name, mistake) for mistake in rule(looked))
