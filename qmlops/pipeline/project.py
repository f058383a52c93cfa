"""A small project of one's own: one experiment, its data, a test, and what runs them elsewhere."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from qmlops.errors import RequestError

DATA = "data/petals.csv"
_TEMPLATES = {
    "conf/experiment/$name.yaml": "experiment.yaml",
    "tests/test_experiment.py": "test_experiment.txt",
    "README.md": "README.md",
    ".github/workflows/ci.yml": "ci.yml",
    ".gitignore": "ignored.txt",
}
_NO_NAMES = {"null", "none", "true", "false", "nan", "inf", "on", "off", "yes", "no"}
"""Words that YAML or an override reads as something else than text."""


@dataclass(frozen=True)
class Project:
    """A project that has just been written."""

    folder: Path
    name: str
    """What the experiment is called: `qmlops run +experiment=NAME`."""
    files: tuple[str, ...]
    """Paths below the folder."""


def init(folder: Path) -> Project:
    """Write a project into a folder, which is made where it is missing.

    Raises RequestError, and leaves nothing behind, where a file is in the way or cannot be written.
    """
    title = folder.resolve().name
    name = experiment_name(title)
    names = {"name": name, "title": " ".join(title.split()) or name}
    contents = {Template(path).substitute(names): _filled(source, names) for path, source in _TEMPLATES.items()}
    taken = [path for path in (*contents, DATA) if os.path.lexists(folder / path)]
    if taken:
        raise RequestError(
            f"{folder} has {', '.join(taken)} already, and init overwrites nothing.\n"
            "Name another folder, or move what is in the way."
        )
    contents[DATA] = petals()
    _write(folder, contents)
    return Project(folder, name, tuple(contents))


def experiment_name(title: str) -> str:
    """Lower-case ASCII letters, digits and underscores made from a folder's name, first a letter."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return word if word[:1].isalpha() and word not in _NO_NAMES else f"experiment_{word}".rstrip("_")


def petals() -> str:
    """Iris as CSV: length and width of the petals in centimetres, and the species."""
    from sklearn.datasets import load_iris

    iris = load_iris()
    rows = [
        f"{length},{width},{iris.target_names[label]}"
        for (_, _, length, width), label in zip(iris.data.tolist(), iris.target, strict=True)
    ]
    return "\n".join(["petal_length,petal_width,species", *rows, ""])


def _filled(source: str, names: Mapping[str, str]) -> str:
    text = files("qmlops.pipeline").joinpath("template", source).read_text(encoding="utf-8")
    return Template(text).substitute(names)


def _write(folder: Path, contents: Mapping[str, str]) -> None:
    """All files, or none: what was made is taken away again when one fails."""
    made: list[Path] = []
    try:
        for path, text in contents.items():
            for parent in reversed((folder / path).parents):
                if not parent.exists():
                    parent.mkdir()
                    made.append(parent)
            with (folder / path).open("x", encoding="utf-8", newline="\n") as file:
                made.append(folder / path)
                file.write(text)
    except BaseException as error:
        for there in reversed(made):
            with suppress(OSError):
                there.rmdir() if there.is_dir() else there.unlink()
        if isinstance(error, OSError):
            where = error.filename or folder
            raise RequestError(f"{where} cannot be written: {error.strerror}.\nName another folder.") from None
        raise
