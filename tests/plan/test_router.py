"""A router keeps its limits, takes from the Pareto set, and says why; the run then goes on at that place."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
import yaml

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.spec import RunSpec
from qmlops.core.event import Note, of_kind, read
from qmlops.core.offer import Offer
from qmlops.errors import ConfigError
from qmlops.parts.router.choice import Choice
from qmlops.pipeline.run import spec_of, start
from qmlops.pipeline.settle import settled
from qmlops.route.choose import choose
from qmlops.route.pareto import pareto
from tests.plan.conftest import SHORT

SIMULATOR = Offer("simulator", "here", False, 0.0, 0.0, 1.0)
TWIN = Offer("twin", "here", True, 0.0, 0.0, 0.9)
CLOUD = Offer("cloud", "provider", False, 0.0, 60.0, 1.0)
CHEAP = Offer("cheap", "hardware", True, 5.0, 600.0, 0.7)
DEAR = Offer("dear", "hardware", True, 500.0, 60.0, 0.95)
SECRET = Offer("secret", "hardware", True, None, None, None)
ALL = (SIMULATOR, TWIN, CLOUD, CHEAP, DEAR, SECRET)


def auto(*overrides: str) -> RunSpec:
    composed = compose([*SHORT, "backend=auto", "tracker=none", "steps=1", *overrides])
    return build(composed.config, list(composed.mistakes))


@pytest.mark.parametrize(
    ("router", "wanted"),
    [
        (Choice("speed"), "simulator"),
        (Choice("fidelity"), "simulator"),
        (Choice("cost"), "simulator"),
        (Choice("value"), "simulator"),
        (Choice("realistic", max_usd=1.0), "twin"),
        (Choice("speed", min_fidelity=1.0), "simulator"),
    ],
    ids=str,
)
def test_a_preference_takes_what_it_names(router: Choice, wanted: str) -> None:
    assert choose(router, ALL).offer.name == wanted


@pytest.mark.parametrize("preference", ["speed", "cost", "fidelity", "value"])
def test_of_equal_places_the_one_that_runs_fewer_circuits_is_taken(preference: str) -> None:
    many, few = replace(SIMULATOR, name="many", circuits=500), replace(SIMULATOR, name="few", circuits=5)
    router = Choice(preference)  # type: ignore[arg-type]
    assert choose(router, [many, few]).offer.name == choose(router, [few, many]).offer.name == "few"


MACHINES = (CHEAP, DEAR, SECRET)


@pytest.mark.parametrize(
    ("router", "wanted"),
    [
        (Choice("realistic"), "cheap"),
        (Choice("cost"), "cheap"),
        (Choice("speed"), "dear"),
        (Choice("fidelity"), "dear"),
        (Choice("value"), "dear"),
        (Choice("fidelity", max_usd=100.0), "cheap"),
        (Choice("cost", max_wait=100.0), "dear"),
        (Choice("cost", min_fidelity=0.8), "dear"),
    ],
    ids=str,
)
def test_among_machines_limits_and_preference_decide(router: Choice, wanted: str) -> None:
    assert choose(router, MACHINES).offer.name == wanted


def test_the_choice_is_of_the_pareto_set_and_breaks_no_limit() -> None:
    wishes = product(("speed", "realistic", "cost", "fidelity", "value"), (None, 1.0), (None, 60.0), (None, 0.8))
    seen = 0
    for prefer, usd, wait, least in wishes:
        router = Choice(prefer, usd, wait, least)  # type: ignore[arg-type]
        chosen = choose(router, ALL)
        assert not router.objection(chosen.offer)
        assert replace(chosen.offer, why_not="") in pareto([item for item in ALL if not router.objection(item)])
        seen += 1
    assert seen == 40


def test_nothing_of_the_pareto_set_is_beaten_and_all_else_is() -> None:
    best = pareto(MACHINES)
    assert best == [CHEAP, DEAR]
    assert pareto([SIMULATOR, SIMULATOR]) == [SIMULATOR, SIMULATOR]


@pytest.mark.parametrize("limit", [{"max_usd": 10**6}, {"max_wait": 10**6}, {"min_fidelity": 0.01}])
def test_what_is_not_known_breaks_every_limit(limit: dict[str, float]) -> None:
    assert "not known" in Choice("cost", **limit).objection(SECRET)
    assert not Choice("cost", **limit).objection(DEAR)


def test_where_no_place_is_left_each_says_why() -> None:
    with pytest.raises(
        ConfigError, match=r"(?s)cheap: fidelity 0.7, and router.min_fidelity=0.99.*secret: fidelity not"
    ):
        choose(Choice("cost", min_fidelity=0.99), MACHINES)


def test_a_run_goes_on_where_the_router_chose_and_tells_why(tmp_path: Path) -> None:
    run = start(auto("router=fast", "router.allow=[qsim,density]"), tmp_path / "run", lambda event: None, [])
    assert (
        yaml.safe_load((run.folder / "config.yaml").read_text())["backend"]["kind"]
        == spec_of(run.folder).config["backend"]["kind"]
    )
    assert spec_of(run.folder).config["backend"]["kind"] in ("qsim", "density")
    told = next(of_kind(read(run.folder), Note)).text
    assert "it is a simulator on this machine" in told and "backend=density" in told and "→" in told


def test_realistic_noise_is_a_twin_where_no_money_is_allowed() -> None:
    spec, told = settled(auto("router=realistic", "router.allow=[qsim,ionq_twin]"))
    assert spec.config["backend"]["kind"] == "ionq_twin"
    assert "it has no device's errors" in told


def test_a_spec_with_a_backend_is_left_alone() -> None:
    composed = compose([*SHORT, "tracker=none"])
    spec = build(composed.config, list(composed.mistakes))
    assert settled(spec) == (spec, "")


def test_a_config_from_before_routers_builds() -> None:
    config = dict(compose([*SHORT]).config)
    del config["router"]
    assert build(config).router == Choice()
