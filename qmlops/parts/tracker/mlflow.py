"""MLflow, fed by a process of its own, so that a training step never waits for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from qmlops.core.option import option, validate
from qmlops.errors import BackendError, Mistake
from qmlops.parts.tracker.sink.sender import Request, Sender

_GENTLE_SECONDS = 10.0


@dataclass(frozen=True)
class MLflow:
    """An MLflow store: a SQLite file with `mlruns` beside it, or a server."""

    uri: str = option("sqlite:///mlflow.db", "a SQLite file, relative to the current folder, or a server's address")
    experiment: str = option("qmlops", "the MLflow experiment that the runs are put into")

    def __post_init__(self) -> None:
        validate(self, _wrong_uri(self.uri), _wrong_experiment(self.experiment))

    def follow(self, folder: Path) -> Sender:
        """Start sending a run, or each run of a sweep; costs a few milliseconds and never raises.

        finish() waits up to a minute, and 2 s where nothing else keeps the machine busy.
        Where the caller dies, the sender ends by itself and marks its MLflow runs as killed.
        """
        request = Request(str(folder.absolute()), self.uri, self.experiment, live=True, gentle=True)
        return Sender.start(request, _GENTLE_SECONDS)

    def sync(self, folder: Path) -> str:
        """Send what MLflow does not have yet; takes as long as it takes.

        Raises BackendError where something could not be sent.
        """
        request = Request(str(folder.absolute()), self.uri, self.experiment, live=False)
        sent, line = Sender.start(request, None).outcome()
        if not sent:
            raise BackendError(line)
        return line

    def register(self, folder: Path, name: str) -> str:
        """Send what is missing of a run, and register its model; gives `models:/NAME/VERSION`."""
        from qmlops.parts.tracker.sink.registry import register

        self.sync(folder)
        return register(self.uri, self.experiment, folder, name)


def _wrong_uri(uri: str) -> Mistake | None:
    if _holds_secret(uri):
        why = "an address with a password would be written into the run's files."
        told = "for a server, set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, which MLflow reads by itself"
        return Mistake(
            "uri", why, f"{told}; for a database, use a server in front of it or a socket without a password"
        )
    if re.match(r"sqlite:///.|(?!sqlite|file)[a-z][a-z0-9+-]*://.|databricks", uri):
        return None
    why = f"{uri!r} is neither a SQLite file nor a server."
    return Mistake("uri", why, "allowed: sqlite:///FILE.db, http://HOST:PORT, postgresql://…")


def _holds_secret(uri: str) -> bool:
    """Whether a password, or a server's user, who may be a token, stands in an address."""
    if uri.startswith("sqlite:///"):
        return False
    scheme, sign, rest = uri.partition("://")
    user, at, _ = (rest if sign else uri).rpartition("@")
    named = re.search(r"[?&;][^=&;]*(password|passwd|pwd|secret|token)[^=&;]*=", uri, re.IGNORECASE)
    return named is not None or (bool(at) and (":" in user or scheme.lower().startswith("http")))


def _wrong_experiment(name: str) -> Mistake | None:
    if name.strip():
        return None
    return Mistake("experiment", f"{name!r} is not a name.", "write one, such as qmlops")
