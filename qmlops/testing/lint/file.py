"""Which requests a changed file of a project takes part in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qmlops.config.kind import GROUPS, NAMED
from qmlops.errors import RequestError

_COMMAND = re.compile(r"# qmlops (?:run|plan|check|test)\b")
"""How the line of a YAML begins that says the command that runs it; the second one, or soon after."""
_PLACEHOLDER = re.compile(r"[A-Z][A-Z_]*\.\w+")


@dataclass(frozen=True)
class Request:
    """Overrides of a command, and the folder in which it is called, from the root."""

    project: Path
    overrides: tuple[str, ...]

    @property
    def placeholder(self) -> str | None:
        """A name in capitals, as FILE.csv, that stands for a file of the reader's own; None where it is there."""
        values = (word.rpartition("=")[2] for word in self.overrides)
        found = (value for value in values if _PLACEHOLDER.fullmatch(value))
        return next((value for value in found if not (self.project / value).exists()), None)


def requests(file: Path) -> list[Request]:
    """What is to be composed for a file below a project's `conf`, or for an OpenQASM file.

    An experiment by itself. A part as its own command says, or alone over the defaults, and in every
    experiment of the project that chooses it. An OpenQASM file in every YAML whose circuit it is, of
    the projects above it; none where no YAML has it. Raises RequestError for any other file, for one
    that is not there, and for a command that cannot be read.
    """
    if not file.is_file():
        raise RequestError(f"There is no file {file}.\nName files that are there, from this folder.")
    if file.suffix == ".qasm":
        above = (folder / "conf" for folder in file.parents)
        reading = [path for conf in above for path in _yaml(conf) if _reads(path, conf, file)]
        return list(dict.fromkeys(request for path in reading for request in requests(path)))
    conf = next((folder for folder in file.parents if folder.name == "conf"), None)
    if conf is None or file.suffix not in (".yaml", ".yml"):
        raise RequestError(f"{file} is no YAML below a folder conf.\nName files such as conf/experiment/mine.yaml.")
    project, (group, name) = conf.parent.resolve(), _chosen(file, conf)
    if not group:
        return [Request(project, ())]
    if group == "experiment":
        return [Request(project, (f"+experiment={name}",))]
    experiments = [path for path in _yaml(conf / "experiment") if _chooses(path, group, name)]
    every = [(f"+experiment={_chosen(path, conf)[1]}",) for path in experiments]
    own = _own(file) or (() if every else (_alone(group, name),))
    return [Request(project, words) for words in ([own] if own else []) + every]


def _chosen(file: Path, conf: Path) -> tuple[str, str]:
    """The group of a YAML and its name in it, which may have folders; no group for `conf/config.yaml`."""
    *folders, name = file.relative_to(conf).with_suffix("").parts
    if folders and folders[0] in ("experiment", *GROUPS, *NAMED.values()):
        return folders[0], "/".join([*folders[1:], name])
    return "/".join(folders), name


def _alone(group: str, name: str) -> str:
    """The override that chooses a part, without any other."""
    place = next((key for key, of in NAMED.items() if of == group), None)
    return f"{group}={name}" if place is None else f"+{group}@{place}.it={name}"


def _own(file: Path) -> tuple[str, ...]:
    """The overrides of the command in a YAML's opening comment; empty where it has none."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    count = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    command = next((line for line in lines[:count] if _COMMAND.match(line)), None)
    if command is None:
        return ()
    try:
        words = shlex.split(command.removeprefix("# "), comments=True)[2:]
    except ValueError:
        raise RequestError(f"{file} has a command with an open quote:\n  {command}\nClose it.") from None
    return tuple(_overrides(words))


def _overrides(words: Sequence[str]) -> Iterator[str]:
    """The words that are no options, nor the values of options."""
    for before, word in zip(["", *words], words, strict=False):
        value = before.startswith("-") and "=" not in before and not re.match(r"~|[^=]+=", word)
        if not word.startswith("-") and not value:
            yield word


def _chooses(experiment: Path, group: str, name: str) -> bool:
    defaults = _content(experiment).get("defaults")
    items = [item for item in defaults if isinstance(item, dict)] if isinstance(defaults, list) else []
    return any(
        re.fullmatch(rf"(override )?/?{re.escape(group)}(@.*)?", str(key))
        and name in (value if isinstance(value, list) else [value])
        for item in items
        for key, value in item.items()
    )


def _reads(path: Path, conf: Path, file: Path) -> bool:
    """Whether an OpenQASM file is the circuit of a YAML, by its keys or by its own command."""
    content, circuit = _content(path), _chosen(path, conf)[0] == "circuit"
    part = content if circuit else content.get("circuit")
    named = [str(part.get("file"))] if isinstance(part, dict) else []
    named += [word.rpartition("=")[2] for word in (_own(path) if circuit else ()) if "circuit.file=" in word]
    places = (re.sub(r"\$\{conf:(.*)\}", r"conf/\1", name) for name in named)
    return any((conf.parent / place).resolve() == file.resolve() for place in places)


def _content(path: Path) -> dict[str, Any]:
    """What a YAML says; empty for one that cannot be read, of which its own request tells."""
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _yaml(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.rglob("*.yaml"))
