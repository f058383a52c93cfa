"""What MLflow calls to load a model folder as a Python function. Imports no MLflow."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import yaml

from qmlops.train.model import QuantumModel


class PyFunc:
    """MLflow's interface: rows of features in, class names or expectation values out."""

    def __init__(self, model: QuantumModel) -> None:
        self.model = model

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """Predictions for a data frame or an array of raw features, in the order of the columns."""
        columns = list(self.model.columns)
        named = hasattr(model_input, "columns") and set(columns) <= set(model_input.columns)
        rows = np.asarray(model_input[columns] if named else model_input, dtype=np.float64)
        return self.model.predict(rows) if self.model.classes else self.model.values(None)[0]


def _load_pyfunc(path: str) -> PyFunc:
    """The name is MLflow's."""
    return PyFunc(QuantumModel.load(path))


def mlmodel(model: QuantumModel) -> str:
    """The text of the MLmodel file: flavour, loader, and the signature of a classifier."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    described: dict[str, Any] = {
        "flavors": {
            "python_function": {
                "loader_module": "qmlops.train.pyfunc",
                "data": ".",
                "python_version": version,
            }
        },
    }
    if model.classes:
        inputs = [{"type": "double", "name": name, "required": True} for name in model.columns]
        described["signature"] = {
            "inputs": json.dumps(inputs),
            "outputs": json.dumps([{"type": "string", "required": True}]),
            "params": None,
        }
    return str(yaml.safe_dump(described, sort_keys=False, allow_unicode=True))
