"""`qmlops completion`: scripts for shells, and the words that these ask for at each press of Tab."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence

SHELLS = ("bash", "zsh", "fish")
_TAKES = {
    "run": "overrides",
    "plan": "overrides",
    "check": "overrides",
    "test": "overrides",
    "list": "groups",
    "monitor": "runs",
    "analyze": "runs",
    "resume": "runs",
    "stop": "runs",
    "jobs": "actions",
    "sync": "runs",
    "emulate": "providers",
    "completion": "shells",
}
"""What stands behind a verb; one that is missing here completes its options alone."""

_EXAMPLES = """examples:
  eval "$(qmlops completion bash)"                                 in ~/.bashrc
  eval "$(qmlops completion zsh)"                                  in ~/.zshrc, after compinit
  qmlops completion fish > ~/.config/fish/completions/qmlops.fish

Tab then completes verbs, options, groups, names (circuit=…, +experiment=…) and runs."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops completion",
        description="Print a completion script for a shell.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="qmlops completion [-h] {bash,zsh,fish}",
    )
    built.add_argument("shell", metavar="{bash,zsh,fish}", choices=(*SHELLS, "words"), help="the shell to print for")
    built.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    return built


def main(options: argparse.Namespace) -> int:
    from importlib.resources import files

    if options.shell == "words":
        for word in candidates(options.words):
            print(word)
        return 0
    print(files("qmlops.cli").joinpath(f"completion.{options.shell}").read_text(encoding="utf-8"), end="")
    return 0


def candidates(words: Sequence[str]) -> list[str]:
    """Whole words that the last one may become; it is empty where a word is about to begin.

    Reads folders and imports nothing heavy.
    """
    from qmlops.cli.main import VERBS

    *before, current = words or [""]
    if not before:
        found: list[str] = [*VERBS, "--help", "--version"] if current.startswith("-") else list(VERBS)
    elif before[0] not in VERBS:
        found = []
    elif current.startswith("-"):
        found = [word for word in _options(before[0]) if word not in before]
    else:
        found = list(_arguments(_TAKES.get(before[0], ""), before[1:], current))
    return [word for word in found if word.startswith(current)]


def _options(verb: str) -> list[str]:
    from importlib import import_module

    parser: argparse.ArgumentParser = import_module(f"qmlops.cli.{verb}").parser()
    return [word for action in parser._actions for word in action.option_strings]


def _arguments(kind: str, before: Sequence[str], current: str) -> Iterator[str]:
    if kind == "overrides":
        yield from _overrides(current)
    elif kind == "groups":
        yield from _groups(before)
    elif kind == "runs":
        yield from (run for run in ("latest", *_runs()) if run not in before)
    elif kind == "actions" and not before:
        from qmlops.cli.jobs import ACTIONS

        yield from ACTIONS
    elif kind == "shells" and not before:
        yield from SHELLS
    elif kind == "providers" and not before:
        from qmlops.cli.emulate import PROVIDERS

        yield from PROVIDERS


def _overrides(current: str) -> Iterator[str]:
    """`circuit=`, `seed=`, `+experiment=`; behind the sign the group's names, also after a comma."""
    from qmlops.config.folder import groups, names, words

    key, sign, value = current.partition("=")
    if sign:
        earlier = value[: value.rfind(",") + 1]
        yield from (f"{key}={earlier}{name}" for name in names(key.lstrip("+")))
        return
    yield from (f"+{group}=" if group == "experiment" else f"{group}=" for group in groups())
    yield from (f"{word}=" for word in words() if word not in groups())


def _groups(before: Sequence[str]) -> Iterator[str]:
    from qmlops.config.folder import groups, names

    given = [word for word in before if not word.startswith("-")]
    if not given:
        yield from (*groups(), "words")
    elif len(given) == 1:
        yield from names(given[0])


def _runs() -> Iterator[str]:
    """Names below ./runs, the last one first, because names begin with their date."""
    from qmlops.core.event import FILE

    found = []
    for root, inner, files in os.walk("runs"):
        if FILE in files:
            found.append(os.path.relpath(root, "runs"))
            inner.clear()
    return reversed(sorted(found))
