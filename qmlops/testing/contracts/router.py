"""What every router promises: an order of all that it is given, which does not hang on how that was listed."""

from __future__ import annotations

from itertools import permutations

from qmlops.core.offer import Offer
from qmlops.parts.router import Router

OFFERS = (
    Offer("simulator", "here", False, 0.0, 0.0, 1.0),
    Offer("twin", "here", True, 0.0, 1.0, 0.9),
    Offer("cloud", "provider", False, 1.0, 60.0, 0.99),
    Offer("machine", "hardware", True, 50.0, 600.0, 0.7),
    Offer("unknown", "hardware", True, None, None, None),
)


def orders_every_offer_once(router: Router) -> None:
    found = router.order(OFFERS)
    assert sorted(found, key=OFFERS.index) == list(OFFERS)


def orders_alike_however_the_offers_are_listed(router: Router) -> None:
    first = router.order(OFFERS)[0].costs()
    assert all(router.order(listed)[0].costs() == first for listed in permutations(OFFERS))


def says_why_it_objects_and_what_it_prefers(router: Router) -> None:
    assert all(isinstance(router.objection(offer), str) for offer in OFFERS)
    assert any(not router.objection(offer) for offer in OFFERS), "nothing could ever be chosen"
    assert router.reason()


CONTRACT = (
    orders_every_offer_once,
    orders_alike_however_the_offers_are_listed,
    says_why_it_objects_and_what_it_prefers,
)
"""Every promise; each takes a router with its defaults."""
