"""What claims on a provider's hardware may cost in all: said once, and shared by all that check them."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Spend:
    """A bound on money that sessions share."""

    usd: float
    scope: str
    """The journal adds up what is spent under one scope, over all processes."""


CURRENT: ContextVar[Spend | None] = ContextVar("spend", default=None)
"""What the tests of this process may spend together; None: nobody has said."""


def usd(text: str) -> float:
    """An amount of money. Raises ArgumentTypeError, which argparse prints."""
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not 0 <= amount < math.inf:
        raise ArgumentTypeError(f"{text!r} is no amount of USD, such as 10 or 2.50")
    return amount
