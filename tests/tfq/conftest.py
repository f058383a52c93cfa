"""What runs TensorFlow Quantum is collected where it is installed: in the nox session tests_tfq."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("tensorflow_quantum") else ["test_beside_qsim.py", "test_quiet.py"]
