"""`*.qtest.yaml` as tests of pytest: one item a claim. Paths in it start at its project.

overrides: [+experiment=vqe_h2, suite.exact=false]
tests:
  undone: {kind: metamorphic, relation: inverse}
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from qmlops.errors import ConfigError, Mistake, QmlopsError, nearest, shown
from qmlops.testing.bench import Bench, claim_of
from qmlops.testing.error_budget import current

_KEYS = ("overrides", "tests")


class ClaimFailed(Exception):
    """A claim failed, or was not settled."""


class QTestFile(pytest.File):
    """The claims of an experiment, and those that the file adds or replaces."""

    def collect(self) -> list[pytest.Item]:
        try:
            request = read(self.path)
            bench = Bench(request.get("overrides", ()))
            with chdir(project(self.path)):
                claims = {**bench.spec.config.get("tests", {}), **request.get("tests", {})}
                return [ClaimItem.from_parent(self, name=name, bench=bench, node=node) for name, node in claims.items()]
        except QmlopsError as error:
            raise self.CollectError(f"{self.path.name}: {error}") from None


class ClaimItem(pytest.Item):
    """One claim, with the alpha that it asks for or its part of the session's."""

    def __init__(self, *, bench: Bench, node: Mapping[str, Any], **given: Any) -> None:
        super().__init__(**given)
        self.bench, self.claim = bench, node
        alpha = claim_of(self.name, node).alpha
        self.add_marker(pytest.mark.quantum(alpha=alpha, power=bench.spec.suite.power, claims=1))

    def runtest(self) -> None:
        with chdir(project(self.path)):
            verdict = self.bench.checked(current(), self.name, self.claim).verdict
        if not verdict:
            raise ClaimFailed(str(verdict))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is a person's to mend needs no traceback."""
        if isinstance(excinfo.value, ClaimFailed | QmlopsError):
            return f"{self.claim['kind']} {self.name!r} in {self.path.name}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, self.name


def project(path: Path) -> Path:
    """The nearest folder at or above a file whose `conf` holds YAML in groups; the current one where there is none."""
    return next((folder for folder in path.parents if any(folder.glob("conf/*/*.yaml"))), Path.cwd())


def read(path: Path) -> dict[str, Any]:
    """What a file asks for. Raises ConfigError where it is no such file."""
    import yaml

    try:
        request = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError([Mistake(path.name, f"it is no YAML: {error}")]) from None
    if not isinstance(request, dict):
        raise ConfigError([Mistake(path.name, f"{shown(request)} is no mapping.", "write overrides: and tests:")])
    wrong = [Mistake(str(key), "there is no such key.", nearest(str(key), _KEYS)) for key in request.keys() - {*_KEYS}]
    overrides, tests = request.get("overrides", []), request.get("tests", {})
    if not (isinstance(overrides, list) and all(isinstance(item, str) for item in overrides)):
        wrong.append(Mistake("overrides", f"{shown(overrides)} is no list of words.", "write [+experiment=NAME]"))
    if not isinstance(tests, dict):
        wrong.append(Mistake("tests", f"{shown(tests)} is no mapping.", "write tests: {name: {kind: …}}"))
        tests = {}
    odd = [name for name in tests if not isinstance(name, str)]
    wrong += [Mistake("tests", f"{shown(name)} is no name, which is a word.", "put it into quotes") for name in odd]
    if wrong:
        raise ConfigError(wrong)
    return request
