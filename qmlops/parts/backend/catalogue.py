"""The catalogue of a provider's devices as its YAML writes it, read into Targets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from qmlops.core.target import Calibration, Limits, Pair, Price, Target
from qmlops.errors import ConfigError, Mistake, nearest, shown

_NESTED: dict[str, type[Any]] = {"limits": Limits, "price": Price, "calibration": Calibration}


def target_of(device: str, devices: Mapping[str, Any], hardware: bool) -> Target:
    """What the catalogue says of a device: a mapping of Target's fields, without `name` and `hardware`.

    Lists stand for tuples, and a text such as "0-1 1-2" for pairs. Without any catalogue next to nothing
    is known, and the Target says so.
    Raises ConfigError for a device that it lacks, and for facts that no Target has.
    """
    if not devices:
        return Target(device, None, hardware, "no catalogue was given")
    if device not in devices:
        raise ConfigError([Mistake("device", f"{shown(device)} is not in the catalogue.", nearest(device, [*devices]))])
    facts = {"name": device, "hardware": hardware} | dict(devices[device] or {})
    target: Target = _made(Target, facts, f"devices.{device}")
    return target


def targets_of(devices: Mapping[str, Any], simulators: tuple[str, ...]) -> dict[str, Target]:
    """Every device of a catalogue; those that are not named are hardware."""
    return {name: target_of(name, devices, name not in simulators) for name in devices}


def _made(cls: type[Any], facts: Any, path: str) -> Any:
    if not isinstance(facts, Mapping):
        raise ConfigError([Mistake(path, f"{shown(facts)} is no mapping.", "write key: value")])
    names = {item.name: item for item in fields(cls)}
    wrong = [
        Mistake(f"{path}.{key}", "there is no such fact.", nearest(str(key), [*names]))
        for key in facts
        if key not in names
    ]
    wrong += [
        Mistake(f"{path}.{name}", "it is missing.")
        for name, item in names.items()
        if name not in facts and item.default is MISSING and item.default_factory is MISSING
    ]
    if wrong:
        raise ConfigError(wrong)
    return cls(**{key: _value(key, value, f"{path}.{key}") for key, value in facts.items()})


def _value(key: str, value: Any, path: str) -> Any:
    if key in _NESTED and value is not None:
        return _made(_NESTED[key], value, path)
    if key == "edges" and isinstance(value, str):
        return _pairs(value, path)
    return _frozen(value)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value


def _pairs(text: str, path: str) -> tuple[Pair, ...]:
    """A run keeps its whole config, in which a list of pairs would be hundreds of lines."""
    try:
        return tuple((int(first), int(second)) for first, second in (pair.split("-") for pair in text.split()))
    except ValueError:
        raise ConfigError([Mistake(path, f"{shown(text)} is no text of pairs.", 'write "0-1 1-2"')]) from None
