"""The tree of random streams below the one seed of a config."""

from __future__ import annotations

import zlib

import numpy as np


def sequence(seed: int, *path: str | int) -> np.random.SeedSequence:
    """The node of the seed tree at `path`, such as `("batch", step)`.

    Equal seed and path give equal streams, in any process and in any order of asking.
    """
    key = tuple(zlib.crc32(part.encode()) if isinstance(part, str) else part for part in path)
    return np.random.SeedSequence(entropy=seed, spawn_key=key)


def stream(seed: int, *path: str | int) -> np.random.Generator:
    """A generator at a node of the seed tree."""
    return np.random.default_rng(sequence(seed, *path))


def draw(seed: int, *path: str | int) -> int:
    """A 31-bit seed at a node of the tree, for libraries that want a plain integer."""
    return int(sequence(seed, *path).generate_state(1)[0] & 0x7FFFFFFF)
