"""SciPy's minimisers as ask and tell: the state is the transcript of all answers.

`scipy.optimize.minimize` calls the function; here the function waits for the next answer. A
search that runs is kept beside the state; one that was loaded from a checkpoint is made again by
replaying the transcript, which gives the same points because the methods are deterministic.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from queue import Queue
from typing import Any

import numpy as np

from qmlops.core.work import Array
from qmlops.parts.optimizer import Answer, Request, State

Found = tuple[float, Array]
"""Loss and gradient at a point; the gradient is empty for methods that want none."""
Minimise = Callable[[Callable[[Array], Found], Array], Any]
"""Runs a method on a function from a start."""


class _Stopped(Exception):
    """Ends a search that nobody will answer any more."""


class Search:
    """A minimisation that stands still in a thread until its next point is answered."""

    def __init__(self, minimise: Minimise, start: Array) -> None:
        self.answered = 0
        self._points: Queue[Array | BaseException | None] = Queue()
        self._answers: Queue[Found | None] = Queue()
        threading.Thread(target=_run, args=(minimise, start, self._points, self._answers), daemon=True).start()
        self.point = self._next()

    def answer(self, found: Found) -> None:
        """Answer the current point and wait for the next; `point` is None once the search ended."""
        self.answered += 1
        self._answers.put(found)
        self.point = self._next()

    def __del__(self) -> None:
        self._answers.put(None)

    def _next(self) -> Array | None:
        point = self._points.get()
        if isinstance(point, BaseException):
            raise point
        return point


def _run(
    minimise: Minimise, start: Array, points: Queue[Array | BaseException | None], answers: Queue[Found | None]
) -> None:
    def wait(point: Array) -> Found:
        points.put(np.array(point, dtype=np.float64))
        found = answers.get()
        if found is None:
            raise _Stopped
        return found

    try:
        if len(start):
            minimise(wait, start)
        else:
            wait(start)  # SciPy takes no empty vector; one look is all there is to do
        points.put(None)
    except _Stopped:
        return
    except Exception as error:
        points.put(error)


def begin(weights: Array) -> State:
    """A state without answers."""
    width = len(weights)
    memory = {"start": weights, "losses": np.zeros(0), "gradients": np.zeros((0, width)), "best": np.array([np.inf])}
    return State(weights, memory=memory)


def search_of(state: State, minimise: Minimise) -> Search:
    """The running search of a state, made again from its transcript where there is none."""
    if isinstance(state.live, Search) and state.live.answered == len(state.memory["losses"]):
        return state.live
    search = Search(minimise, state.memory["start"])
    gradients = state.memory["gradients"]
    for number, loss in enumerate(state.memory["losses"]):
        search.answer((float(loss), gradients[number] if len(gradients) else np.zeros(0)))
    object.__setattr__(state, "live", search)
    return search


def ask(state: State, minimise: Minimise, gradient: bool) -> Request:
    """The point at which the search stands still."""
    point = search_of(state, minimise).point
    assert point is not None
    return Request(point[None, :], gradient)


def tell(state: State, answer: Answer, minimise: Minimise) -> State:
    """The state after one more answer; its weights are the best point so far."""
    search = search_of(state, minimise)
    assert search.point is not None
    point, loss = search.point, float(answer.losses[0])
    gradient = answer.gradients[0] if answer.gradients is not None else np.zeros(0)
    search.answer((loss, gradient))
    better = loss < state.memory["best"][0]
    memory = dict(state.memory)
    memory["losses"] = np.append(memory["losses"], loss)
    if answer.gradients is not None:
        memory["gradients"] = np.vstack([memory["gradients"], answer.gradients[:1]])
    memory["best"] = np.array([loss]) if better else memory["best"]
    moved = state.moved(point if better else state.weights, **memory)
    return replace(moved, live=search, done=search.point is None)
