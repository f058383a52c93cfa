"""Every kind of router keeps its contract, by each of its preferences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args, get_type_hints

import pytest

from qmlops.core.offer import Offer
from qmlops.parts.router.choice import Choice
from qmlops.testing.contracts import router as contract

PROMISES = pytest.mark.parametrize("promise", contract.CONTRACT, ids=lambda promise: promise.__name__)


@PROMISES
def test_the_contract(part: Any, router_kind: str, promise: Callable[[Any], None]) -> None:
    promise(part("router", router_kind))


@PROMISES
@pytest.mark.parametrize("prefer", get_args(get_type_hints(Choice)["prefer"]))
def test_the_contract_of_each_preference(prefer: Any, promise: Callable[[Any], None]) -> None:
    promise(Choice(prefer=prefer))


class Forgetful(Choice):
    def order(self, offers: Sequence[Offer]) -> list[Offer]:
        return super().order(offers)[:1]


class Idle(Choice):
    def order(self, offers: Sequence[Offer]) -> list[Offer]:
        return list(offers)


class Silent(Choice):
    def reason(self) -> str:
        return ""


def test_each_promise_notices_a_router_that_breaks_it_alone() -> None:
    for how, broken in enumerate((Forgetful(), Idle(), Silent())):
        for number, promise in enumerate(contract.CONTRACT):
            if number == how:
                with pytest.raises(AssertionError):
                    promise(broken)
            else:
                promise(broken)
