"""The derivative of one observable in one weight, as a rule reads it off circuits shot by shot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from qmlops.core.backend import Differentiates
from qmlops.core.program import Program
from qmlops.core.seed import draw, stream
from qmlops.core.work import Array, Result, Work
from qmlops.errors import Mistake
from qmlops.parts.gradient import Rule
from qmlops.parts.gradient.parameter_shift import ParameterShift
from qmlops.testing.meter import Meter, joined, meter
from qmlops.testing.statistic.mean import Source
from qmlops.testing.statistic.wealth import Counts
from qmlops.testing.subject import At, Subject


def alone(subject: Subject, observable: int) -> Program:
    """The subject's program with one of its observables."""
    return replace(subject.program, observables=(subject.program.observables[observable],))


def derivative_mistakes(subject: Subject, weight: int, observable: int) -> list[Mistake]:
    """What does not fit of a weight's number and of an observable's."""
    program = subject.program
    counts = {"weight": (weight, len(program.weights)), "observable": (observable, len(program.observables))}
    return [
        Mistake(
            name,
            f"there is no {name} {number}: the program has {count}.",
            f"allowed: 0 to {count - 1}" if count else "leave the claim out, or choose another circuit",
        )
        for name, (number, count) in counts.items()
        if number >= count
    ]


def configured(subject: Subject, program: Program, point: Array) -> Rule | None:
    """The rule that the experiment trains with; None where the session differentiates by itself."""
    spec = subject.spec
    return spec.gradient.rule(subject.task.session, Work(program, point, spec.shots, spec.seed, spec.noise))


def derivative(subject: Subject, program: Program, point: Array, weight: int, rule: Rule, seed: int) -> Meter:
    """What the rule makes of one shot a circuit. Rules are linear in their results: that gives the factors.

    It reads nothing where no gate has the weight, as in a mutant.
    """
    work = Work(program, point, None, seed)
    constructed = rule.construct(work)
    sizes = [len(item.points) for item in constructed]
    factors = [_factors(rule, work, sizes, number, weight) for number in range(len(constructed))]
    return joined(
        subject,
        [
            meter(subject, item.program, item.program.observables[0], item.points[row : row + 1], float(factor))
            for item, column in zip(constructed, factors, strict=True)
            for row, factor in enumerate(column)
            if factor
        ],
    )


def shot_noise(subject: Subject, observable: int, weight: int, at: At, row: int) -> Meter:
    """The derivative by the rule of the experiment; by parameter shift where the session needs no rule."""
    program, point = alone(subject, observable), subject.point(at, row)
    rule = configured(subject, program, point) or ParameterShift()
    return derivative(subject, program, point, weight, rule, subject.spec.seed)


def _factors(rule: Rule, work: Work, sizes: list[int], number: int, weight: int) -> Array:
    """How much each row of one of the rule's works counts."""
    found = np.zeros(sizes[number])
    for row in range(sizes[number]):
        values = [np.zeros((size, 1)) for size in sizes]
        values[number][row] = 1
        results = [Result(value, np.zeros_like(value), 0) for value in values]
        found[row] = rule.combine(work, results)[1](np.ones((1, 1)))[0, weight]
    return found


def true_derivative(subject: Subject, program: Program, point: Array, weight: int) -> float:
    """Exact, without noise, in float64, by the parameter-shift rule."""
    rule, work = ParameterShift(), Work(program, point)
    values = [subject.ideal(item.program, item.points) for item in rule.construct(work)]
    results = [Result(value, np.zeros_like(value), 0) for value in values]
    return float(rule.combine(work, results)[1](np.ones((1, 1)))[0, weight])


def own_derivative(session: Differentiates, program: Program, point: Array, weight: int) -> float:
    """As the session differentiates by itself."""
    return float(session.vjp(Work(program, point))[1](np.ones((1, 1)))[0, weight])


def is_random(rule: Rule, program: Program, point: Array) -> bool:
    """Whether the rule asks for other points with another seed."""
    both = [rule.construct(Work(program, point, None, seed)) for seed in (0, 1)]
    return any(not np.array_equal(*(item.points for item in pair)) for pair in zip(*both, strict=True))


def estimates(subject: Subject, program: Program, point: Array, weight: int, rule: Rule, seed: int) -> Source:
    """Draws estimates of a random rule: each with directions of its own, at exact values or one shot a circuit."""
    drawn = 0

    def more(samples: int) -> tuple[Array, Counts]:
        nonlocal drawn
        drawn += 1
        works = [Work(program, point, None, draw(seed, "rule", drawn, number)) for number in range(samples)]
        built = [rule.construct(work) for work in works]
        points = np.concatenate([item.points for items in built for item in items])
        shots = None if subject.exact else 1
        values = subject.values(built[0][0].program, points, shots, draw(seed, "draw", drawn))
        found, place = [], 0
        for work, items in zip(works, built, strict=True):
            results = []
            for item in items:
                part = values[place : place + len(item.points)]
                results.append(Result(part, np.zeros_like(part), 0))
                place += len(item.points)
            found.append(float(rule.combine(work, results)[1](np.ones((1, 1)))[0, weight]))
        return np.array(found), np.ones(samples, dtype=np.int64)

    return more


def less(source: Source, truth: float) -> Source:
    """The same samples less a number."""

    def more(samples: int) -> tuple[Array, Counts]:
        values, counts = source(samples)
        return values - truth, counts

    return more


def times(source: Source, factor: float) -> Source:
    """The same samples times a number."""

    def more(samples: int) -> tuple[Array, Counts]:
        values, counts = source(samples)
        return factor * values, counts

    return more


def in_pairs(source: Source, combine: Callable[[Array, Array], Array], seed: int) -> Source:
    """Draws what is made of two samples each, such as (a - b)² / 2, whose mean is the variance."""
    drawn = 0

    def more(samples: int) -> tuple[Array, Counts]:
        nonlocal drawn
        drawn += 1
        values, counts = source(2 * samples)
        mixed = stream(seed, "pairs", drawn).permutation(np.repeat(values, counts))
        return combine(*mixed.reshape(2, samples)), np.ones(samples, dtype=np.int64)

    return more
