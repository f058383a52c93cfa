"""`qmlops list` and `qmlops check` show what is there, from the dataclasses themselves."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from qmlops.config.kind import GROUPS, NAMED
from qmlops.parts.optimizer.adam import Adam
from tests.cli.conftest import Command


def test_list_shows_every_group_and_experiment(qmlops: Command) -> None:
    found = json.loads(qmlops("list", "--json").out)["groups"]
    assert set(found) == {*GROUPS, *NAMED.values(), "experiment"}
    assert {"vqc", "vqc_moons", "vqe_h2", "qaoa_maxcut", "iqp_kernel"} <= set(found["experiment"])


def test_list_of_a_kind_shows_each_field_with_its_default(qmlops: Command) -> None:
    found = json.loads(qmlops("list", "optimizer", "adam", "--json").out)["fields"]
    assert [note["key"] for note in found] == [item.name for item in fields(Adam)]
    assert [note["default"] for note in found] == [str(item.default) for item in fields(Adam)]
    assert all(note["doc"] for note in found)


@pytest.mark.parametrize("group", [*GROUPS, *NAMED.values(), "experiment"])
def test_every_group_can_be_listed(qmlops: Command, group: str) -> None:
    answer = qmlops("list", group)
    assert answer.code == 0
    assert len(answer.out.splitlines()) >= 2


def test_a_wrong_group_or_name_is_answered_with_the_nearest(qmlops: Command) -> None:
    assert "'circuit'" in qmlops("list", "circut").err
    assert "'adam'" in qmlops("list", "optimizer", "adm").err


def test_check_counts_what_a_run_would_do(qmlops: Command) -> None:
    plan = json.loads(qmlops("check", "--json", "+experiment=vqc", "gradient=parameter_shift").out)["plan"]
    assert plan["weights"] == 24
    assert plan["circuits a step"] == 108 * (1 + 2 * 24)
    assert plan["gradient"] == "ParameterShift"
