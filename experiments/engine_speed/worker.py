"""A peer in its own environment: reads cases from stdin, one JSON line each, answers with times.

`python worker.py PEER`. A request is {"case": [...], "threads": k, "seconds": s, "gradient": bool}.
The answer has the milliseconds of each gradient step, and the gradient where it was asked for.
A step takes inputs and weights and gives the value and the gradient in the weights of the mean
over the batch of the sum of Z over all wires.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time

from case import Case


def main() -> None:
    name = sys.argv[1]
    threads = int(sys.argv[2])
    for variable in ("OMP_NUM_THREADS", "QMLOPS_THREADS", "QULACS_NUM_THREADS"):
        os.environ[variable] = str(threads)
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer = importlib.import_module(f"peers.{name}")
    kept = {}
    print(json.dumps({"version": peer.VERSION}), file=out, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        case = Case(*request["case"])
        if case not in kept:
            kept.clear()
            begin = time.perf_counter()
            step = peer.prepare(case.build(), case.bits, threads)
            value, gradient = step(*case.points())
            kept[case] = (step, case.points(), time.perf_counter() - begin)
            del value
        step, (inputs, weights), first = kept[case]
        arrays = peer.arrays(inputs, weights, case.bits)
        times: list[float] = []
        end = time.perf_counter() + request["seconds"]
        while len(times) < (1 if times and times[-1] > 1000 else 3) or (time.perf_counter() < end and len(times) < 200):
            begin = time.perf_counter()
            _, gradient = step(*arrays)
            times.append(1e3 * (time.perf_counter() - begin))
        answer = {"times": times, "first": first}
        if request["gradient"]:
            answer["gradient"] = [float(g) for g in gradient]
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    main()
