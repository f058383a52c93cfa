"""The only way to a backend: a provider's through the journal, and each with its programs lowered once."""

from __future__ import annotations

from dataclasses import fields
from typing import cast

from qmlops.core.account import Account
from qmlops.core.backend import Backend, Remote, Session
from qmlops.execute.intent import Provider
from qmlops.execute.journalled import Journalled
from qmlops.execute.local import Local
from qmlops.execute.wait import Pace


def connect(backend: Backend, account: Account) -> Session:
    """A session for an account. Offline: no key is read and nothing is asked before the first work.

    It takes logical works and lowers their programs. A local session has all abilities of its backend's
    own, and nothing of it is journalled. One with `split` takes logical works by itself, such as the one
    that counts for a plan.
    """
    if not isinstance(backend, Remote):
        session = backend.open()
        return session if hasattr(session, "split") else Local(session, backend.lower)
    given = {item.name: float(getattr(backend, item.name)) for item in fields(Pace) if hasattr(backend, item.name)}
    return Journalled(cast(Provider, backend), account, Pace(**given))
