"""Requests with one thing wrong: a value, a key, or the text of the YAML itself."""

from __future__ import annotations

import json
import math
import os
import random
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

import yaml

from qmlops.config.compose import compose
from qmlops.config.kind import GROUPS, load
from qmlops.config.place import shipped
from qmlops.config.spec import Words

MUTANTS = int(os.environ.get("QMLOPS_MUTANTS", "150"))
"""How many are tried; the long form sets 2000."""

BASES: dict[str, tuple[str, dict[str, Any]]] = {
    "vqc": ("vqc", {"circuit": {"layers": 1}}),
    "vqc_csv": ("vqc", {"data": {"kind": "csv", "train": "rows.csv"}}),
    "vqc_shots": ("vqc", {"shots": 10, "data": {"kind": "bundled", "batch": 5}, "gradient": {"kind": "spsa"}}),
    "vqc_moons": ("vqc_moons", {"data": {"rows": 40}, "circuit": {"layers": 1}}),
    "vqc_noisy": (
        "vqc_moons",
        {"data": {"rows": 20}, "circuit": {"layers": 1}, "noise": {"kind": "depolarising"}, "shots": 20},
    ),
    "vqe_h2": ("vqe_h2", {}),
    "qaoa_maxcut": ("qaoa_maxcut", {"readout": {"nodes": 4}, "optimizer": {"kind": "cobyla"}}),
    "iqp_kernel": ("iqp_kernel", {"encoder": {"repeats": 1}}),
}
"""An experiment that is shipped, and what makes it small or different. A `kind` replaces the whole part."""

VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 3, 2**31, 10_000, 10**6, 10**9, 10**30, -(10**12)),
    *(0.5, -0.5, 1e-300, 1e308, -1e308, math.nan, math.inf, -math.inf),
    *("", " ", "text", "3", "-1", "1e5", "nan", "inf", "true", "null", "0x10", "2020-01-01", "???", "a" * 5000),
    *("θ→∞", "日本語", "\u202eback", "zero\u200bwidth", "line\nbreak", "tab\t", "'", '"', "\\", "#", "%", "{", "]"),
    *("${nowhere}", "${SELF}", "${SELF}${SELF}", "${steps}", "${data}", "${", "${oc.env:QMLOPS_NOT_SET}", "${a:b}"),
    *("../../etc/passwd", "/dev/null", "/", "__import__('os')", "pi", "1/0", "x[0]", "9" * 400, "(" * 300),
    *([], [1], [1, 2], ["a"], [None], [[]], [[0, 1]], [[0, 1, 2, 3]], [-1], ["-pi", "pi"], ["pi", "-pi"], [{}]),
    *({}, {"a": 1}, {"Z0": 1}, {"Z0": math.nan}, {"": 0}, {"kind": "angle"}, {1: 2}, {"name": {"name": {}}}),
    [[[[[[[[[[0]]]]]]]]]],
    list(range(3000)),
    [{"gate": "rx", "wires": "all", "angle": "theta"}],
    [{"gate": "rx", "wires": [10**12], "angle": "theta"}],
    [{"gate": "cz", "wires": "ring", "step": "1/0"}],
    [{"gate": "rx", "wires": "all", "angle": "theta * theta * theta"}],
    [{"gate": "rx", "wires": "all", "angle": "theta / phi"}],
    [{"gate": "rx", "wires": "all", "angle": "1e308 * 1e308"}],
)
SCARS = (
    *("\t", ": ", "[", "{", "]", "}", "'", '"', "&a ", "*b ", "%", "@", "\x00", "- ", "|", "\n"),
    "!!python/object:os.system ",
)


@dataclass(frozen=True)
class Mutant:
    """A request, and the key or file that its rejection has to name."""

    overrides: list[str]
    files: dict[str, bytes]
    """What stands in the folder of the request."""
    named: str
    told: str


def mutant(number: int) -> Mutant:
    """The mutant of a number: always the same one."""
    drawn = random.Random(number)
    base = drawn.choice(list(BASES))
    way = drawn.choices(["file", "override", "unknown", "text"], [45, 25, 15, 15])[0]
    experiment = experiment_of(base)
    key = drawn.choice(keys(base))
    value = drawn.choice(VALUES)
    if isinstance(value, str):
        value = value.replace("SELF", key)
    if way == "text":
        return damaged(drawn, base, experiment)
    if way == "unknown":
        key, value = key[:-1] + drawn.choice(["x", "é", "_", " ", "-"]) + key[-1], drawn.choice([1, "a", None, {}])
        if "." not in key:
            way = "file"
    if way == "override":
        text = drawn.choice([f"{key}={written(value)}", f"++{key}={written(value)}"])
        return Mutant(["+experiment=mutant", text], request(dump(experiment)), key, f"{base}: {text[:100]!r}")
    put(experiment, key, value)
    return Mutant(["+experiment=mutant"], request(dump(experiment)), key, f"{base}: {key}: {str(value)[:80]!r}")


def damaged(drawn: random.Random, base: str, experiment: dict[str, Any]) -> Mutant:
    """The experiment's file with a few characters changed."""
    text = dump(experiment).decode()
    head, body = text.split("\n", 1)
    place = drawn.randrange(len(body))
    scars = [
        "\t",
        ": ",
        "[",
        "{",
        "]",
        "}",
        "'",
        '"',
        "&a ",
        "*b ",
        "!!python/object:os.system ",
        "%",
        "@",
        "\x00",
        "- ",
        "|",
    ]
    scar = drawn.choice(scars)
    changed = body[:place] + scar + body[place + drawn.choice([0, 0, 1, 5]) :]
    content = f"{head}\n{changed}".encode()
    if drawn.random() < 0.1:
        content = content[:place] + b"\xff\xfe" + content[place:]
    return Mutant(["+experiment=mutant"], request(content), "mutant.yaml", f"{base}: {scar!r} at {place}")


def request(content: bytes) -> dict[str, bytes]:
    rows = "\n".join(f"{a % 7},{a * a % 5},{a % 3},{a % 2},{'xyz'[a % 3]}" for a in range(45))
    return {"conf/experiment/mutant.yaml": content, "rows.csv": rows.encode()}


def experiment_of(base: str) -> dict[str, Any]:
    """The content of a base's experiment file, made small."""
    name, changes = BASES[base]
    content = yaml.safe_load((shipped() / "experiment" / f"{name}.yaml").read_text(encoding="utf-8"))
    for key, value in changes.items():
        if isinstance(value, dict):
            kind = value.get("kind")
            if kind:
                content["defaults"] = [item for item in content["defaults"] if f"override /{key}" not in item] + [
                    {f"override /{key}": {"bundled": "iris"}.get(kind, kind)}
                ]
            content[key] = content.get(key, {}) | {k: v for k, v in value.items() if k != "kind"}
        else:
            content[key] = value
    content["defaults"].append({"override /tracker": "none"})
    return content


def dump(content: dict[str, Any]) -> bytes:
    return b"# @package _global_\n" + yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()


def put(content: dict[str, Any], key: str, value: Any) -> None:
    *path, last = key.split(".")
    for name in path:
        if not isinstance(content.get(name), dict):
            content[name] = {}
        content = content[name]
    content[last] = value


def written(value: Any) -> str:
    """A value as it is typed on the command line: JSON where that is possible."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False).replace("NaN", "nan").replace("Infinity", "inf")


@cache
def keys(base: str) -> tuple[str, ...]:
    """Every key that the base's parts know."""
    content = experiment_of(base)
    choices = [f"{key.split('/')[1]}={value}" for item in content["defaults"] for key, value in item.items()]
    config = compose([*choices, "data.train=x"] if "data=csv" in choices else choices).config
    found = [item.name for item in fields(Words)]
    for group in GROUPS:
        found += [f"{group}.kind", group, *names(load(group, config[group]["kind"]), f"{group}.")]
    return tuple(found)


def names(cls: Any, path: str) -> list[str]:
    hints = get_type_hints(cls)
    found = []
    for item in fields(cls):
        found.append(path + item.name)
        if is_dataclass(hints[item.name]):
            found += names(hints[item.name], f"{path}{item.name}.")
    return found


def lay_out(made: Mutant, folder: Path) -> None:
    for name, content in made.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
