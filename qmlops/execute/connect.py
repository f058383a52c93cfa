"""The only way to a backend: a local one as it is, a provider's through the journal."""

from __future__ import annotations

from dataclasses import fields
from typing import cast

from qmlops.core.account import Account
from qmlops.core.backend import Backend, Remote, Session
from qmlops.execute.intent import Provider
from qmlops.execute.journalled import Journalled
from qmlops.execute.wait import Pace


def connect(backend: Backend, account: Account) -> Session:
    """A session for an account. Offline: no key is read and nothing is asked before the first work.

    A local session is its backend's own, with all of its abilities, and nothing of it is journalled.
    """
    if not isinstance(backend, Remote):
        return backend.open()
    given = {item.name: float(getattr(backend, item.name)) for item in fields(Pace) if hasattr(backend, item.name)}
    return Journalled(cast(Provider, backend), account, Pace(**given))
