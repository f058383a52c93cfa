"""MLflow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MLflow:
    """MLflow."""

    uri: str = "sqlite:///mlflow.db"
