"""A condition is read as it is meant, and what is none is refused at the word that is wrong."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.errors import ConfigError
from qmlops.monitoring.alert.grammar import SECONDS, Rule, mistake, read
from qmlops.monitoring.alert.quantity import OTHERS, STEPPED, known, names, unit

RIGHT = {
    "gradient_snr < 1 for 20 steps": Rule("gradient_snr", "<", 1, "1", steps=20),
    "grad_snr<1 for 20 steps": Rule("gradient_snr", "<", 1, "1", steps=20),
    "spend > 0.8 * budget": Rule("spend", ">", 0.8, "0.8 * budget", of_budget=True),
    "spend >= budget": Rule("spend", ">=", 1, "budget", of_budget=True),
    "machine_time > 0.5*budget": Rule("machine_time", ">", 0.5, "0.5 * budget", of_budget=True),
    "spend > 12.5": Rule("spend", ">", 12.5, "12.5"),
    "calibration_age > 24h": Rule("calibration_age", ">", 86400, "24h"),
    "queue > 2h for 10m": Rule("queue", ">", 7200, "2h", seconds=600),
    "validation_accuracy drops 0.05 from best": Rule("validation_accuracy", "drops", 0.05, "0.05"),
    "val_accuracy drops .05 from best for 3 steps": Rule("validation_accuracy", "drops", 0.05, ".05", steps=3),
    "loss rises 1e-1 from best": Rule("loss", "rises", 0.1, "1e-1"),
    "gradient_norm <= 1e-3 for 1 step": Rule("gradient_norm", "<=", 0.001, "1e-3"),
    "loss < -1.1 for 1.5d": Rule("loss", "<", -1.1, "-1.1", seconds=1.5 * 86400),
    "loss is inf": Rule("loss", "is", math.inf, "inf"),
    "entropy_12 > 0.5": Rule("entropy_12", ">", 0.5, "0.5"),
}
WRONG = {
    "": "nothing is written",
    "loss": "ends where a relation is wanted",
    "loss <": "ends where a number is wanted",
    "lss < 1": "did you mean 'loss'",
    "entropy_ < 1": "is nothing that a run tells",
    "loss = 1": "no relation",
    "loss < 2h": "write a plain number",
    "spend > 2h": "write a plain number",
    "queue > 2": "write a duration, as in queue > 2h",
    "queue > 2 h": "write a duration, as in queue > 2h",
    "queue > 2w": "'2w' in 'queue > 2w' is no number",
    "queue > 2h for 3 steps": "queue has no steps",
    "spend > 1 for 3 steps": "spend has no steps",
    "loss < budget": "of a budget one can compare spend and machine_time",
    "spend > 0.8 * budge": "not followed by budget",
    "spend > 80%": "'80%' in 'spend > 80%' is no number",
    "loss < 1e999": "no number",
    "loss is 3": "nothing that loss can be",
    "spend is nan": "nothing that spend can be",
    "loss drops 1": "ends where from is wanted",
    "loss drops 1 from bet": "write loss drops 1 from best",
    "loss drops 0 from best": "no distance",
    "queue drops 1h from best": "only metrics have a best",
    "loss < 1 for 0 steps": "no number of steps",
    "loss < 1 for 1.5 steps": "no number of steps",
    "loss < 1 for 10": "ends where steps is wanted",
    "loss < 1 for 2h more": "'more'",
    "loss < 1 and loss > 0": "'and'",
    "loss < __import__('os').getpid()": "'__import__'",
}


@pytest.mark.parametrize("text", RIGHT)
def test_a_condition_is_read_as_it_is_meant(text: str) -> None:
    assert read(text) == RIGHT[text]


def test_nan_is_a_limit_of_its_own() -> None:
    assert math.isnan(read("loss is nan").limit)


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_condition_is_refused_with_what_to_write(text: str) -> None:
    found = mistake(text)
    assert found is not None and found.path == "when" and found.instead
    assert WRONG[text] in f"{found.why} {found.instead}"


@given(
    some.text(max_size=60)
    | some.lists(some.sampled_from([*names(), "<", "for", "2h", "1", "steps", "*"])).map(" ".join)
)
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    found = mistake(text)
    assert (found is None) == (read(text) is not None if found is None else False)
    if found is not None:
        with pytest.raises(ConfigError):
            read(text)


@given(
    some.sampled_from([name for name in STEPPED]),
    some.sampled_from(["<", "<=", ">", ">="]),
    some.floats(allow_nan=False, allow_infinity=False),
    some.integers(1, 10**6),
)
def test_a_number_comes_back_as_it_was_written(name: str, relation: str, limit: float, count: int) -> None:
    rule = read(f"{name} {relation} {limit!r} for {count} steps")
    assert (rule.quantity, rule.relation, rule.limit, rule.steps) == (name, relation, limit, count)


@given(some.floats(0.001, 1000), some.sampled_from(sorted(SECONDS)))
def test_a_duration_comes_back_in_seconds(number: float, unit: str) -> None:
    assert read(f"queue > {number:.6f}{unit}").limit == float(f"{number:.6f}") * SECONDS[unit]


def test_every_name_is_known_and_times_are_the_only_ones_in_seconds() -> None:
    assert len(names()) >= 14 and all(map(known, names()))
    assert {name for name in names() if unit(name) == "s"} == set(OTHERS) - {"spend"}


def test_all_mistakes_of_an_alert_are_told_at_once_with_their_keys() -> None:
    composed = compose(
        [
            "+alert@alerts.mine=condition",
            "alerts.mine.when='lss < 1'",
            "alerts.mine.command='\"open'",
            "alerts.mine.post=ftp://somewhere/x",
            "+alert@alerts.other=drift",
            "alerts.other.metric=spend",
            "alerts.other.mean=3",
            "alerts.third.kind=condtion",
        ]
    )
    with pytest.raises(ConfigError) as refusal:
        build(composed.config, list(composed.mistakes))
    assert {item.path for item in refusal.value.mistakes} == {
        *("alerts.mine.when", "alerts.mine.command", "alerts.mine.post"),
        *("alerts.other.metric", "alerts.other.mean", "alerts.third.kind"),
    }


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["post=https://me:hidden@host/x"], "holds a user's name or password"),
        (["post=http://example.org/x", "token=env:KEY"], "unencrypted"),
        (["token=env:KEY"], "no post that it would go with"),
        (["post=https://example.org", "token=hidden"], "keys do not belong in a config"),
        (["post=env:"], "is no reference"),
        (["command=''"], "names no program"),
        (["do=[shw]"], "one of: show, bell"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_no_secret_is_repeated(words: list[str], told: str) -> None:
    composed = compose(["+alert@alerts.mine=condition", *(f"alerts.mine.{word}" for word in words)])
    with pytest.raises(ConfigError, match=told) as refusal:
        build(composed.config, list(composed.mistakes))
    assert "hidden" not in str(refusal.value) and "alerts.mine." in str(refusal.value)


def test_a_token_may_go_to_this_machine_without_encryption() -> None:
    words = ["alerts.mine.post=http://127.0.0.1:8/x", "alerts.mine.token=env:KEY"]
    composed = compose(["+alert@alerts.mine=condition", *words])
    assert build(composed.config, list(composed.mistakes)).alerts["mine"].token == "env:KEY"
