"""A model folder as an MLflow logged model, which `mlflow models serve` can serve."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NAME = "model"


def log_model(client: Any, experiment: str, run_id: str, folder: Path, step: int) -> str:
    """Log the folder once, whole; what a killed attempt left is deleted. Gives the model's id.

    The loader and the signature are those that the folder's MLmodel file names. The run's
    output is linked last, so that a linked model is a complete one.
    """
    import mlflow.pyfunc
    from mlflow.entities import LoggedModelOutput
    from mlflow.models import Model

    for known in client.search_logged_models([experiment], f"source_run_id = '{run_id}'"):
        if str(known.status) == "READY":
            return _linked(client, run_id, str(known.model_id), LoggedModelOutput(known.model_id, step))
        client.delete_logged_model(known.model_id)
    described = Model.load(str(folder))
    made = client.create_logged_model(experiment, NAME, source_run_id=run_id)
    written = Model(
        artifact_path=made.artifact_location,
        run_id=run_id,
        model_uuid=made.model_id,
        model_id=made.model_id,
        signature=described.signature,
    )
    with TemporaryDirectory() as temporary:
        path = str(Path(temporary, NAME))
        mlflow.pyfunc.save_model(
            path,
            mlflow_model=written,
            loader_module=described.flavors["python_function"]["loader_module"],
            data_path=str(folder),
            signature=described.signature,
            pip_requirements=[_requirement()],
        )
        client.log_model_artifacts(made.model_id, path)
    client.finalize_logged_model(made.model_id, "READY")
    return _linked(client, run_id, str(made.model_id), LoggedModelOutput(made.model_id, step))


def _linked(client: Any, run_id: str, model_id: str, output: Any) -> str:
    outputs = client.get_run(run_id).outputs
    known = [item.model_id for item in outputs.model_outputs] if outputs is not None else []
    if model_id not in known:
        client.log_outputs(run_id, [output])
    return model_id


def _requirement() -> str:
    """Named and not inferred: inference would load the model and take many seconds."""
    try:
        return f"qmlops=={version('qmlops')}"
    except PackageNotFoundError:
        return "qmlops"
