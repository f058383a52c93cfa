"""Logical works as a device runs them: lowered once a program and run, and read back by any process."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qmlops.core.backend import Backend
from qmlops.core.program import Program
from qmlops.core.work import Array, Work
from qmlops.execute.blob import pack_program, unpack_program
from qmlops.execute.journal import Journal


@dataclass
class Lowering:
    """The lowered programs of one run. A resumed run goes on with those that it began with."""

    backend: Backend
    journal: Journal
    run: str
    place: str
    again: bool
    """Whether what the journal has of this run is used; a loaded model lowers anew."""
    _digests: dict[str, str] = field(default_factory=dict)
    """Of lowered programs, by those of the logical ones."""
    _programs: dict[str, Program] = field(default_factory=dict)

    def digest(self, program: Program) -> str:
        """Of what a logical program becomes at this place; the journal has it from then on."""
        logical = program.digest()
        if logical not in self._digests:
            stored = self.journal.lowering(self.run, logical, self.place) if self.again else None
            if stored is None:
                lowered = self.backend.lower(program)
                stored = lowered.digest()
                self._programs[stored] = lowered
                self.journal.keep_lowering(self.run, logical, self.place, stored, pack_program(lowered))
            self._digests[logical] = stored
        return self._digests[logical]

    def program(self, digest: str) -> Program:
        """A lowered program; the same object each time, so that an adapter translates it once."""
        if digest not in self._programs:
            self._programs[digest] = unpack_program(self.journal.program(digest))
        return self._programs[digest]

    def lowered(self, work: Work) -> Work:
        """The work with its program lowered; all else stays."""
        program = self.program(self.digest(work.program))
        return Work(program, work.points, work.shots, work.seed, work.noise, work.keep_counts)

    def written(self, works: Sequence[Work]) -> str:
        """What the journal keeps of logical works: the program's digest below, and all but points and noise."""
        told = [
            {
                "program": self.digest(work.program),
                "points": len(work.points),
                "shots": work.shots,
                "seed": work.seed,
                "counts": work.keep_counts,
            }
            for work in works
        ]
        return json.dumps(told)

    def read(self, text: str, points: Sequence[Array] | None = None) -> list[Work]:
        """The lowered works of an entry; without their points they can be read, and not be sent."""
        works = []
        for number, told in enumerate(json.loads(text)):
            program = self.program(told["program"])
            rows = np.zeros((told["points"], len(program.symbols))) if points is None else points[number]
            works.append(Work(program, rows, told["shots"], told["seed"], None, told["counts"]))
        return works
