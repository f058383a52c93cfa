"""What a config can choose, read off the dataclasses and the YAML: nothing here is written twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from inspect import getdoc
from itertools import takewhile
from pathlib import Path
from typing import Any, get_type_hints

from qmlops.config.annotation import in_words
from qmlops.config.kind import GROUPS, NAMED, load, table
from qmlops.config.place import own, shipped
from qmlops.core.option import describe_bounds


@dataclass(frozen=True)
class FieldNote:
    """One field of a kind, as `qmlops list` shows it."""

    key: str
    type: str
    default: str
    unit: str
    doc: str


@dataclass(frozen=True)
class Choice:
    """One YAML file that a group can name."""

    name: str
    kind: str
    doc: str


def groups() -> tuple[str, ...]:
    """The groups of a config, those whose parts have names of their own, and `experiment`."""
    return (*GROUPS, *NAMED.values(), "experiment")


def choices(group: str) -> list[Choice]:
    """The YAML files of a group, the user's own before the shipped ones of the same name."""
    found: dict[str, Choice] = {}
    for folder in (own(), shipped()):
        for path in sorted((folder / group).glob("*.yaml")) if folder else ():
            found.setdefault(path.stem, _choice(path))
    return sorted(found.values(), key=lambda choice: choice.name)


def summary(cls: type[Any]) -> str:
    """The first paragraph of a class's docstring."""
    return " ".join((getdoc(cls) or "").split("\n\n")[0].split())


def kinds(group: str) -> dict[str, str]:
    """Each kind of a group with its summary."""
    return {kind: summary(load(group, kind)) for kind in table(group)}


def notes(cls: type[Any], prefix: str = "") -> Iterator[FieldNote]:
    """The fields of a part, those of nested parts with dotted keys."""
    hints = get_type_hints(cls)
    for item in fields(cls):
        hint = hints[item.name]
        if is_dataclass(hint):
            yield from notes(hint, f"{prefix}{item.name}.")  # type: ignore[arg-type]
            continue
        value = item.default_factory() if item.default_factory is not MISSING else item.default
        bounds = describe_bounds(item.metadata.get("bounds", {}))
        kind = " ".join(word for word in (in_words(hint), bounds) if word)
        note = item.metadata
        yield FieldNote(f"{prefix}{item.name}", kind, _shown(value), note.get("unit", ""), note.get("doc", ""))


def _choice(path: Path) -> Choice:
    lines = path.read_text(encoding="utf-8").splitlines()
    comments = [line[1:].strip() for line in lines if line.startswith("#") and "@package" not in line]
    about = " ".join(takewhile(lambda comment: not comment.startswith("qmlops "), comments))
    kind = next((line.split(":", 1)[1].split("#")[0].strip() for line in lines if line.startswith("kind:")), "")
    return Choice(path.stem, kind, about)


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_shown, value))}]"
    return str(value)
