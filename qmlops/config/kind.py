"""The groups, the kinds of each, and the classes behind them; plugins add kinds by entry points."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from qmlops.config.plugin import extensions
from qmlops.errors import RequestError

GROUPS = (
    "data",
    "encoder",
    "circuit",
    "readout",
    "objective",
    "gradient",
    "optimizer",
    "backend",
    "router",
    "noise",
    "metric",
    "tracker",
)
NAMED = {"tests": "test", "alerts": "alert"}
"""Top-level mappings of names to parts, each with the group that its parts are of."""
_HOMES = {"test": "qmlops.testing.claim", "alert": "qmlops.monitoring.alert"}
"""Where the tables of the groups stand that have no folder in `parts`."""


@cache
def table(group: str) -> dict[str, str]:
    """Kind to `module:Class`, the built-in ones first. Raises RequestError for a clash of names."""
    kinds: dict[str, str] = dict(import_module(_HOMES.get(group, f"qmlops.parts.{group}")).KINDS)
    for entry in extensions(f"qmlops.{group}"):
        if entry.name in kinds and kinds[entry.name] != entry.value:
            raise RequestError(
                f"The kind {entry.name!r} of {group} is claimed by {kinds[entry.name]} and by {entry.value}.\n"
                "Uninstall one of the two packages, or rename its entry point."
            )
        kinds[entry.name] = entry.value
    return kinds


def load(group: str, kind: str) -> type[Any]:
    """The class of a kind. Raises RequestError where its module cannot be imported."""
    module, _, name = table(group)[kind].partition(":")
    try:
        found: type[Any] = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise RequestError(f"{group}={kind} cannot be loaded: {error}.") from error
    return found
