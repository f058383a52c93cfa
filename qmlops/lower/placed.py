"""Work under the noise of a device, as the device would run it: in its gates and on its pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from qmlops.core.noise import Noise, Places
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.errors import Mistake, RequestError

_MOST_KEPT = 64
_KEPT: dict[tuple[int, int], tuple[Program, Noise, Program, Noise]] = {}


def placed(work: Work) -> Work:
    """The work with its program placed and its noise that of the wires; itself where no device's noise acts.

    Points keep their meaning, and so do observables; further wires may follow the others. The same
    program is placed once, so that simulators know it again. Raises RequestError for a program that
    does not fit the device.
    """
    if not isinstance(work.noise, Places) or work.noise.silent():
        return work
    key = (id(work.program), id(work.noise))
    kept = _KEPT.get(key)
    if kept is None or kept[0] is not work.program or kept[1] is not work.noise:
        if len(_KEPT) >= _MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = kept = (work.program, work.noise, *work.noise.place(work.program))
    return replace(work, program=kept[2], noise=kept[3])


def unfit(works: Sequence[Work], too_wide: Callable[[Work], str | None], instead: str) -> list[Mistake]:
    """What of works is too wide for a simulator or for the device of their noise, before and after placing.

    `too_wide` gives a sentence that refuses a work; `instead` is what to write then.
    """
    found = []
    for work in works:
        try:
            why = too_wide(work) or _grown(work, too_wide)
        except RequestError as error:
            found.append(Mistake("qubits", str(error).splitlines()[0], "use fewer qubits, or another noise.name"))
            continue
        if why:
            found.append(Mistake("qubits", why, instead))
    return found


def _grown(work: Work, too_wide: Callable[[Work], str | None]) -> str | None:
    ready = placed(work)
    why, more = too_wide(ready), ready.program.width - work.program.width
    if why is None:
        return None
    return f"SWAPs on the device of noise=device pass through {more} qubits besides the {work.program.width}: {why}"
