"""Devices by their names, from all that know some: the catalogues, IBM's snapshots, files of capabilities."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

from qmlops.config.kind import load
from qmlops.config.place import devices
from qmlops.core.target import Target
from qmlops.errors import ConfigError, Mistake, nearest, shown

_CATALOGUES = ("ionq", "braket")
"""Backends whose YAML tells the errors of a device. That of `ibm` has medians; its snapshots have each pair."""


def target_of(name: str) -> Target:
    """What is known of a device without asking anybody.

    A name that ends in `.json` is a file of a device's capabilities as Braket tells them. Raises
    ConfigError, at `name`, for a device that nobody knows, or whose package is not installed.
    """
    if name.endswith(".json"):
        return _from_file(name)
    for backend in _CATALOGUES:
        known = devices(backend)
        if name in known:
            target: Target = load("backend", backend)(device=name, devices=known).target()
            return target
    return _snapshot(name)


def _from_file(path: str) -> Target:
    from qmlops.parts.backend.braket.device import from_file

    try:
        return from_file(path).target(f"the capabilities in {path}", hardware=False, name=path)
    except ConfigError as error:
        raise ConfigError([replace(item, path="name") for item in error.mistakes]) from None


def _snapshot(name: str) -> Target:
    from qmlops.parts.backend.ibm.snapshot import names, snapshot

    prefix, _, machine = name.partition("_")
    known = [device for backend in _CATALOGUES for device in _calibrated(backend)]
    if find_spec("qiskit_ibm_runtime") is None:
        if prefix in ("ibm", "fake"):
            why = f"the snapshot of {shown(name)} is in a package that is not installed."
            raise ConfigError([Mistake("name", why, "pip install 'qmlops[ibm]'")])
        raise _unknown(name, [*known, *devices("ibm")])
    machines = [item.removeprefix("fake_") for item in names()]
    if prefix not in ("ibm", "fake") or machine not in machines:
        written = "fake_" if prefix == "fake" else "ibm_"
        raise _unknown(name, [*known, *(written + item for item in machines)])
    return snapshot(name)


def _calibrated(backend: str) -> list[str]:
    return [device for device, facts in devices(backend).items() if (facts or {}).get("calibration")]


def _unknown(name: str, known: list[str]) -> ConfigError:
    return ConfigError([Mistake("name", f"of a device {shown(name)} nobody here knows.", nearest(name, known))])
