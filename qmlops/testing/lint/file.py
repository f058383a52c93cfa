"""Which requests a changed file of a project takes part in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qmlops.errors import RequestError

_COMMAND = "# qmlops "
"""How the second line of a YAML begins, which says the command that runs it."""


@dataclass(frozen=True)
class Request:
    """Overrides of a command, and the folder in which it is called."""

    project: Path
    overrides: tuple[str, ...]


def requests(file: Path) -> list[Request]:
    """What is to be composed for a file below a project's `conf`, or for an OpenQASM file.

    An experiment by itself. A part as its own second line says, or alone over the defaults, and in
    every experiment of the project that chooses it. An OpenQASM file in every YAML that names it; a
    file that nobody names in none. Raises RequestError for any other, and for one that is not there.
    """
    if not file.is_file():
        raise RequestError(f"There is no file {file}.\nName files that are there, from this folder.")
    if file.suffix == ".qasm":
        named = [path for path in _yaml(Path("conf")) if file.name in path.read_text(encoding="utf-8")]
        return list(dict.fromkeys(request for path in named for request in requests(path)))
    conf = next((folder for folder in file.parents if folder.name == "conf"), None)
    if conf is None or file.suffix not in (".yaml", ".yml"):
        raise RequestError(f"{file} is no YAML below a folder conf.\nName files such as conf/experiment/mine.yaml.")
    group, name = file.parent.relative_to(conf).as_posix(), file.stem
    if group == ".":
        return [Request(conf.parent, ())]
    if group == "experiment":
        return [Request(conf.parent, (f"+experiment={name}",))]
    using = [path.stem for path in _yaml(conf / "experiment") if _chooses(path, group, name)]
    own = _own(file) or (() if using else (f"{group}={name}",))
    every = [own] if own else []
    every += [(f"+experiment={item}",) for item in using]
    return [Request(conf.parent, words) for words in every]


def _own(file: Path) -> tuple[str, ...]:
    """The overrides of the command in a YAML's second line; empty where it has none."""
    lines = file.read_text(encoding="utf-8").splitlines()
    if len(lines) < 2 or not lines[1].startswith(_COMMAND):
        return ()
    return tuple(word for word in lines[1].removeprefix(_COMMAND).split()[1:] if not word.startswith("-"))


def _chooses(experiment: Path, group: str, name: str) -> bool:
    import yaml

    try:
        content = yaml.safe_load(experiment.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        return False
    defaults = content.get("defaults", []) if isinstance(content, dict) else []
    return any(isinstance(item, dict) and item.get(f"override /{group}") == name for item in defaults)


def _yaml(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.yaml"))
