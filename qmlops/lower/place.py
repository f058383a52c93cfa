"""Where the wires of a program may stand on a device: the graph of its good pairs, and placements on it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qmlops.core.target import Pair, Target, of_pair, of_qubit
from qmlops.core.work import Array
from qmlops.errors import RequestError

STEPS = 20_000
"""Of the search for a placement that needs no SWAP."""


@dataclass(frozen=True, eq=False)
class Device:
    """The pairs of a device that work, and what a gate or a reading costs: minus the logarithm of its fidelity.

    Where the calibration does not tell, all pairs cost 1 and all qubits nothing.
    """

    neighbours: tuple[tuple[int, ...], ...]
    pair_cost: Mapping[Pair, float]
    """In both orders."""
    qubit_cost: tuple[float, ...]
    distance: Array
    """[qubits × qubits]: the cheapest way from one to the other, in the mean cost of a pair; infinite: none."""

    @property
    def qubits(self) -> int:
        return len(self.neighbours)

    def adjacent(self, first: int, second: int) -> bool:
        return (first, second) in self.pair_cost


def device(target: Target) -> Device:
    """The graph of a target's edges; pairs with an error of 1 are left out, as they do not work."""
    assert target.edges is not None
    facts = target.calibration
    errors = {pair: of_pair(facts.two_qubit_error, *pair) if facts else None for pair in target.edges}
    working = {pair: error for pair, error in errors.items() if error is None or error < 1}
    known = {pair: _cost(error) for pair, error in working.items() if error is not None}
    usual = sum(known.values()) / len(known) if known else 1.0
    pairs = {pair: known.get(pair, usual) or usual / 100 for pair in working}
    pairs |= {(second, first): cost for (first, second), cost in pairs.items()}
    qubits = target.qubits or 1 + max(map(max, target.edges))
    neighbours = [sorted(second for first, second in pairs if first == qubit) for qubit in range(qubits)]
    return Device(
        tuple(map(tuple, neighbours)),
        pairs,
        tuple(_qubit_cost(target, qubit) for qubit in range(qubits)),
        _distances(qubits, pairs),
    )


def adjacent_placement(pairs: Sequence[Pair], width: int, device: Device) -> list[int] | None:
    """Qubits for the wires 0 … width-1 with all these interactions on pairs, the cheapest one found.

    None where a bounded search finds none. Raises RequestError where no part of the device is so wide.
    """
    near: list[set[int]] = [set() for _ in range(width)]
    for first, second in pairs:
        near[first].add(second)
        near[second].add(first)
    search = _Search(near, device)
    found = [placed for start in _starts(device, width) if (placed := search.begin(start))]
    return min(found, key=lambda placed: placement_cost(pairs, placed, device), default=None)


def placement_cost(pairs: Sequence[Pair], placed: Sequence[int], device: Device) -> float:
    """Of interactions that are adjacent, and of the readings."""
    gates = sum(device.pair_cost[placed[first], placed[second]] for first, second in pairs)
    return gates + sum(device.qubit_cost[qubit] for qubit in placed)


def patches(width: int, device: Device, trials: int, seed: int) -> Iterator[list[int]]:
    """Placements on good parts of the device that hang together, filled at random."""
    random = np.random.default_rng(seed)
    starts = _starts(device, width)
    for trial in range(trials):
        patch = _patch(device, starts[trial % len(starts)], width)
        yield [patch[index] for index in random.permutation(width)]


def _starts(device: Device, width: int) -> list[int]:
    """Qubits that hang together with enough others, the best first."""
    reach = np.isfinite(device.distance).sum(axis=1)
    if reach.max() < width:
        raise RequestError(
            f"The program has {width} wires, and the device has no more than {reach.max()} qubits that hang together.\n"
            "Use fewer qubits, or choose a larger device."
        )
    return [qubit for qubit in _by_quality(device) if reach[qubit] >= width]


class _Search:
    """Depth-first search for a placement that needs no SWAP."""

    def __init__(self, near: Sequence[set[int]], device: Device) -> None:
        self.near = near
        self.device = device
        self.order = _connected_order(near)
        self.left = STEPS

    def begin(self, start: int) -> list[int] | None:
        """The first placement found with the first wire at `start`; None: none within the steps left."""
        placed: dict[int, int] = {}
        return [placed[wire] for wire in range(len(self.near))] if self._extend(placed, start) else None

    def _extend(self, placed: dict[int, int], start: int) -> bool:
        if len(placed) == len(self.order):
            return True
        wire = self.order[len(placed)]
        for qubit in _choices(self.near[wire], placed, self.device, start):
            self.left -= 1
            if self.left < 0:
                return False
            placed[wire] = qubit
            if self._extend(placed, start):
                return True
            del placed[wire]
        return False


def _choices(near: set[int], placed: Mapping[int, int], device: Device, start: int) -> list[int]:
    """Free qubits beside all places of a wire's partners, the cheapest first."""
    if not placed:
        return [start]
    taken = set(placed.values())
    partners = [placed[wire] for wire in near if wire in placed]
    if partners:
        around = set(device.neighbours[partners[0]]).intersection(*(device.neighbours[p] for p in partners[1:]))
    else:
        around = {qubit for qubit in range(device.qubits) if math.isfinite(device.distance[start, qubit])}
    costs = {qubit: sum(device.pair_cost[qubit, p] for p in partners) + device.qubit_cost[qubit] for qubit in around}
    close = {qubit: device.distance[start, qubit] if not partners else 0.0 for qubit in around}
    return sorted(around - taken, key=lambda qubit: (close[qubit], costs[qubit], qubit))


def _connected_order(near: Sequence[set[int]]) -> list[int]:
    """All wires, each after a partner where it has one among them; those with many partners first."""
    order: list[int] = []
    rest = set(range(len(near)))
    while rest:
        wire = max(rest, key=lambda wire: (len(near[wire].intersection(order)), len(near[wire]), -wire))
        order.append(wire)
        rest.remove(wire)
    return order


def _patch(device: Device, start: int, width: int) -> list[int]:
    """So many qubits that hang together, grown by the cheapest neighbour."""
    patch = [start]
    while len(patch) < width:
        edge = {
            qubit: min(device.pair_cost[inner, qubit] for inner in device.neighbours[qubit] if inner in patch)
            + device.qubit_cost[qubit]
            for inside in patch
            for qubit in device.neighbours[inside]
            if qubit not in patch
        }
        patch.append(min(edge, key=lambda qubit: (edge[qubit], qubit)))
    return patch


def _by_quality(device: Device) -> list[int]:
    """Qubits, those with cheap pairs and readings first; those without any pair last."""

    def key(qubit: int) -> tuple[float, int]:
        costs = sorted(device.pair_cost[qubit, other] for other in device.neighbours[qubit])[:2]
        return (sum(costs) / len(costs) if costs else math.inf) + device.qubit_cost[qubit], qubit

    return sorted(range(device.qubits), key=key)


def _cost(error: float) -> float:
    return -math.log1p(-min(error, 1 - 1e-9))


def _qubit_cost(target: Target, qubit: int) -> float:
    """Of one reading and one gate."""
    facts = target.calibration
    if facts is None:
        return 0.0
    flips = of_qubit(facts.readout, qubit)
    error = of_qubit(facts.one_qubit_error, qubit)
    return _cost(sum(flips) / 2 if flips else 0.0) + _cost(error or 0.0)


def _distances(qubits: int, pairs: Mapping[Pair, float]) -> Array:
    """Floyd and Warshall's, in the mean cost of a pair; half of a step's length is the same for all pairs."""
    usual = sum(pairs.values()) / len(pairs)
    distance = np.full((qubits, qubits), np.inf)
    np.fill_diagonal(distance, 0)
    for (first, second), cost in pairs.items():
        distance[first, second] = 0.5 + 0.5 * min(cost / usual, 10.0)
    for middle in range(qubits):
        distance = np.minimum(distance, distance[:, middle, None] + distance[None, middle])
    return distance
