"""A run's logged model as a version in MLflow's registry."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qmlops.errors import BackendError
from qmlops.parts.tracker.sink.store import Store, key_of


def register(uri: str, experiment: str, folder: Path, name: str) -> str:
    """Register the logged model of a run that was sent; gives `models:/NAME/VERSION`.

    A model that is registered under this name already keeps its version.
    """
    from mlflow.exceptions import MlflowException

    store = Store(uri, experiment, Path.cwd())
    client: Any = store.client
    run_id = store.find(key_of(folder) or "")
    models = client.search_logged_models([store.experiment], f"source_run_id = '{run_id}'") if run_id else []
    if not models:
        raise BackendError(f"MLflow has no model of {folder}.\nSend it with: qmlops sync {folder}")
    source = f"models:/{models[0].model_id}"
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise BackendError(f"MLflow cannot register {name!r}: {error.message}") from error
    for version in client.search_model_versions(f"name = '{name}'"):
        if version.run_id == run_id:
            return f"models:/{name}/{version.version}"
    made = client.create_model_version(name, source, run_id, model_id=models[0].model_id)
    return f"models:/{name}/{made.version}"
