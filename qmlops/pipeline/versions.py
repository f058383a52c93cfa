"""Which versions made a result."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = (
    "qmlops",
    "cirq-core",
    "qsimcirq",
    "hydra-core",
    "omegaconf",
    "numpy",
    "scipy",
    "numba",
    "scikit-learn",
    "mlflow",
)


def versions() -> dict[str, str]:
    """Python, platform, and each package that takes part; a package that is missing is left out."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
