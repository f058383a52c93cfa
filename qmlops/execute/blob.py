"""Results and programs as compact bytes, without pickle: what the journal's blobs hold."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from qmlops.core.document import document, program_of
from qmlops.core.program import Program
from qmlops.core.work import Counts, Result


def pack_program(program: Program) -> bytes:
    return zlib.compress(json.dumps(document(program)).encode())


def unpack_program(data: bytes) -> Program:
    return program_of(json.loads(zlib.decompress(data)))


def pack(results: Sequence[Result]) -> bytes:
    """Every number as it is, to the last bit; outcomes are packed eight bits a byte."""
    arrays: dict[str, Any] = {}
    told = []
    for number, result in enumerate(results):
        arrays |= {f"{number}.values": result.values, f"{number}.variances": result.variances}
        facts = {"circuits": result.circuits, "shots": result.shots, "provenance": dict(result.provenance)}
        if result.counts is not None:
            read = [item for basis in result.counts for item in basis]
            facts["shape"] = [len(result.counts), len(result.counts[0]), read[0].bits.shape[1]]
            arrays[f"{number}.lengths"] = np.array([len(item.numbers) for item in read])
            arrays[f"{number}.bits"] = np.packbits(np.concatenate([item.bits for item in read]), axis=1)
            arrays[f"{number}.numbers"] = np.concatenate([item.numbers for item in read])
        told.append(facts)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, told=np.frombuffer(json.dumps(told).encode(), np.uint8), **arrays)
    return buffer.getvalue()


def unpack(data: bytes) -> list[Result]:
    """The results that were packed."""
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        told = json.loads(file["told"].tobytes())
        return [_result(facts, file, f"{number}.") for number, facts in enumerate(told)]


def _result(facts: dict[str, Any], file: Any, name: str) -> Result:
    counts = _counts(facts["shape"], file, name) if "shape" in facts else None
    values, variances = file[name + "values"], file[name + "variances"]
    return Result(values, variances, facts["circuits"], facts["shots"], facts["provenance"], counts)


def _counts(shape: list[int], file: Any, name: str) -> tuple[tuple[Counts, ...], ...]:
    measured, points, width = shape
    bits = np.unpackbits(file[name + "bits"], axis=1, count=width)
    numbers, edges = file[name + "numbers"], np.cumsum([0, *file[name + "lengths"]])
    read = [Counts(bits[begin:end], numbers[begin:end]) for begin, end in pairwise(edges)]
    return tuple(tuple(read[basis * points : (basis + 1) * points]) for basis in range(measured))
