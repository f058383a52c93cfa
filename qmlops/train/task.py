"""A Task: the compiled program with its data, an open session, and how it is to be trained."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qmlops.config.spec import RunSpec
from qmlops.core.account import Account
from qmlops.core.backend import Remote, Session
from qmlops.core.dataset import Dataset, Labels, Split
from qmlops.core.program import Program
from qmlops.core.seed import draw, stream
from qmlops.core.work import Array, Work
from qmlops.execute.connect import connect


@dataclass(frozen=True, eq=False)
class Task:
    """Everything that a training loop reads; nothing in it changes."""

    spec: RunSpec
    program: Program
    session: Session
    split: Split | None
    inputs: Array
    """Inputs of the training rows [rows × inputs]; one row without columns where there is no data."""
    labels: Labels
    account: Account
    """In whose name the session works."""

    def rows(self, step: int) -> slice | Labels:
        """Which training rows a step uses: all, or a batch that belongs to seed and step.

        Batches walk through a shuffled order that is drawn anew each epoch.
        """
        size, batch = len(self.inputs), self.spec.data.batch
        if batch is None or batch >= size:
            return slice(None)
        a_epoch = size // batch
        epoch, place = divmod(step - 1, a_epoch)
        order = stream(self.spec.seed, "batch", epoch).permutation(size)
        rows: Labels = order[place * batch : (place + 1) * batch]
        return rows

    def work(self, inputs: Array, weights: Array, *path: str | int) -> Work:
        """All input rows with one set of weights; `path` names the draw below the run's seed."""
        points = np.empty((len(inputs), len(self.program.symbols)))
        points[:, : inputs.shape[1]] = inputs
        points[:, inputs.shape[1] :] = weights
        return Work(self.program, points, self.spec.shots, draw(self.spec.seed, *path), self.spec.noise)

    def encode(self, data: Dataset) -> Array:
        """Inputs of rows that are already prepared."""
        return self.spec.encoder.encode(data.features, self.program.width)

    def opened(self, account: Account) -> Task:
        """The same task in the name of another account."""
        return replace(self, session=connect(self.spec.backend, account), account=account)


def make_task(spec: RunSpec, program: Program, split: Split | None, account: Account | None = None) -> Task:
    """A task with a session, offline. Without an account it is of the program's own, as for a loaded model."""
    account = account or bare(spec, program)
    session = connect(spec.backend, account)
    if split is None:
        return Task(spec, program, session, None, np.zeros((1, 0)), np.zeros(1, dtype=np.int64), account)
    inputs = spec.encoder.encode(split.train.features, program.width)
    return Task(spec, program, session, split, inputs, split.train.labels, account)


def bare(spec: RunSpec, program: Program) -> Account:
    """The account of work that belongs to no run: the program names it, and its config has the budget."""
    name = f"model-{program.digest()[:16]}" if isinstance(spec.backend, Remote) else "model"
    return Account(name, name, spec.budget, spec.reuse, once=False)


def first_weights(task: Task) -> Array:
    """Uniform in [0, 2 pi), drawn from the seed."""
    return stream(task.spec.seed, "weights").uniform(0, 2 * np.pi, len(task.program.weights))
