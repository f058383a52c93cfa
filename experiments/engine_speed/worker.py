"""A peer in its own environment: reads cases from stdin, one JSON line each, answers with times.

`python worker.py PEER THREADS`. A request is {"case": [...], "seconds": s, "gradient": bool}. The
answer has the milliseconds of each gradient step, those of the first one with all that was made
ready for it, and the bytes that the process grew by at its highest since then; the gradient where
it was asked for; or why the peer cannot take the case.
A step takes inputs and weights and gives the value and the gradient in the weights of the mean
over the batch of the sum of Z over all wires.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from case import Case

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
LONG_MS = 1000.0
"""A step that takes longer is not repeated to fill the seconds."""


def main() -> None:
    name, threads = sys.argv[1], int(sys.argv[2])
    for variable in ("OMP_NUM_THREADS", "QMLOPS_THREADS", "QULACS_NUM_THREADS"):
        os.environ[variable] = str(threads)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer = importlib.import_module(f"peers.{name}")
    kept: dict[Case, Kept] = {}
    _prepare(peer, Case("ring", 4, 1), threads)
    print(json.dumps({"version": peer.VERSION}), file=out, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        case = Case(*request["case"])
        if case not in kept:
            kept.clear()
            try:
                kept[case] = _prepare(peer, case, threads)
            except ValueError as reason:
                print(json.dumps({"refused": str(reason)}), file=out, flush=True)
                continue
        print(json.dumps(_answer(peer, case, kept[case], request)), file=out, flush=True)


Kept = tuple[Callable[..., Any], float, int, list[float]]


def _prepare(peer: ModuleType, case: Case, threads: int) -> Kept:
    """The step, the milliseconds of its first call with what was prepared for it, bytes, and the gradient."""
    gc.collect()
    RESET.write_text("5")
    before = _kibibytes("VmRSS")
    begin = time.perf_counter()
    step = peer.prepare(case.build(), case.bits, threads)
    _, gradient = step(*case.points())
    first = 1e3 * (time.perf_counter() - begin)
    return step, first, (_kibibytes("VmHWM") - before) << 10, [float(g) for g in gradient]


def _kibibytes(field: str) -> int:
    found = re.search(rf"^{field}:\s+(\d+) kB$", STATUS.read_text(), re.MULTILINE)
    assert found is not None
    return int(found[1])


def _answer(peer: ModuleType, case: Case, kept: Kept, request: dict[str, Any]) -> dict[str, Any]:
    step, first, grown, gradient = kept
    arrays = peer.arrays(*case.points(), case.bits)
    times: list[float] = []
    end = time.perf_counter() + request["seconds"]
    while request["seconds"] and (
        len(times) < (1 if times and times[-1] > LONG_MS else 3) or (time.perf_counter() < end and len(times) < 200)
    ):
        begin = time.perf_counter()
        step(*arrays)
        times.append(1e3 * (time.perf_counter() - begin))
    return {"times": times, "first": first, "bytes": grown, **({"gradient": gradient} if request["gradient"] else {})}


if __name__ == "__main__":
    main()
