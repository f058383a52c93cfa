"""Stages: operations grouped so that many of them act on a block of rows while it is in cache.

A near stage takes contiguous blocks and may act on the block's own row bits and on lanes; it
alone may hold diagonals. A far stage gathers rows so that a block holds the upper bits and the
lowest ones. What fits neither is a stage that has the whole state as its one block.
"""

from __future__ import annotations

from dataclasses import dataclass

BLOCK_BITS = 11
Row = tuple[int, ...]
ROW_TURN, LANE_TURN, DIAGONAL, FLIP, START = range(5)
NEAR, FAR, WHOLE = range(3)


@dataclass(frozen=True)
class Stage:
    """Operations [first, last) on blocks of 2^bits rows; `shift` as in a Part."""

    first: int
    last: int
    bits: int
    shift: int


def block_bits(rows: int) -> int:
    """The bits of a block for a state with so many row bits: a block and its costate stay in level 2."""
    return max((rows + 1) // 2, min(BLOCK_BITS, rows - 2))


def stages(operations: list[Row], rows: int, lanes: int) -> tuple[list[Row], list[Stage]]:
    """The operations in an order that needs few stages, their bits counted within blocks."""
    bits = block_bits(rows)
    remaining = list(operations)
    ordered: list[Row] = []
    found: list[Stage] = []
    while remaining:
        takes = {kind: _ready(remaining, kind, bits, rows, lanes) for kind in (NEAR, FAR)}
        kind = max(takes, key=lambda k: len(takes[k]))
        taken = takes[kind]
        if not taken:
            kind, taken = WHOLE, [0]
        first = len(ordered)
        run = 2 * bits - rows
        ordered += [_within(remaining[k], bits, run, lanes) if kind == FAR else remaining[k] for k in taken]
        remaining = [operation for k, operation in enumerate(remaining) if k not in set(taken)]
        shape = {NEAR: (bits, 0), FAR: (bits, bits), WHOLE: (rows, 0)}[kind]
        found.append(Stage(first, len(ordered), *shape))
    return ordered, found


def _ready(operations: list[Row], kind: int, bits: int, rows: int, lanes: int) -> list[int]:
    """Those that fit the stage and share no bit with an earlier one that does not."""
    everything = (1 << (rows + lanes)) - 1
    reach = (1 << bits) - 1 if kind == NEAR else ((1 << rows) - (1 << bits)) | ((1 << (2 * bits - rows)) - 1)
    allowed = reach << lanes | ((1 << lanes) - 1)
    blocked = 0
    taken = []
    for k, operation in enumerate(operations):
        support = _support(operation, lanes, everything)
        fits = kind == NEAR if operation[0] in (DIAGONAL, START) else support | allowed == allowed
        if fits and not support & blocked:
            taken.append(k)
        else:
            blocked |= support
    return taken


def _support(operation: Row, lanes: int, everything: int) -> int:
    if operation[0] == ROW_TURN:
        return 1 << (operation[1] + lanes)
    if operation[0] == LANE_TURN:
        return (1 << lanes) - 1
    if operation[0] == FLIP:
        return 1 << operation[1] | operation[2] << lanes | operation[3]
    return everything


def _within(operation: Row, bits: int, run: int, lanes: int) -> Row:
    """An operation of a far stage, its row bits as bits of the gathered block."""
    if operation[0] == ROW_TURN:
        return (ROW_TURN, _moved(operation[1], bits, run), *operation[2:])
    if operation[0] == FLIP:
        target = operation[1] if operation[1] < lanes else _moved(operation[1] - lanes, bits, run) + lanes
        controls = operation[2] & ((1 << run) - 1) | operation[2] >> bits << run
        return (FLIP, target, controls, *operation[3:])
    return operation


def _moved(bit: int, bits: int, run: int) -> int:
    return bit - bits + run if bit >= bits else bit
