"""The same run at every place that a config can name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.folder import names
from qmlops.config.spec import RunSpec
from qmlops.core.backend import Remote
from qmlops.errors import ConfigError, QmlopsError
from qmlops.pipeline.plan.estimate import Plan, plan

AUTO = "auto"
"""The backend that is a wish and no place."""
_SHOTS = 1000
"""Where a place has no exact values and the request names no shots."""


@dataclass(frozen=True)
class Candidate:
    """One place: the overrides that choose it, and the run there, or why there is none."""

    overrides: tuple[str, ...]
    spec: RunSpec | None
    plan: Plan | None
    why_not: str = ""
    missing: str = ""
    """What keeps this machine from using it, such as a key."""

    @property
    def name(self) -> str:
        return " ".join(self.overrides)


def candidates(spec: RunSpec, ask: bool = False, allow: Sequence[str] = ()) -> Iterator[Candidate]:
    """A candidate for each backend's YAML, and for each device in its catalogue, in the order of names.

    `allow` leaves only the backends that it names; empty: all of them.
    """
    for name in names("backend"):
        if name == AUTO or (allow and name not in allow):
            continue
        node = dict(compose([f"backend={name}"]).config["backend"])
        devices = list(node.get("devices") or ()) if "device" in node else []
        for device in devices or [None]:
            own = device in (None, node.get("device"))
            words = (f"backend={name}",) if own else (f"backend={name}", f"backend.device={device}")
            place = node if own else node | {"device": device}
            yield _candidate(dict(spec.config) | {"backend": place}, words, ask)


def _candidate(config: Mapping[str, Any], words: tuple[str, ...], ask: bool) -> Candidate:
    """The run at one place; with shots where the place has no exact values and the request names none."""
    try:
        return _placed(config, words, ask)
    except ConfigError as error:
        if config["shots"] is None and any(item.path == "shots" for item in error.mistakes):
            return _candidate(dict(config) | {"shots": _SHOTS}, (*words, f"shots={_SHOTS}"), ask)
        return Candidate(words, None, None, "; ".join(f"{item.path}: {item.why}" for item in error.mistakes))
    except (QmlopsError, ImportError) as error:
        return Candidate(words, None, None, str(error).splitlines()[0])


def _placed(config: Mapping[str, Any], words: tuple[str, ...], ask: bool) -> Candidate:
    spec = build(config)
    missing = "; ".join(item.why for item in spec.backend.missing()) if isinstance(spec.backend, Remote) else ""
    return Candidate(words, spec, plan(spec, ask and not missing, rehearsed=False), missing=missing)
