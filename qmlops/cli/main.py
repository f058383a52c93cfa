"""The dispatcher: finds the verb, runs it, and turns errors into messages and exit codes.

Imports nothing heavy, so that help answers at once; a verb's module is imported when it is called.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from qmlops.errors import BUG, QmlopsError, nearest

VERBS = {
    "run": "train a model as an experiment says, or many with -m",
    "plan": "count and price a run before anything is sent",
    "check": "compose and validate a request without running it",
    "test": "check what an experiment claims of itself",
    "list": "show what a config can choose, and every field of it",
    "monitor": "watch and steer runs as they go",
    "analyze": "compare runs: scores, baselines, curves",
    "resume": "go on with a run that was interrupted",
    "stop": "end, pause or steer a run that is under way",
    "jobs": "show and settle what was sent to providers",
    "sync": "send to MLflow what a run could not send",
    "status": "show what is installed and which backends can run here",
    "doctor": "test this installation and say what to mend",
    "init": "make a small project of your own",
    "emulate": "stand in for a provider on this machine",
    "completion": "print a completion script for bash, zsh or fish",
}

HYDRA = (
    *("--cfg", "-c", "--info", "-i", "--config-dir", "-cd", "--config-path", "-cp", "--config-name", "-cn"),
    *("--hydra-help", "--package", "-p", "--resolve", "--experimental-rerun"),
)
"""The options of Hydra that `run` hands on."""

_HELP = """usage: qmlops VERB [ARGUMENTS]

Declarative quantum machine learning: YAML says what, qmlops trains, tracks and reports.

verbs:
{verbs}

examples:
  qmlops run +experiment=vqc                          train a classifier on iris
  qmlops run +experiment=vqc circuit.layers=5         the same, with another value
  qmlops run -m +experiment=vqc seed=1,2,3            a sweep
  qmlops list circuit                                 what can stand behind circuit=
  qmlops check +experiment=vqc data=wine              would this work?

options:
  --help, -h     this text; `qmlops VERB --help` tells about a verb
  --version      the version
  --debug        show the traceback of an error

exit codes: 0 done, 1 a claim failed or was inconclusive, or doctor found something to mend, 2 the
request was wrong, 3 a backend failed, 4 the budget refused, 70 a bug in qmlops, 130 interrupted and
saved. A sweep gives the highest of its runs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Gives the exit code and never raises, except with --debug."""
    if arguments is None:
        # A cluster's polite kill saves the run as Ctrl-C does.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words
    words = [word for word in words if word != "--debug"] or ["--help"]
    return guarded(lambda: _call(words[0], words[1:]), debug)


def guarded(call: Callable[[], int], debug: bool = False) -> int:
    """The exit code of a call, its errors told on stderr; with `debug` they are raised."""
    code = 0
    try:
        code = call()
        sys.stdout.flush()
        return code
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    except BrokenPipeError:
        # Nobody reads on: what is left to print is dropped, and what was found out stays found out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code
    except KeyboardInterrupt:
        if debug:
            raise
        _say("Interrupted.")
        return 130
    except QmlopsError as error:
        if debug:
            raise
        _say(str(error))
        return error.exit_code
    except Exception as error:
        if debug:
            raise
        told = f"This is a bug in qmlops: {type(error).__name__}: {error}"
        _say(f"{told}\nRun the command again with --debug and report what it prints.")
        return BUG


def _call(verb: str, words: list[str]) -> int:
    if verb in ("-h", "--help", "help"):
        print(_HELP.format(verbs="\n".join(f"  {name:<12} {text}" for name, text in VERBS.items())))
        return 0
    if verb in ("-V", "--version"):
        from importlib.metadata import version

        print(f"qmlops {version('qmlops')}")
        return 0
    if verb not in VERBS:
        hint = "write qmlops run +experiment=NAME" if "=" in verb else nearest(verb, list(VERBS))
        _say(f"There is no verb {verb!r}; {hint}\nSee qmlops --help.")
        return 2
    module = import_module(f"qmlops.cli.{verb}")
    parser: argparse.ArgumentParser = module.parser()
    if verb in ("run", "check"):
        options, rest = parser.parse_known_intermixed_args(words)
        flags = [word for word in rest if word.startswith("-")]
        unknown = [flag for flag in flags if flag.partition("=")[0] not in HYDRA]
        if unknown:
            _say(f"{verb} has no option {unknown[0]!r}.\nAn experiment is chosen with +experiment=NAME; see --help.")
            return 2
        options.hydra = words if flags else []
    else:
        options = parser.parse_intermixed_args(words)
    return int(module.main(options))


def _say(text: str) -> None:
    print(f"qmlops: {text}", file=sys.stderr)
