"""By what names work is known: the token that it is sent under, and the digests by which it is used again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from qmlops.core.work import Work

_WAY = ("api_key", "instance", "plan", "plans", "paused", "timeout", "devices", "settle", "patience")
"""Fields of a backend that say how a provider is reached, and not what is measured there."""
_LENGTH = 32


def token_of(run: str, step: str, works: Sequence[Work], attempt: int = 0) -> str:
    """32 hexadecimal digits of the run, the step and the logical works; free of calibration.

    The first attempt has no number, so that its token can be computed without the journal.
    """
    return _digest(run, step, *(work.digest() for work in works), *([str(attempt)] if attempt else []))


def content_of(place: str, calibration: str, works: Sequence[Work], lowered: Sequence[str]) -> str:
    """Digest of what is measured and where, without shots and seeds.

    `lowered` are the digests of the programs that run, because counts are pooled wire by wire.
    """
    told = [place, calibration, *lowered]
    for work in works:
        points = np.ascontiguousarray(work.points, dtype=np.float64)
        rows = hashlib.sha256(points.tobytes()).hexdigest()
        told += [work.program.digest(), str(points.shape), rows, repr(work.noise)]
    return _digest(*told)


def draw_of(works: Sequence[Work]) -> str:
    """Digest of the seeds."""
    return _digest(*(str(work.seed) for work in works))


def described(backend: Any) -> str:
    """A backend's class and fields as JSON, from which it can be made again. Holds references, no keys."""
    cls = type(backend)
    told = {"class": f"{cls.__module__}:{cls.__qualname__}", "fields": asdict(backend)}
    return json.dumps(told, sort_keys=True, default=str)


def way_of(backend: Any) -> str:
    """Digest of all of a backend's configuration: where a job is asked for that was sent by it."""
    return _digest(described(backend))


def place_of(backend: Any) -> str:
    """Digest of everything about a backend that a result may depend on."""
    told = json.loads(described(backend))
    told["fields"] = {name: value for name, value in told["fields"].items() if name not in _WAY}
    return _digest(json.dumps(told, sort_keys=True))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_LENGTH]
