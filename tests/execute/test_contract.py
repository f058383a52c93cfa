"""The scripted provider keeps the contract of adapters, so that what is proved with it holds for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qmlops.testing.contracts.session import CONTRACT, Make


@pytest.mark.parametrize("idempotent", [False, True])
@pytest.mark.parametrize("promise", CONTRACT, ids=lambda promise: promise.__name__)
def test_the_contract_of_a_provider(promise: Callable[[Make], None], idempotent: bool, place: Any) -> None:
    promise(lambda **given: place(hardware=False, idempotent=idempotent, **given))
