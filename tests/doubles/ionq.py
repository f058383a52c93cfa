"""IonQ on 127.0.0.1 with faults on demand: the emulator that `qmlops emulate ionq` starts, behind a `Double`."""

from __future__ import annotations

from qmlops.config.place import devices
from qmlops.parts.backend.catalogue import targets_of
from qmlops.serving.ionq import Ionq
from tests.doubles.fault import Double

KEY = "ionq-test-key"


class IonqDouble(Double):
    """Its `conduct` says how jobs and machines behave, its `tally` counts what was accepted."""

    def __init__(self, key: str = KEY, seed: int = 0, noise: float = 1.0) -> None:
        self.provider = Ionq(targets_of(devices("ionq"), ("simulator",)), key, seed, noise)
        self.conduct, self.tally, self.jobs = self.provider.conduct, self.provider.tally, self.provider.jobs
        super().__init__(self.provider.answer)

    def close(self) -> None:
        super().close()
        self.provider.close()
