"""From a composed config to typed parts: the only door, with every mistake collected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, get_type_hints

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from qmlops.config.annotation import choices, fits, in_words
from qmlops.config.device import target_of
from qmlops.config.kind import GROUPS, NAMED, load, table
from qmlops.config.spec import RunSpec, Words
from qmlops.core.noise import NeedsTarget
from qmlops.core.option import describe_bounds
from qmlops.errors import ConfigError, Mistake, RequestError, nearest, shown

_ABSENT = {"router": {"kind": "choice"}}
"""What stands for a group in configs that were stored before there was one."""


@dataclass
class Builder:
    """Makes parts and remembers what was wrong; gives None in place of a part with a mistake."""

    mistakes: list[Mistake]

    def spec(self, config: Mapping[str, Any]) -> RunSpec | None:
        """The RunSpec of a plain, resolved config."""
        names = [item.name for item in fields(Words)]
        known = [*names, *GROUPS, *NAMED]
        for key in config:
            if key not in known:
                self._wrong(str(key), "there is no such key.", nearest(str(key), known))
        words = self.part(Words, {key: config[key] for key in names if key in config}, "")
        told = {mistake.path.partition(".")[0] for mistake in self.mistakes}
        parts = {
            group: self.group(group, config.get(group, _ABSENT.get(group)), group)
            for group in GROUPS
            if group in config or group not in told
        }
        if isinstance(parts.get("noise"), NeedsTarget):
            parts["noise"] = self._told(parts["noise"])
        parts |= {word: self.named(word, config.get(word, {})) for word in NAMED}
        if self.mistakes or words is None:
            return None
        return RunSpec(**{name: getattr(words, name) for name in names}, **parts, config=config)

    def named(self, word: str, nodes: Any) -> Any:
        """The parts of one group that a mapping names."""
        if not isinstance(nodes, Mapping):
            return self._wrong(word, f"{shown(nodes)} is no mapping.", f"write {word}: {{name: {{kind: …}}}}")
        whole = {str(name) for name, node in nodes.items() if not isinstance(node, Mapping) or "kind" in node}
        for name in nodes.keys() - whole:
            close = nearest(str(name), sorted(whole))
            told = (close if close.endswith("?") else "", "kinds: " + ", ".join(table(NAMED[word])))
            self._wrong(f"{word}.{name}.kind", "it is missing.", "; ".join(hint for hint in told if hint))
        return {
            str(name): self.group(NAMED[word], node, f"{word}.{name}")
            for name, node in nodes.items()
            if str(name) in whole
        }

    def group(self, group: str, node: Any, path: str) -> Any:
        """The part of a group that a node describes; mistakes are told below `path`."""
        kinds = table(group)
        if not isinstance(node, Mapping):
            told = f"write {group}=NAME" if path == group else f"write {path}: {{kind: …}}"
            return self._wrong(path, f"{shown(node)} is no part.", f"{told}; see `qmlops list {group}`")
        kind = node.get("kind", "???")
        if kind == "???":
            return self._wrong(f"{path}.kind", "it is missing.", "known: " + ", ".join(kinds))
        if not isinstance(kind, str) or kind not in kinds:
            return self._wrong(f"{path}.kind", f"{shown(kind)} is not known.", nearest(str(kind)[:80], list(kinds)))
        try:
            cls = load(group, kind)
        except RequestError as error:
            return self._wrong(f"{path}.kind", str(error))
        return self.part(cls, {key: value for key, value in node.items() if key != "kind"}, f"{path}.")

    def part(self, cls: type[Any], values: Mapping[str, Any], path: str) -> Any:
        """A dataclass from plain values; keys are reported below `path`."""
        before = len(self.mistakes)
        hints = get_type_hints(cls)
        names = [item.name for item in fields(cls)]
        given = {}
        for key, value in values.items():
            if key not in names:
                told = "; ".join(hint for hint in (nearest(str(key), names), f"~{path}{key} leaves it out") if hint)
                self._wrong(f"{path}{key}", "there is no such key.", told)
            elif is_dataclass(hints[key]) and isinstance(value, Mapping):
                given[key] = self.part(hints[key], value, f"{path}{key}.")
            else:
                given[key] = self._field(cls, key, value, f"{path}{key}", hints[key])
        if len(self.mistakes) > before:
            return None
        try:
            return cls(**given)
        except ConfigError as error:
            self.mistakes += [replace(item, path=f"{path}{item.path}".rstrip(".")) for item in error.mistakes]
            return None

    def _told(self, noise: NeedsTarget) -> Any:
        """The noise of a device, which is looked up by its name."""
        try:
            return noise.of(target_of(noise.name))
        except ConfigError as error:
            self.mistakes += [replace(item, path=f"noise.{item.path}") for item in error.mistakes]
            return None

    def _field(self, cls: type[Any], key: str, value: Any, path: str, hint: Any) -> Any:
        bounds = next(item for item in fields(cls) if item.name == key).metadata.get("bounds", {})
        allowed = " ".join(word for word in (in_words(hint), describe_bounds(bounds)) if word)
        if value == "???":
            return self._wrong(path, "it is missing.", f"allowed: {allowed}")
        words = choices(hint)
        if words and isinstance(value, str) and value not in words:
            return self._wrong(path, f"{shown(value)} is not known.", nearest(value[:80], words))
        try:
            node = OmegaConf.merge(OmegaConf.structured(cls), {key: value})
            whole = OmegaConf.to_container(node, resolve=False)
            assert isinstance(whole, dict)
            if fits(whole[key], hint):
                return whole[key]
        except (OmegaConfBaseException, ValueError, TypeError, AttributeError):
            pass
        return self._wrong(path, f"{shown(value)} is not allowed.", f"allowed: {allowed}")

    def _wrong(self, path: str, why: str, instead: str = "") -> None:
        self.mistakes.append(Mistake(path, why, instead))


def build(config: Mapping[str, Any], mistakes: list[Mistake] | None = None) -> RunSpec:
    """The RunSpec of a plain config. Raises ConfigError with these mistakes and all that are found."""
    builder = Builder(list(mistakes or []))
    spec = builder.spec(config)
    if spec is None or builder.mistakes:
        raise ConfigError(builder.mistakes)
    return spec
