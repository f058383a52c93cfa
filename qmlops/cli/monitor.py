"""`qmlops monitor`: runs as they go, on a screen, as a table, as sentences, as JSON, as a picture, in a browser."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_EXAMPLES = """examples:
  qmlops monitor                         all runs; started before, during or after them
  qmlops monitor latest                  one run, a part of its name, or a sweep
  qmlops monitor --once                  what stands now, as a table; with --json as JSON
  qmlops monitor --json latest | jq .    its events as JSON lines, until it ends
  qmlops monitor --plain                 a sentence whenever something happens, for screen readers
  qmlops monitor --svg screen.svg        the screen as a picture
  qmlops monitor --web                   the same in a browser, on this machine alone

It disturbs no run. On the screen ? shows the keys, and q leaves it; the runs go on."""
_LOOK_SECONDS = 0.25
_DUMB = ("dumb", "unknown")
"""Values of TERM that promise nothing but lines of text."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops monitor",
        description="Watch and steer the runs and sweeps of this folder.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("runs", nargs="*", metavar="RUN", help="a run or sweep, a part of its name, or `latest`")
    how = built.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="print a table of what stands now, and end")
    how.add_argument("--plain", action="store_true", help="print sentences as things happen, without a screen")
    how.add_argument("--svg", type=Path, metavar="FILE", help="write the screen as a picture, and end")
    how.add_argument("--web", action="store_true", help="serve the screen on 127.0.0.1 for a browser")
    built.add_argument("--json", action="store_true", help="print events as JSON lines; with --once a snapshot")
    built.add_argument("--size", type=_size, default=(120, 40), metavar="CxR", help="of --svg (default: 120x40)")
    built.add_argument("--port", type=_port, help="of --web; 8642 by default")
    return built


def _size(text: str) -> tuple[int, int]:
    columns, _, rows = text.partition("x")
    if not (columns.isdigit() and rows.isdigit() and 20 <= int(columns) <= 1000 and 5 <= int(rows) <= 500):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write columns and rows, such as 120x40")
    return int(columns), int(rows)


def _port(text: str) -> int:
    if not (text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port; write a number from 1 to 65535")
    return int(text)


def main(options: argparse.Namespace) -> int:
    from qmlops.errors import RequestError
    from qmlops.pipeline.folder import find, find_sweep

    if options.json and (options.plain or options.svg or options.web):
        raise RequestError("--json prints events, or with --once what stands now; it goes with nothing else.")
    names = [str(find_sweep(name) or find(name)) for name in options.runs]
    piped = not sys.stdout.isatty() and not (options.json or options.plain or options.svg or options.web)
    if piped and not options.once:
        print("qmlops: this is no terminal, so that here is one look: qmlops monitor --once", file=sys.stderr)
    if options.once or piped:
        return _once(names, options.json)
    if options.svg:
        return _picture(names, options.svg, options.size)
    if options.web:
        from qmlops.monitoring.web import PORT, serve

        serve(names, PORT if options.port is None else options.port)
        return 0
    if not (options.json or options.plain) and os.environ.get("TERM") in _DUMB:
        print("qmlops: this terminal cannot draw a screen, so that here is: qmlops monitor --plain", file=sys.stderr)
        options.plain = True
    if options.json or options.plain:
        return _follow(names, options.json)
    return _screen(names)


def _once(names: Sequence[str], as_json: bool) -> int:
    from qmlops.monitoring import snapshot
    from qmlops.monitoring.project import Project

    project = Project(names=names)
    project.look_at_all()
    if as_json:
        print(json.dumps(snapshot.as_json(project), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        print(snapshot.as_text(project, time.time()))
    return 0


def _follow(names: Sequence[str], as_json: bool) -> int:
    """Line by line until the end; one who leaves, and a pipe that is closed, end it quietly."""
    from qmlops.monitoring import stream

    rest = _rest()
    try:
        if as_json and not names:
            names = [_newest(rest)]
        for line in stream.as_json(names, rest) if as_json else stream.as_text(names, rest):
            print(line, flush=True)
    except KeyboardInterrupt:
        pass
    return 0


def _rest() -> Callable[[], object]:
    """Waits a quarter of a second. Raises BrokenPipeError as soon as nobody reads standard output any more."""
    import select

    readers = select.poll()
    readers.register(sys.stdout.fileno(), 0)

    def rest() -> None:
        began = time.monotonic()
        if any(state & (select.POLLERR | select.POLLHUP) for _, state in readers.poll(1000 * _LOOK_SECONDS)):
            raise BrokenPipeError
        time.sleep(max(0.0, _LOOK_SECONDS - (time.monotonic() - began)))

    return rest


def _newest(rest: Callable[[], object]) -> str:
    """The run that was started last; waits for the first one."""
    from qmlops.pipeline.folder import all_runs

    while not (runs := all_runs()):
        rest()
    return str(runs[-1])


def _picture(names: Sequence[str], file: Path, size: tuple[int, int]) -> int:
    from qmlops.errors import RequestError
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.screen.app import picture

    try:
        picture(Project(names=names), file, size)
    except OSError as error:
        raise RequestError(f"{file} cannot be written: {error.strerror}.\nName another file.") from None
    print(file)
    return 0


def _screen(names: Sequence[str]) -> int:
    from qmlops.monitoring.project import Project
    from qmlops.monitoring.screen.app import run

    return run(Project(names=names))
