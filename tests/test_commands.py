"""Every command that the README and the YAML files show is one that works."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from qmlops.cli.main import VERBS
from qmlops.config.build import build
from qmlops.config.compose import compose
from qmlops.config.kind import load
from qmlops.config.sweep import singles
from qmlops.errors import RequestError
from qmlops.pipeline.prepare import prepare
from qmlops.pipeline.settle import settled
from qmlops.pipeline.status import place

ROOT = Path(__file__).resolve().parent.parent
CSV = "a,b,c,d,machine\n" + "".join(f"{row % 7},{row % 5},{row % 3},{row},{'uvw'[row % 3]}\n" for row in range(60))
QASM = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\nh q[0];\ncx q[0],q[1];\n'
_SHOWN = re.compile(r"(?:^    (?:.*&& )?|`|\$ )(qmlops [a-z][^`\n]*)", re.MULTILINE)
README = _SHOWN.findall((ROOT / "README.md").read_text())
YAML = [
    path.read_text().splitlines()[number].removeprefix("# ")
    for path in sorted((ROOT / "conf").rglob("*.yaml"))
    for number in (1, 2)
    if path.read_text().splitlines()[number].startswith("# qmlops ")
]


def words_of(command: str) -> list[str]:
    """The words of a command, without what follows as a comment or stands for a person's own."""
    return [word for word in shlex.split(re.split(r"\s{2,}#|\s#\s|…", command)[0]) if word not in ("&&", "nox")]


def requests(commands: list[str]) -> list[list[str]]:
    """The overrides of each `run` and `check`."""
    found = [words_of(command) for command in commands]
    return [words[2:] for words in found if words[1] in ("run", "check") and "layrs" not in str(words)]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the commands speak of."""
    experiment = (ROOT / "README.md").read_text().split("```yaml\n")[1].split("```")[0]
    for name, text in {
        "mine.csv": CSV,
        "FILE.csv": CSV,
        "FILE.qasm": QASM,
        "data/parts.csv": CSV,
        "conf/experiment/mine.yaml": experiment,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_texts_were_read() -> None:
    assert len(README) >= 20
    assert len(YAML) >= 40
    assert len(requests(README)) >= 10


@pytest.mark.parametrize("words", requests(README + YAML), ids=" ".join)
def test_a_request_that_is_shown_can_be_carried_out_or_says_what_to_install(project: Path, words: list[str]) -> None:
    nearby = ["router.allow=[qsim,ionq_twin]"] if "backend=auto" in words else []
    for request in singles([word for word in words if word != "-m"]):
        composed = compose([*request, *nearby])
        spec, _ = settled(build(composed.config, list(composed.mistakes)))
        kind = spec.config["backend"]["kind"]
        there = place(kind)
        # A key that is missing stops only what is sent: a request can be checked without it.
        if there.ready or all(find_spec(module) for module in getattr(load("backend", kind), "requires", ())):
            assert prepare(spec).program.width >= 1
        else:
            with pytest.raises(RequestError, match=re.escape(there.remedy)):
                prepare(spec)


def test_every_verb_that_is_shown_exists() -> None:
    assert {words_of(command)[1] for command in README} <= set(VERBS)
