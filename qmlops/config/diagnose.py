"""What went wrong in a composition: the key, or the file and line, and the override that did it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from qmlops.config.folder import folders
from qmlops.config.kind import GROUPS, NAMED
from qmlops.errors import Mistake, nearest, shown

COMPOSITION = (
    *(HydraException, OmegaConfBaseException, yaml.YAMLError, RecursionError),
    *(ValueError, TypeError, AttributeError),
)
"""All that Hydra raises for what a person wrote; the last three where it reads a defaults list."""


def explain(error: BaseException, overrides: Sequence[str]) -> tuple[Mistake, str | None]:
    """What went wrong in a composition, and the override that did it, where it was one."""
    chain = list(_chain(error))
    for link in chain:
        if isinstance(link, yaml.MarkedYAMLError) and link.problem_mark is not None:
            mark = link.problem_mark
            where = str(mark.name) + f" line {mark.line + 1}, column {mark.column + 1}"
            return Mistake(
                where,
                f"this is no YAML: {link.problem}.",
                "mind indents and colons, and quote texts with brackets, as in 'a * x[i]'",
            ), None
        if isinstance(link, MissingConfigException) and link.missing_cfg_file:
            return _missing(link, overrides)
    for link in chain:
        key = getattr(link, "full_key", None) if isinstance(link, OmegaConfBaseException) else None
        if key:
            known = _siblings(link)
            return Mistake(str(key), first_line(link), nearest(str(link.key), known)), _culprit(str(key), overrides)  # type: ignore[attr-defined]
    for file in _chosen_files(overrides):
        found = _undecodable(file) or _misshapen(file)
        if found is not None:
            return found, None
    files = ", ".join(str(file) for file in _chosen_files(overrides))
    return Mistake(
        files or "config", first_line(error), "compare its defaults with those of a shipped experiment"
    ), None


def _chosen_files(overrides: Sequence[str]) -> list[Path]:
    """The YAML files that overrides name, the user's own before the shipped."""
    found = []
    for text in overrides:
        group, _, name = text.lstrip("+").partition("=")
        if name and "." not in group + name and len(text) < 200:
            places = [folder / group / f"{name}.yaml" for folder in folders()]
            found += [place for place in places if place.is_file()][:1]
    return found


def _undecodable(file: Path) -> Mistake | None:
    """The first byte that is no UTF-8, or the first character that no YAML may hold."""
    content = file.read_bytes()
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Mistake(f"{file} line {line}", f"byte 0x{content[error.start]:02x} is no UTF-8.", "save it as UTF-8")
    try:
        yaml.safe_load(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return Mistake(f"{file} line {line}", f"{text[error.position]!r} may not stand in a YAML.", "remove it")
    except yaml.YAMLError:
        return None
    return None


def _misshapen(file: Path) -> Mistake | None:
    """A key of an experiment that holds a list where a mapping belongs, or the other way round."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        return Mistake(
            str(file),
            f"this is no YAML: {first_line(error)}",
            "mind indents and colons, and quote texts with brackets, as in 'a * x[i]'",
        )
    if not isinstance(content, Mapping):
        return Mistake(str(file), "it holds no keys.", "write key: value")
    for key in (*GROUPS, *NAMED, "tags"):
        if isinstance(content.get(key), list):
            return Mistake(key, f"{shown(content[key])} is no mapping.", f"write {key}: {{name: value}}")
        part = content.get(key)
        for name, value in part.items() if isinstance(part, Mapping) else ():
            for wrong, right in ((list, Mapping), (Mapping, list)):
                if isinstance(value, wrong) and any(isinstance(other, right) for other in _others(key, name)):
                    return Mistake(f"{key}.{name}", f"{shown(value)} is not allowed.", f"see `qmlops list {key}`")
    return None


def _others(group: str, name: str) -> list[Any]:
    """What stands under a key in the YAML files of a group."""
    found = []
    for file in (file for folder in folders() for file in (folder / group).glob("*.yaml")):
        with suppress(yaml.YAMLError, UnicodeDecodeError):
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            if isinstance(content, Mapping) and name in content:
                found.append(content[name])
    return found


def _missing(error: MissingConfigException, overrides: Sequence[str]) -> tuple[Mistake, str | None]:
    group, _, name = str(error.missing_cfg_file).rpartition("/")
    known = list(error.options or [])
    key = group or "config"
    return Mistake(key, f"there is no {name!r} in conf/{group}.", nearest(name, known)), _culprit(key, overrides)


def _culprit(key: str, overrides: Sequence[str]) -> str | None:
    for text in overrides:
        name = text.lstrip("+~").partition("=")[0].replace("/", ".")
        if name == key.replace("/", "."):
            return text
    return None


def _siblings(error: Any) -> list[str]:
    parent = getattr(error, "parent_node", None)
    return [str(key) for key in parent] if isinstance(parent, DictConfig) else []


def first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") + "." if str(error).strip() else type(error).__name__


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
