"""The cut of a graph, as an observable; its edges are offered to the circuit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from qmlops.core.observable import Observable, PauliSum
from qmlops.core.option import option, validate
from qmlops.errors import Mistake, shown


@dataclass(frozen=True)
class MaxCut:
    """The sum over edges of w (1 - Z_i Z_j) / 2: the weight that a bit string cuts."""

    graph: Literal["ring", "full", "edges"] = option("ring", "a pattern on `nodes`, or the list in `edge_list`")
    nodes: int = option(6, "number of nodes, one a wire", least=2, most=1000)
    edge_list: list[list[float]] = option([], "for graph=edges: [i, j] or [i, j, weight]")

    def __post_init__(self) -> None:
        validate(self, *self._mistakes())

    def wires(self, classes: int) -> int:
        return self.nodes

    def observables(self, classes: int, qubits: int) -> tuple[Observable, ...]:
        edges = self.edges()
        constant = (sum(weight for _, _, weight in edges) / 2, ())
        pairs = [(-weight / 2, ((i, "Z"), (j, "Z"))) for i, j, weight in edges]
        return (PauliSum((constant, *pairs)),)

    def edges(self) -> tuple[tuple[int, int, float], ...]:
        if self.graph == "ring":
            line = [(node, node + 1, 1.0) for node in range(self.nodes - 1)]
            return (*line, (0, self.nodes - 1, 1.0)) if self.nodes > 2 else tuple(line)
        if self.graph == "full":
            return tuple((i, j, 1.0) for i, j in combinations(range(self.nodes), 2))
        return tuple(self._edge(entry) for entry in self.edge_list)

    def _edge(self, entry: list[float]) -> tuple[int, int, float]:
        i, j = sorted((int(entry[0]), int(entry[1])))
        return i, j, entry[2] if len(entry) == 3 else 1.0

    def _mistakes(self) -> list[Mistake]:
        if self.graph != "edges":
            why = f"{shown(self.edge_list)} is read by graph=edges only, and graph is {self.graph}."
            return [Mistake("edge_list", why, "write graph=edges, or remove it")] if self.edge_list else []
        if not self.edge_list:
            return [Mistake("edge_list", "graph=edges has no edges.", "write edge_list: [[0, 1], [1, 2]]")]
        right = "write [i, j] or [i, j, weight], with two nodes from 0 to nodes - 1"
        return [
            Mistake(f"edge_list[{place}]", f"{entry} is no edge.", right)
            for place, entry in enumerate(self.edge_list)
            if not self._is_edge(entry)
        ]

    def _is_edge(self, entry: list[float]) -> bool:
        if len(entry) not in (2, 3) or not all(abs(item) < float("inf") for item in entry):
            return False
        i, j = entry[:2]
        return i != j and all(float(node).is_integer() and 0 <= node < self.nodes for node in (i, j))
