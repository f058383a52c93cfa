"""A model on disk: model.json, weights.npz and config.yaml, with the SHA-256 of each; no pickle.

The folder is an MLflow model too: `MLmodel` names `qmlops.train.pyfunc` as its loader.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from qmlops.config.build import build
from qmlops.core.dataset import Preparation
from qmlops.core.document import document, program_of
from qmlops.errors import RunFolderError
from qmlops.train.checkpoint import replace_file
from qmlops.train.model import QuantumModel
from qmlops.train.support import Support

SCHEMA = 1
_OPTIONAL = ("matrix", "offset", "support_inputs", "support_dual", "support_intercept")


def write(model: QuantumModel, folder: Path) -> None:
    """Write all files of a model; model.json comes last, so that it speaks for whole files."""
    from qmlops.train.pyfunc import mlmodel

    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "weights.npz": _npz(_arrays(model)),
        "config.yaml": yaml.safe_dump(dict(model.spec.config), sort_keys=False, allow_unicode=True).encode(),
        "MLmodel": mlmodel(model).encode(),
    }
    for name, content in files.items():
        replace_file(folder / name, content)
    described = _describe(model) | {"sha256": {name: _sha(content) for name, content in files.items()}}
    described["sha256"]["model.json"] = _sha(_json(described))
    replace_file(folder / "model.json", _json(described))


def read(folder: Path) -> QuantumModel:
    """Read a model and check every digest."""
    described = _checked(folder)
    spec = build(yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8")))
    try:
        with np.load(folder / "weights.npz", allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        program = program_of(described)
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise RunFolderError(f"{folder} holds a model that cannot be read: {error}.") from None
    preparation = Preparation(arrays["matrix"], arrays["offset"]) if "matrix" in arrays else None
    support = Support(*(arrays[name] for name in _OPTIONAL[2:])) if "support_dual" in arrays else None
    classes, columns = tuple(described["classes"]), tuple(described["columns"])
    return QuantumModel(spec, program, arrays["weights"], preparation, classes, columns, support)


def _describe(model: QuantumModel) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "name": model.spec.name,
        **document(model.program),
        "classes": list(model.classes),
        "columns": list(model.columns),
        "program": model.program.digest(),
    }


def _arrays(model: QuantumModel) -> dict[str, Any]:
    arrays: dict[str, Any] = {"weights": model.weights}
    if model.preparation is not None:
        arrays |= {"matrix": model.preparation.matrix, "offset": model.preparation.offset}
    if model.support is not None:
        kept = (model.support.inputs, model.support.dual, model.support.intercept)
        arrays |= dict(zip(_OPTIONAL[2:], kept, strict=True))
    return arrays


def _checked(folder: Path) -> dict[str, Any]:
    try:
        described: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        digests = dict(described["sha256"])
        told = digests.pop("model.json")
        contents = {name: (folder / name).read_bytes() for name in digests}
    except OSError as error:
        raise RunFolderError(f"{folder} holds no model: {error.filename} cannot be read.") from None
    except (ValueError, KeyError, TypeError):
        raise RunFolderError(f"{folder / 'model.json'} is no description of a model.") from None
    if described.get("schema") != SCHEMA:
        raise RunFolderError(
            f"{folder} holds a model of schema {described.get('schema')}; this version reads {SCHEMA}."
        )
    found = {name: _sha(content) for name, content in contents.items()} | {
        "model.json": _sha(_json(described | {"sha256": digests}))
    }
    changed = [name for name, digest in (digests | {"model.json": told}).items() if found[name] != digest]
    if changed:
        raise RunFolderError(f"{folder} was changed after it was written: {', '.join(changed)}.\nTrain it again.")
    return described


def _npz(arrays: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _json(content: Any) -> bytes:
    return json.dumps(content, indent=1, ensure_ascii=False).encode()


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
