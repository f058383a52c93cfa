"""Hydra's composition, with its many errors turned into one kind that names keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override, QuotedString
from hydra.errors import HydraException, OverrideParseException
from omegaconf import DictConfig, ListConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from qmlops.config.diagnose import COMPOSITION, explain, first_line
from qmlops.config.folder import names
from qmlops.config.kind import GROUPS, NAMED
from qmlops.config.place import register, shipped
from qmlops.config.spec import Words
from qmlops.core.secret import unfit
from qmlops.errors import ConfigError, Mistake, nearest, shown

MAIN = "config"
_TOP = (*(item.name for item in fields(Words)), *GROUPS, *NAMED)
_SECRET = r"\$\{\s*oc\.env\s*:[^}]*(key|token|secret|passw|passphrase|credential)"
"""A reference to a variable of the environment whose name says that it holds a secret."""
_SECRET_KEY = r"(^|_)(api_?key|access_key|secret_key|token|secret|password|passwd|passphrase|credentials?)$"
"""A key whose name says that a secret stands there."""


@dataclass(frozen=True)
class Composed:
    """A plain, resolved config, where its run is to be written, and what was wrong so far."""

    config: Mapping[str, Any]
    folder: str
    """The run's folder."""
    sweep: str
    """The sweep's folder."""
    sweeper: str
    """The class that makes the sweep's runs of overrides alone; empty where it has ways of its own."""
    mistakes: tuple[Mistake, ...]


def compose(overrides: Sequence[str]) -> Composed:
    """Compose the config of a request. Raises ConfigError where nothing can be composed at all."""
    register()
    mistakes: list[Mistake] = []
    kept = [free(text) for text in overrides if not _refused(text, mistakes)]
    with initialize_config_dir(config_dir=str(shipped())):
        node = _compose_what_can_be(kept, mistakes)
    if node is None:
        raise ConfigError(mistakes)
    mistakes += _callbacks(node)
    folder, sweep = _folder(node, "run", mistakes), _folder(node, "sweep", mistakes)
    plain = resolve(node, mistakes)
    return Composed(plain, folder, sweep, _sweeper(node), tuple(mistakes))


def parse(text: str) -> Override | None:
    """An override as Hydra reads it; None where it is none."""
    try:
        return OverridesParser.create().parse_override(text)
    except (OverrideParseException, HydraException):
        return None


def free(override: str) -> str:
    """The override with leave to name a field that its YAML does not spell out.

    Hydra wants `+` for those; here every field of a part is known, and `build` refuses the rest.
    """
    key, sign, _ = override.partition("=")
    return f"++{override}" if sign and "." in key and key.split(".")[0] in _TOP else override


def resolve(node: DictConfig, mistakes: list[Mistake]) -> dict[str, Any]:
    """The config as plain containers without `hydra`; interpolations that fail become mistakes."""
    plain = {}
    for key in node:
        if key == "hydra":
            continue
        broken = list(_broken(node, str(key), str(key)))
        mistakes += broken
        if not broken:
            value = node._get_node(key)
            container = isinstance(value, DictConfig | ListConfig)
            plain[str(key)] = OmegaConf.to_container(value, resolve=True) if container else _get(node, key)
    order = {key: place for place, key in enumerate(_TOP)}
    return dict(sorted(plain.items(), key=lambda entry: order.get(entry[0], len(order))))


def _callbacks(node: DictConfig) -> list[Mistake]:
    """A mistake for each of Hydra's callbacks: a YAML is to say what is computed, and never to run code."""
    why, instead = "a config cannot name code to be called.", "leave it out; from Python, `watch` sees every event"
    return [Mistake(f"hydra.callbacks.{name}", why, instead) for name in node.hydra.callbacks or ()]


def _folder(node: DictConfig, which: str, mistakes: list[Mistake]) -> str:
    """Where Hydra puts a run or a sweep; a name that is missing is told of by `build`."""
    try:
        return str(node.hydra[which].dir)
    except (OmegaConfBaseException, RecursionError) as error:
        if not OmegaConf.is_missing(node, "name"):
            mistakes.append(Mistake(f"hydra.{which}.dir", f"it has no value: {first_line(error)}"))
        return ""


def _sweeper(node: DictConfig) -> str:
    try:
        sweeper = node.hydra.sweeper
        return "" if sweeper.get("params") else str(sweeper._target_)
    except (OmegaConfBaseException, RecursionError):
        return ""


def _get(node: Any, key: Any) -> Any:
    """A leaf's value; a mandatory one that is missing stays `???`."""
    return "???" if OmegaConf.is_missing(node, key) else node[key]


def _broken(node: Any, key: Any, path: str) -> Iterator[Mistake]:
    """The leaves below a key whose interpolation has no value, or one that is a secret."""
    if re.search(_SECRET, _written(node, key), re.IGNORECASE):
        why = "the secret that it names would be written into the run's files."
        yield Mistake(path, why, "leave it out: what needs a secret reads it from the environment by itself")
        return
    literal = _literal_secret(node, key, path)
    if literal is not None:
        yield literal
        return
    try:
        value = _get(node, key)
    except (OmegaConfBaseException, RecursionError) as error:
        text = _written(node, key)
        reason = str(error).splitlines()[0] if isinstance(error, OmegaConfBaseException) else "it refers to itself"
        yield Mistake(path, text + f" has no value: {reason}.", "name a key that is there, or write the value")
        return
    if isinstance(value, DictConfig) and not value._is_none():
        for inner in value:
            yield from _broken(value, inner, f"{path}.{inner!s}")
    elif isinstance(value, ListConfig) and not value._is_none():
        for index in range(len(value)):
            yield from _broken(value, index, f"{path}[{index}]")


def _literal_secret(node: Any, key: Any, path: str) -> Mistake | None:
    """A mistake where a secret itself stands in a config, which does not repeat it."""
    written = _written(node, key)
    if not re.search(_SECRET_KEY, str(key), re.IGNORECASE) or written in ("", "???"):
        return None
    return unfit(path, written)


def _written(node: Any, key: Any) -> str:
    """A leaf as it was written, with its interpolations; a container is empty."""
    inner = node._get_node(key)
    return "" if isinstance(inner, DictConfig | ListConfig) or inner is None else str(inner._value())


def _refused(text: str, mistakes: list[Mistake]) -> bool:
    """Whether an override is wrong by its first word; says so, and the others go on."""
    override = parse(text)
    if override is None:
        named = [name for name in names("experiment") if name == text]
        told = f"write +experiment={named[0]}" if named else "write key=value, +key=value or ~key"
        if re.fullmatch(r"[+~]*[\w.@/]+=.+", text, re.DOTALL):
            told = "put signs such as < into quotes of their own: 'key=\"a < b\"'"
        key = text.partition("=")[0].lstrip("+~")
        secret = re.search(_SECRET_KEY, key.split(".")[-1], re.IGNORECASE)
        mistakes.append(Mistake((key if secret else text)[:80], "it is no override.", told))
        return True
    first = str(override.key_or_group).replace("/", ".").split(".")[0].split("@")[0]
    if override.is_sweep_override():
        told = "give one of them, or run all: qmlops run -m …"
        mistakes.append(Mistake(str(override.key_or_group), f"{text!r} names several values, a sweep.", told))
        return True
    if first == "experiment" and not override.is_add():
        mistakes.append(Mistake("experiment", f"{text!r} replaces nothing.", f"write +{text.lstrip('+')}"))
        return True
    if str(override.key_or_group).replace("/", ".") == first and first in (*GROUPS, "experiment"):
        refusal = _no_choice(first, override)
        mistakes += refusal
        return bool(refusal)
    if first in (*_TOP, "hydra", "experiment") or (first in NAMED.values() and override.package):
        return False
    mistakes.append(Mistake(first, "there is no such key.", nearest(first, [*_TOP, "+experiment"])))
    return True


def _no_choice(group: str, override: Override) -> list[Mistake]:
    """A mistake where a group is given something that cannot be the name of a YAML."""
    if override.is_delete():
        return []
    value = override.value()
    for item in value if isinstance(value, list) and value else [value]:
        if not isinstance(item, str | QuotedString):
            return [Mistake(group, f"{shown(value)} is no part.", f"write {group}=NAME; see `qmlops list {group}`")]
        name = item if isinstance(item, str) else item.text
        if ".." in name or not re.fullmatch(r"\w[\w.-]*(/\w[\w.-]*)*", name):
            return [Mistake(group, f"there is no {shown(name)} in conf/{group}.", f"see `qmlops list {group}`")]
    return []


def _compose_what_can_be(overrides: list[str], mistakes: list[Mistake]) -> DictConfig | None:
    """Compose, leaving out overrides that fail one by one, so that each is reported."""
    kept = list(overrides)
    for _ in range(len(overrides) + 1):
        try:
            composed: DictConfig = hydra_compose(MAIN, overrides=kept, return_hydra_config=True)
            return composed
        except COMPOSITION as error:
            mistake, culprit = explain(error, kept)
            mistakes.append(mistake)
            if culprit is None:
                return None
            kept.remove(culprit)
    return None
