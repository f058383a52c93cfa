"""What TensorFlow and its packages print when they are loaded does not reach the person's screen."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import cirq, numpy as np
from qmlops.core.observable import PauliSum
from qmlops.core.program import Program
from qmlops.core.work import Work
from qmlops.parts.backend.tfq import Tfq
program = Program(cirq.Circuit(cirq.X(cirq.LineQubit(0))), 1, (), (), (PauliSum.parse("Z0"),))
values, _ = Tfq().open().vjp(Work(program, np.zeros((2, 0))))
print(*values.ravel())
"""


def test_only_the_values_are_printed_and_later_words_still_reach_stderr() -> None:
    code = CODE + "import sys; print('mine', file=sys.stderr)"
    done = subprocess.run([sys.executable, "-W", "default", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["-1.0", "-1.0"]
    assert done.stderr.strip() == "mine"
