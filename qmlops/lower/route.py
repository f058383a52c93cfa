"""Programs on a device's graph: wires are placed, and SWAPs bring together what is not adjacent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qmlops.core.program import Program
from qmlops.core.target import Pair, Target
from qmlops.errors import RequestError
from qmlops.lower.gate_set import GateSet
from qmlops.lower.native import native
from qmlops.lower.place import Device, adjacent_placement, device, patches

if TYPE_CHECKING:
    import cirq

AHEAD = 20
"""How many interactions beyond the next ones a SWAP is judged by, and at what weight."""
AHEAD_WEIGHT = 0.5
DECAY = 0.001
"""What a qubit's SWAP adds to the price of its next one, so that SWAPs run side by side."""
PASSES = 3
"""Forward, backward, forward: each pass begins where the one before it ended."""
TRIALS = 8
SWAP_GATES = 3


def route(program: Program, target: Target, gates: GateSet, seed: int = 0, trials: int = TRIALS) -> Program:
    """The program in a gate set, with every gate on two wires on an edge of the target.

    Every wire keeps its number at the end, so that observables and counts keep their meaning: wire i
    is the qubit `places[i]`, where the program's wire i is read. Qubits that only SWAPs pass through
    become further wires, so `width` may grow. Symbols stay; equal seeds give equal programs. A target
    without edges joins all pairs: there, wires stay where they are.

    Look-ahead and reverse passes are those of SABRE (Li, Ding and Xie 2019, arXiv:1809.02573), with
    distances and the choice among trials weighted by the errors that the calibration tells.
    Raises RequestError for a program that is wider than the device.
    """
    lowered = native(program, gates)
    if target.edges is None:
        if target.qubits is not None and program.width > target.qubits:
            raise RequestError(f"The program has {program.width} wires, and {target.name} has {target.qubits} qubits.")
        return lowered
    operations = list(lowered.circuit.all_operations())
    wires = [tuple(qubit.x for qubit in operation.qubits) for operation in operations]
    graph = device(target)
    best = _best(wires, program.width, graph, trials, seed)
    return native(_written(lowered, operations, best), gates)


@dataclass(frozen=True, eq=False)
class Routing:
    """Steps in time order: an operation's number and its qubits, or None and the pair of a SWAP."""

    steps: list[tuple[int | None, tuple[int, ...]]]
    end: list[int]
    """The qubit on which each wire ends."""
    cost: float
    """Minus the logarithm of the success of all pairs and readings."""


def _best(wires: Sequence[tuple[int, ...]], width: int, graph: Device, trials: int, seed: int) -> Routing:
    pairs = [(pair[0], pair[1]) for pair in wires if len(pair) == 2]
    adjacent = adjacent_placement(pairs, width, graph)
    if adjacent is not None:
        return _Router(wires, adjacent, graph).run()
    found = []
    for start in patches(width, graph, trials, seed):
        for index in range(PASSES - 1):
            start = _Router(pairs if index % 2 == 0 else pairs[::-1], start, graph).run().end
        found.append(_Router(wires, start, graph).run())
    return min(found, key=lambda routing: routing.cost)


def _written(program: Program, operations: Sequence[cirq.Operation], routing: Routing) -> Program:
    """The routed operations, each wire numbered by where it ends."""
    import cirq

    used = {qubit for _, qubits in routing.steps for qubit in qubits}
    places = [*routing.end, *sorted(used - set(routing.end))]
    line = dict(zip(places, cirq.LineQubit.range(len(places)), strict=True))
    circuit = cirq.Circuit(
        (cirq.SWAP if number is None else operations[number].gate).on(*(line[qubit] for qubit in qubits))
        for number, qubits in routing.steps
    )
    return replace(program, circuit=circuit, width=len(places), places=tuple(places))


class _Router:
    """One pass over operations, from a placement on."""

    def __init__(self, wires: Sequence[tuple[int, ...]], start: Sequence[int], graph: Device) -> None:
        self.wires = wires
        self.graph = graph
        self.place = list(start)
        self.steps: list[tuple[int | None, tuple[int, ...]]] = []
        self.queues: list[list[int]] = [[] for _ in start]
        for number in range(len(wires) - 1, -1, -1):
            for wire in wires[number]:
                self.queues[wire].append(number)
        self.decay = np.ones(graph.qubits)
        self.cost = 0.0

    def run(self) -> Routing:
        patience = 0
        while waiting := self._advance():
            patience += 1
            if patience > 3 * self.graph.qubits:
                self._walk(waiting[0])
                patience = 0
                continue
            self._swap(self._choice(waiting))
            if any(self._adjacent(number) for number in waiting):
                patience, self.decay[:] = 0, 1.0
        return Routing(self.steps, self.place, self.cost + sum(self.graph.qubit_cost[qubit] for qubit in self.place))

    def _adjacent(self, number: int) -> bool:
        qubits = [self.place[wire] for wire in self.wires[number]]
        return len(qubits) == 1 or self.graph.adjacent(*qubits)

    def _advance(self) -> list[int]:
        """Write all operations that can be; those that wait for a SWAP are left, in their order."""
        while True:
            heads = {queue[-1] for queue in self.queues if queue}
            front = sorted(n for n in heads if all(self.queues[wire][-1] == n for wire in self.wires[n]))
            ready = [number for number in front if self._adjacent(number)]
            if not ready:
                return front
            for number in ready:
                qubits = tuple(self.place[wire] for wire in self.wires[number])
                self.steps.append((number, qubits))
                self.cost += self.graph.pair_cost[qubits[0], qubits[1]] if len(qubits) == 2 else 0.0
                for wire in self.wires[number]:
                    self.queues[wire].pop()

    def _choice(self, waiting: Sequence[int]) -> Pair:
        """The SWAP after which the next interactions, and those a little later, are nearest."""
        place = self.place
        front = [self._pair(number) for number in waiting]
        soon = {number for queue in self.queues for number in queue[-AHEAD:] if len(self.wires[number]) == 2}
        later = sorted(soon.difference(waiting))
        ahead = [self._pair(number) for number in later[:AHEAD]]
        near = {place[wire] for pair in front for wire in pair}
        swaps = sorted({(min(q, other), max(q, other)) for q in near for other in self.graph.neighbours[q]})
        wire_at = {qubit: wire for wire, qubit in enumerate(place)}

        def score(swap: Pair) -> float:
            moved = dict(zip(swap, swap[::-1], strict=True))
            total = self._length(front, moved) / len(front)
            if ahead:
                total += AHEAD_WEIGHT * self._length(ahead, moved) / len(ahead)
            busy = max(self.decay[qubit] for qubit in swap if qubit in wire_at)
            return float(busy * total + 1e-3 * self.graph.distance[swap])

        return min(swaps, key=lambda swap: (score(swap), swap))

    def _pair(self, number: int) -> Pair:
        first, second = self.wires[number]
        return first, second

    def _length(self, pairs: Sequence[Pair], moved: dict[int, int]) -> float:
        place, distance = self.place, self.graph.distance
        total = 0.0
        for first, second in pairs:
            here, there = place[first], place[second]
            total += distance[moved.get(here, here), moved.get(there, there)]
        return total

    def _swap(self, swap: Pair) -> None:
        first, second = swap
        self.steps.append((None, swap))
        self.cost += SWAP_GATES * self.graph.pair_cost[swap]
        self.decay[[first, second]] += DECAY
        moved = {first: second, second: first}
        self.place = [moved.get(qubit, qubit) for qubit in self.place]

    def _walk(self, number: int) -> None:
        """Bring the two wires of an interaction together along the shortest way."""
        while not self._adjacent(number):
            here, there = (self.place[wire] for wire in self.wires[number])
            distance = self.graph.distance
            onward = min(self.graph.neighbours[here], key=lambda qubit: distance[here, qubit] + distance[qubit, there])
            self._swap((here, onward))
