"""pytest's way in: the marker `quantum`, three fixtures, `*.qtest.yaml`, and one budget for a session.

pytest imports this at every start, for every project: whatever costs something is imported by the
function that needs it, and nothing is printed where no test is quantum.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from numpy.random import Generator as Random

    from qmlops.core.backend import Backend
    from qmlops.testing.error_budget import ErrorBudget
    from qmlops.testing.spend import Spend

_BUDGET: pytest.StashKey[ErrorBudget] = pytest.StashKey()
_SPEND: pytest.StashKey[Spend] = pytest.StashKey()
_SCOPE = "qmlops_spend_scope"
_PROPERTY = "quantum_error_budget"
_WORDS = ("alpha", "power", "backend", "claims")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("quantum_alpha", "chance that any right claim fails, over the whole session", default="0.05")
    parser.addini("quantum_power", "least chance of noticing an effect that a claim names", default="0.99")
    parser.addini("quantum_seed", "the seed below which `qrng` draws", default="1")
    told = "what claims on a provider's hardware may cost in all; without it they are refused"
    parser.getgroup("quantum").addoption("--qmlops-spend", metavar="USD", help=told)


def pytest_configure(config: pytest.Config) -> None:
    told = "its part of quantum_alpha, its power, what `qbackend` is, and how many sampled claims share its alpha"
    shares = "without alpha, an equal part of what is left in the files that are collected, whatever -k and -m choose"
    config.addinivalue_line("markers", f"quantum(alpha=, power=, backend=, claims=): {told}; {shares}")
    _chance(config, "quantum_alpha")
    _chance(config, "quantum_power", 0.5)
    _seed(config)
    if config.getoption("qmlops_spend") is not None:
        _allow(config, config.getoption("qmlops_spend"))


def _allow(config: pytest.Config, text: str) -> None:
    """Let the claims of this session, those of all workers of xdist among them, spend so much together."""
    from argparse import ArgumentTypeError
    from uuid import uuid4

    from qmlops.testing.spend import CURRENT, Spend, usd

    try:
        amount = usd(text)
    except ArgumentTypeError as error:
        raise pytest.UsageError(f"--qmlops-spend: {error}") from None
    given = getattr(config, "workerinput", {}).get(_SCOPE)
    spend = Spend(amount, given or f"pytest-{uuid4().hex}")
    config.stash[_SPEND] = spend
    token = CURRENT.set(spend)
    config.add_cleanup(lambda: CURRENT.reset(token))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """xdist's: its workers add up what they spend under the scope of the session that starts them."""
    spend = node.config.stash.get(_SPEND, None)
    if spend is not None:
        node.workerinput[_SCOPE] = spend.scope


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if not file_path.name.endswith(".qtest.yaml"):
        return None
    from qmlops.testing.qtest import QTestFile

    return QTestFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Divide alpha, or tell of a marker that cannot be: a worker of xdist can send no more than a failed collection."""
    try:
        _divide(config, items)
    except pytest.UsageError as error:
        if not hasattr(config, "workerinput"):
            raise
        items.clear()
        config.hook.pytest_collectreport(report=pytest.CollectReport("quantum", "failed", str(error), []))


def _divide(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Divide alpha over all that was collected: before -k and -m choose, and alike in each worker of xdist.

    Files that are not collected have no part, so that to name some, or `--lf`, which leaves out files without
    a failure, divides alpha anew: parts are larger then, and still those of one session.
    """
    found = {str(number): item for number, item in enumerate(items) if _is_quantum(item)}
    if not found:
        return
    from qmlops.errors import ConfigError
    from qmlops.testing.error_budget import PART, ErrorBudget
    from qmlops.testing.suite import divided

    alpha, power = _chance(config, "quantum_alpha"), _chance(config, "quantum_power", 0.5)
    marks = {number: _marked(item) for number, item in found.items()}
    try:
        shares = divided(alpha, {number: mark.get("alpha") for number, mark in marks.items()})
    except ConfigError:
        asked = sum(mark.get("alpha") or 0.0 for mark in marks.values())
        raise pytest.UsageError(
            f"{len(found)} quantum tests ask for an alpha of {asked:.4g} in all, and quantum_alpha is {alpha:.4g}.\n"
            "Ask for less, leave alpha out of some, or set quantum_alpha in pytest's configuration."
        ) from None
    for number, mark in marks.items():
        # A test that asks for an alpha of its own may spend all of it on one claim.
        most = mark.get("alpha") or PART * alpha
        budget = ErrorBudget(shares[number], mark.get("power") or power, mark.get("claims"), most)
        found[number].stash[_BUDGET] = budget


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """While a test runs, its budget is the current one. Run again, it goes on with what is left."""
    budget = item.stash.get(_BUDGET, None)
    if budget is None:
        return (yield)
    from qmlops.testing.error_budget import CURRENT

    token = CURRENT.set(budget)
    try:
        return (yield)
    finally:
        CURRENT.reset(token)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Run again, a test draws what it drew."""
    budget = item.stash.get(_BUDGET, None)
    if budget is not None:
        budget.seen.clear()


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Reports carry properties from the workers of xdist, and into JUnit XML."""
    budget = item.stash.get(_BUDGET, None)
    if budget is not None:
        item.user_properties.append((_PROPERTY, json.dumps(budget.as_json())))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    told = [report for reports in terminalreporter.stats.values() for report in reports]
    found = {
        report.nodeid: json.loads(value)
        for report in told
        if getattr(report, "when", None) == "teardown"
        for name, value in report.user_properties
        if name == _PROPERTY
    }
    if not found:
        return
    from qmlops.testing.report import spent

    terminalreporter.section("quantum error budget")
    terminalreporter.write_line(spent(found, _chance(config, "quantum_alpha")))


@pytest.fixture
def error_budget(request: pytest.FixtureRequest) -> ErrorBudget:
    """The part of the session's alpha that this test may spend."""
    budget: ErrorBudget | None = request.node.stash.get(_BUDGET, None)
    if budget is None:
        pytest.fail("No alpha was set aside: mark the test with @pytest.mark.quantum, or name error_budget in it.")
    return budget


@pytest.fixture
def qbackend(request: pytest.FixtureRequest) -> Backend:
    """The backend that the marker names, as `backend=NAME` would on the command line; qsim by default."""
    from qmlops.errors import QmlopsError
    from qmlops.pipeline.api import spec

    try:
        return spec([f"backend={_marked(request.node).get('backend') or 'qsim'}"]).backend
    except QmlopsError as error:
        told = str(error)
    pytest.fail(told, pytrace=False)


@pytest.fixture
def qrng(request: pytest.FixtureRequest) -> Random:
    """A stream of random numbers of this test's own, the same in every session with one quantum_seed."""
    from qmlops.core.seed import stream

    return stream(_seed(request.config), "pytest", request.node.nodeid)


def _is_quantum(item: pytest.Item) -> bool:
    case = sys.modules.get("qmlops.testing.case")
    cls = getattr(item, "cls", None)
    return (
        item.get_closest_marker("quantum") is not None
        or "error_budget" in getattr(item, "fixturenames", ())
        or (case is not None and isinstance(cls, type) and issubclass(cls, case.QuantumTestCase))
    )


def _marked(item: pytest.Item) -> dict[str, Any]:
    """What the marker of a test says. Raises UsageError for what it cannot say."""
    mark = item.get_closest_marker("quantum")
    if mark is None:
        return {}
    odd = [*map(repr, mark.args), *(name for name in mark.kwargs if name not in _WORDS)]
    if odd:
        raise pytest.UsageError(f"{item.nodeid}: quantum takes {', '.join(_WORDS)} by name, and no {odd[0]}.")
    for name, least in (("alpha", 0), ("power", 0.5)):
        value = mark.kwargs.get(name)
        if value is not None and not (isinstance(value, int | float) and least < value < 1):
            told = f"{item.nodeid}: {name}={value!r} cannot be.\nWrite a number above {least} and below 1."
            raise pytest.UsageError(told)
    claims = mark.kwargs.get("claims")
    if claims is not None and not (isinstance(claims, int) and claims > 0):
        raise pytest.UsageError(f"{item.nodeid}: claims={claims!r} is no number of claims.\nWrite 1 or more.")
    return dict(mark.kwargs)


def _chance(config: pytest.Config, name: str, least: float = 0) -> float:
    """An option of pytest's configuration that is a probability."""
    text = config.getini(name)
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not least < value < 1:
        raise pytest.UsageError(f"{name} = {text} cannot be.\nWrite a number above {least} and below 1.")
    return value


def _seed(config: pytest.Config) -> int:
    text: str = config.getini("quantum_seed")
    if not text.isdecimal():
        raise pytest.UsageError(f"quantum_seed = {text} is no seed.\nWrite a whole number, such as 1.")
    return int(text)
