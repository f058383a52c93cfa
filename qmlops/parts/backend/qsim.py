"""The local simulator: the adjoint engine for exact values, gradients and ideal shots, qsim for noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qmlops.core.backend import Immediate, Session
from qmlops.core.noise import Noise
from qmlops.core.option import option, validate
from qmlops.core.program import Program
from qmlops.core.seed import stream
from qmlops.core.target import Target
from qmlops.core.ticket import Cost
from qmlops.core.work import Array, Counts, Pullback, Result, Work
from qmlops.errors import CapacityError, ConfigError, Mistake
from qmlops.lower.basis import Basis, all_bits, bases, misread, moments, of_mean, sample
from qmlops.lower.placed import placed, unfit
from qmlops.lower.reading import first_wires, kept_counts, tallied, tally
from qmlops.parts.backend.trajectory import Trajectories
from qmlops.simulate import Engine, prepare
from qmlops.simulate.derived import metric, metric_memory
from qmlops.simulate.memory import too_wide, usable_bytes
from qmlops.simulate.plain import PlainEngine
from qmlops.simulate.regime import threads

_NOT_EXACT = Mistake(
    "shots", "qsim draws noise at random and cannot give exact values.", "write shots=1000, or backend=density"
)


@dataclass(frozen=True)
class Qsim:
    """State vectors on this machine. Noise is drawn as trajectories by qsim and needs shots."""

    precision: Literal["single", "double"] = option("single", "float32 or float64 amplitudes")
    threads: int | None = option(None, "threads for noisy circuits; null: all cores", least=1, most=1024)

    def __post_init__(self) -> None:
        validate(self)

    def target(self) -> Target:
        return Target("qsim", None, hardware=False, source="this machine")

    def lower(self, program: Program) -> Program:
        return program

    def validate(self, works: Sequence[Work]) -> list[Mistake]:
        def refusal(work: Work) -> str | None:
            return too_wide("qsim", work.program.width, self._bytes(work))

        mistakes = unfit(works, refusal, "use fewer qubits, or a larger machine")
        for work in works:
            if work.noise is not None and not work.noise.silent() and work.shots is None:
                mistakes.append(_NOT_EXACT)
        return mistakes

    def estimate(self, works: Sequence[Work]) -> Cost:
        return Cost(0.0, "USD", "a local simulation is free")

    def open(self) -> Session:
        running = _Running(self.precision, self.threads)
        return Immediate("qsim", running.run, {"vjp": running.vjp, "states": running.states, "metric": running.metric})

    def _bytes(self, work: Work) -> int:
        """Three states; for shots also the bits of each outcome, its chance and what it reads."""
        width = work.program.width
        if work.shots is not None:
            return int((3 * 16 + 8 * (4 + 2 * width)) * 2 ** min(width, 60))
        return int(3 * (8 if self.precision == "single" else 16) * 2 ** min(width, 60))


@dataclass
class _Running:
    """Programs made ready, and the work that they do."""

    precision: Literal["single", "double"]
    threads: int | None
    _engines: dict[int, tuple[Program, Engine]] = field(default_factory=dict)
    _plain: PlainEngine | None = None
    _noisy: tuple[Program, Noise, Trajectories | None] | None = None

    def engine(self, program: Program) -> Engine:
        kept = self._engines.get(id(program))
        if kept is None or kept[0] is not program:
            if len(self._engines) >= 8:
                self._engines.clear()
            self._engines[id(program)] = kept = (program, prepare(program, self.precision))
        return kept[1]

    def noisy(self, program: Program, noise: Noise | None) -> Trajectories | None:
        """None where the circuit stays as it is; the last one made is kept, because training asks again."""
        if noise is None:
            return None
        kept = self._noisy
        if kept is None or kept[0] is not program or kept[1] != noise:
            changed = noise.apply(program.circuit) is not program.circuit
            self._noisy = kept = (program, noise, Trajectories(program, noise) if changed else None)
        return kept[2]

    def vjp(self, work: Work) -> tuple[Array, Pullback]:
        engine = self.engine(work.program)
        parts = list(chunks(len(work.points), engine.memory(1)))
        if len(parts) == 1:
            return engine.vjp(work.points)
        values = np.concatenate([engine.values(work.points[rows]) for rows in parts])

        def pullback(cotangent: Array) -> Array:
            return np.concatenate([engine.vjp(work.points[rows])[1](cotangent[rows]) for rows in parts])

        return values, pullback

    def states(self, work: Work) -> NDArray[np.complexfloating]:
        return self.engine(work.program).states(work.points)

    def metric(self, work: Work) -> Array:
        """In double precision, because what is solved with it may be near singular."""
        engine = self._plain
        if engine is None or engine.program is not work.program:
            self._plain = engine = PlainEngine(work.program, "double")
        size = metric_memory(engine)
        why = too_wide("qsim", work.program.width, size)
        if why:
            raise CapacityError(f"For a metric tensor {why}\nUse an optimizer that needs none, such as optimizer=adam.")
        return np.concatenate([metric(engine, work.points[rows]) for rows in chunks(len(work.points), size)])

    def run(self, work: Work) -> Result:
        """Raises ConfigError for exact values under noise, which only a density matrix has."""
        if work.shots is None and work.noise is not None and not work.noise.silent():
            raise ConfigError([_NOT_EXACT])
        width, work = work.program.width, placed(work)
        noisy = self.noisy(work.program, work.noise)
        if noisy is not None:
            return self._trajectories(work, noisy, width)
        engine = self.engine(work.program)
        parts = list(chunks(len(work.points), engine.memory(1)))
        if work.shots is None:
            values = np.concatenate([engine.values(work.points[rows]) for rows in parts])
            return Result(values, np.zeros_like(values), circuits=len(values), provenance={"backend": "qsim"})
        return self._shots(work, parts, width)

    def _shots(self, work: Work, parts: list[slice], width: int) -> Result:
        """Sampled from states. Counts, where they are wanted, are of the first `width` wires."""
        assert work.shots is not None
        program, count = work.program, len(work.program.observables)
        values, variances = np.zeros((2, len(work.points), count))
        measured = bases(program.observables)
        read: list[list[Counts]] = [[] for _ in measured]
        for number, basis in enumerate(measured):
            engine = self.engine(_turned(program, basis))
            eigenvalues = basis.eigenvalues(all_bits(program.width), count)
            random = stream(work.seed, "shots", number)
            for rows in parts:
                chances = np.abs(engine.states(work.points[rows])).astype(np.float64) ** 2
                chances = misread(chances, work.noise, program.width)
                frequencies = sample(chances, work.shots, random)
                means, spread = moments(frequencies, eigenvalues)
                values[rows] += means
                variances[rows] += of_mean(spread, work.shots)
                if work.keep_counts:
                    read[number] += [first_wires(item, width) for item in tallied(frequencies, work.shots)]
        circuits = len(measured) * len(values)
        told = {"backend": "qsim"}
        return Result(values, variances, circuits, circuits * work.shots, told, kept_counts(work, read))

    def _trajectories(self, work: Work, noisy: Trajectories, width: int) -> Result:
        assert work.shots is not None and work.noise is not None
        program, count = work.program, len(work.program.observables)
        values, variances = np.zeros((2, len(work.points), count))
        measured = bases(program.observables)
        read: list[list[Counts]] = [[] for _ in measured]
        workers = self.threads or threads()
        flips = [work.noise.flips(wire) for wire in range(program.width)]
        for number, basis in enumerate(measured):
            rotations, random = basis.rotations(program.qubits), stream(work.seed, "flips", number)
            drawn = noisy.bits(work.points, rotations, work.shots, workers, work.seed, "shots", number)
            for row, bits in enumerate(drawn):
                flipped = _flip(bits, flips, random)
                eigenvalues = basis.eigenvalues(flipped, count)
                values[row] += eigenvalues.mean(axis=0)
                variances[row] += of_mean(eigenvalues.var(axis=0), work.shots)
                if work.keep_counts:
                    read[number].append(tally(flipped[:, :width]))
        circuits = len(measured) * len(values)
        told = {"backend": "qsim"}
        return Result(values, variances, circuits, circuits * work.shots, told, kept_counts(work, read))


_TURNED: dict[tuple[int, tuple[Any, ...]], tuple[Program, Program]] = {}


def _turned(program: Program, basis: Basis) -> Program:
    """The program with a basis change at its end; kept, because each step asks again."""
    import cirq

    key = (id(program), tuple(sorted(basis.letters.items())))
    kept = _TURNED.get(key)
    if kept is None or kept[0] is not program:
        if len(_TURNED) > 64:
            _TURNED.clear()
        circuit = cirq.Circuit(program.circuit, basis.rotations(program.qubits))
        turned = Program(circuit, program.width, program.inputs, program.weights, program.observables)
        _TURNED[key] = kept = (program, turned)
    return kept[1]


def chunks(rows: int, bytes_a_row: int) -> Iterator[slice]:
    """Slices of rows, each small enough for the memory that may be used."""
    size = max(1, min(rows, usable_bytes() // max(1, 2 * bytes_a_row)))
    return (slice(start, start + size) for start in range(0, max(rows, 1), size))


def _flip(bits: Array, flips: list[tuple[float, float]], random: np.random.Generator) -> Array:
    up, down = np.array(flips).T
    chance = np.where(bits == 0, up, down)
    return np.where(random.random(bits.shape) < chance, 1 - bits, bits)
