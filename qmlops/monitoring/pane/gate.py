"""How a gate looks in a drawing made of characters: a mark on each of its wires."""

from __future__ import annotations

from typing import Literal

Sort = Literal["box", "dot", "plus", "cross"]

SIGNS: dict[Sort, str] = {"dot": "●", "plus": "⊕", "cross": "×"}
_SYNONYMS = {"CNOT": "CX", "TOFFOLI": "CCX", "FREDKIN": "CSWAP"}
_SORTS: dict[tuple[str, bool], Sort] = {
    ("SWAP", False): "cross",
    ("SWAP", True): "cross",
    ("X", True): "plus",
    ("Z", True): "dot",
}
"""Of the wires that are no controls, by the word and whether there are controls; a box where it is not listed."""
_CONTROLLED = ("X", "Y", "Z", "H", "P", "U", "RX", "RY", "RZ", "SWAP", "ISWAP", "XX", "YY", "ZZ")


def marks(name: str, wires: int) -> tuple[str, list[Sort]]:
    """The word in its boxes, and one mark a wire, controls first: `CRY` is a dot and a box RY."""
    name = _SYNONYMS.get(name.upper(), name)
    controls = len(name) - len(name.upper().lstrip("C"))
    base = name[controls:].upper()
    if not 0 < controls < wires or base not in _CONTROLLED:
        controls, base = 0, name
    sort: Sort = _SORTS.get((base, controls > 0), "box")
    dots: list[Sort] = ["dot"] * controls
    return base, dots + [sort] * (wires - controls)
