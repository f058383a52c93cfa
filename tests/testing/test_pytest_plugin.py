"""The pytest plugin: one alpha for a session, whoever runs its tests, and no cost where it is not used."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from qmlops.pipeline.project import init
from qmlops.testing import Bench, ErrorBudget
from qmlops.testing.qtest import project

pytest_plugins = ("pytester",)

ROOT = Path(__file__).resolve().parents[2]
ALONE = ("-p", "no:hydra_pytest", "-p", "no:cacheprovider", "-W", "error")
TAKES = """
    import pytest

    def test_open(error_budget):
        # A half of what is left, and at most a tenth of the session's.
        assert [error_budget.take() for _ in range(3)] == pytest.approx({open})

    @pytest.mark.quantum(alpha=0.006, power=0.9, claims=2)
    def test_asks(error_budget):
        assert (error_budget.power, error_budget.claims) == (0.9, 2)
        assert error_budget.take() == pytest.approx(0.003)
        assert error_budget.take() == pytest.approx(0.003)

    @pytest.mark.quantum
    def test_spends_none():
        pass

    def test_of_no_interest():
        pass
"""
CLAIMS = """
overrides: [+experiment=vqe_h2, suite.exact=false, tracker=none]
tests:
  undone: {kind: metamorphic, relation: inverse, alpha: 0.001}
  wrong: {kind: state, target: ghz}
"""


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Pytester forgets what a session in this process imports, and compiled modules cannot be imported twice."""
    words = ["+experiment=vqe_h2", "suite.exact=false", "tracker=none"]
    assert Bench(words).check(ErrorBudget(0.05), "distribution", at="trained")


def run(pytester: pytest.Pytester, *words: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*ALONE, *words)


def last(result: pytest.RunResult) -> str:
    """The sentence on the whole session's alpha."""
    return next(line for line in result.outlines if re.match("alpha .* of .* spent", line))


def test_what_is_collected_shares_one_alpha_and_a_choice_among_it_changes_no_share(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TAKES.format(open=[0.005, 0.005, 0.003]))
    whole = run(pytester)
    whole.assert_outcomes(passed=4)
    assert last(whole) == "alpha 0.019 of 0.05 spent on 5 sampled claims, 0 on 0 exact; 0 shots"
    chosen = run(pytester, "-k", "test_open")
    chosen.assert_outcomes(passed=1, deselected=3)
    assert last(chosen) == "alpha 0.013 of 0.05 spent on 3 sampled claims, 0 on 0 exact; 0 shots"


def test_workers_of_xdist_divide_and_add_up_as_one_process_does(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TAKES.format(open=[0.005, 0.005, 0.003]))
    whole = pytester.runpytest_subprocess(*ALONE, "-n", "2")
    whole.assert_outcomes(passed=4)
    assert last(whole) == "alpha 0.019 of 0.05 spent on 5 sampled claims, 0 on 0 exact; 0 shots"


def test_alpha_and_power_of_the_session_stand_in_the_configuration(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nquantum_alpha = 0.03\nquantum_power = 0.8\n")
    power = "\n    def test_power(error_budget):\n        assert error_budget.power == 0.8\n"
    pytester.makepyfile(TAKES.format(open=[0.003, 0.005 / 3, 0.0025 / 3]) + power)
    result = run(pytester)
    result.assert_outcomes(passed=5)
    assert last(result) == "alpha 0.0115 of 0.03 spent on 5 sampled claims, 0 on 0 exact; 0 shots"


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("quantum_alpha=2", "quantum_alpha = 2 cannot be"),
        ("quantum_power=0.5", "quantum_power = 0.5 cannot be.\nWrite a number above 0.5 and below 1."),
        ("quantum_seed=-1", "quantum_seed = -1 is no seed"),
    ],
)
def test_an_option_that_cannot_be_is_told_before_anything_is_collected(
    pytester: pytest.Pytester, option: str, told: str
) -> None:
    pytester.makepyfile("def test_it(error_budget): pass")
    for words in ((), ("-n", "2")):
        result = run(pytester, "-o", option, *words)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert told in result.stderr.str()


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("alpha=0.06", "1 quantum tests ask for an alpha of 0.06 in all, and quantum_alpha is 0.05"),
        ("alpha=2", "alpha=2 cannot be.\nWrite a number above 0 and below 1."),
        ("power=0.2", "power=0.2 cannot be.\nWrite a number above 0.5 and below 1."),
        ("claims=0", "claims=0 is no number of claims"),
        ("0.01", "quantum takes alpha, power, backend, claims by name, and no 0.01"),
        ("beta=0.1", "and no beta"),
    ],
)
def test_a_marker_that_cannot_be_is_told(pytester: pytest.Pytester, mark: str, told: str) -> None:
    pytester.makepyfile(f"import pytest\n@pytest.mark.quantum({mark})\ndef test_it(): pass")
    result = run(pytester)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert told in "\n".join([*result.outlines, *result.errlines])


def test_workers_of_xdist_tell_such_a_marker_as_a_failed_collection(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n@pytest.mark.quantum(alpha=2)\ndef test_it(): pass\ndef test_other(): pass")
    result = pytester.runpytest_subprocess(*ALONE, "-n", "2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*::test_it: alpha=2 cannot be.", "Write a number above 0 and below 1."])
    assert "INTERNALERROR" not in result.stdout.str()


def test_a_file_that_is_not_collected_has_no_part(pytester: pytest.Pytester) -> None:
    """As the docstring says of --lf: it leaves out whole files."""
    pytester.makepyfile(
        test_one="def test_it(error_budget):\n    print('alpha', error_budget.alpha)\n    assert 0",
        test_two="def test_it(error_budget): pass",
    )
    for words, alpha in (((), 0.025), (("-k", "test_one"), 0.025), (("--lf",), 0.05), (("test_one.py",), 0.05)):
        result = pytester.runpytest_inprocess("-p", "no:hydra_pytest", *words)
        result.assert_outcomes(failed=1, passed=int(not words), deselected=int("-k" in words))
        result.stdout.fnmatch_lines([f"alpha {alpha}"])


def test_a_test_cannot_spend_more_than_its_part(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(error_budget):\n    error_budget.take(0.03)\n    error_budget.take(0.03)")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*A claim asks for an alpha of 0.03, and 0.02 of 0.05 is left."])


CHECKS = """
    from qmlops.testing import Bench

    BENCH = Bench(["+experiment=vqe_h2", "tracker=none"])

    def test_right(error_budget):
        assert BENCH.check(error_budget, "state", target="ground", at="trained")

    def test_wrong(error_budget):
        assert BENCH.check(error_budget, "state", target="ghz")

    def test_mistaken(error_budget):
        assert BENCH.check(error_budget, "state", target="gzh")

    def test_unknown(error_budget):
        assert Bench(["+experiment=vqe_h3"]).check(error_budget, "state")
"""


def test_an_assertion_of_a_check_shows_the_reason_and_none_of_what_is_inside(pytester: pytest.Pytester) -> None:
    file = pytester.makepyfile(CHECKS)
    result = run(pytester)
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        [
            "E * assert fail: The fidelity with the ghz state is *; 0.95 or less would be an error.",
            "E * tests.state.target: 'gzh' is not known.",
            "E * did you mean 'ghz'?",
            "E * experiment: there is no 'vqe_h3' in conf/experiment.",
        ]
    )
    shown = re.findall(r"^(\S+\.py):\d+: ", result.stdout.str(), re.MULTILINE)
    assert shown == [file.name] * 3


def test_what_is_run_again_draws_again_what_it_drew_and_goes_on_with_what_is_left(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            for _ in range(2):
                item._initrequest()
                runtestprotocol(item, nextitem=nextitem)
            return True
    """)
    pytester.makepyfile("""
        def test_it(error_budget):
            assert [error_budget.number(name) for name in ("a", "a", "b")] == [1, 2, 1]
            error_budget.take()
    """)
    result = run(pytester)
    result.assert_outcomes(passed=2)
    assert last(result).startswith("alpha 0.01 of 0.05 spent on 2 sampled claims")


def test_the_marker_names_the_backend_and_each_test_has_a_stream_of_its_own(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        from pathlib import Path

        import pytest
        from qmlops.parts.backend.density import Density
        from qmlops.parts.backend.qsim import Qsim

        def note(name, qrng):
            with Path(name).open("a") as file:
                print(qrng.random(), file=file)

        @pytest.mark.quantum(backend="density")
        def test_named(qbackend, qrng):
            assert qbackend == Density()
            note("first", qrng)

        def test_default(qbackend, qrng):
            assert qbackend == Qsim()
            note("second", qrng)
    """)
    for words in ((), (), ("-o", "quantum_seed=2")):
        run(pytester, *words).assert_outcomes(passed=2)
    first, second = ((pytester.path / name).read_text().split() for name in ("first", "second"))
    assert first[0] == first[1] != first[2]
    assert not set(first) & set(second)


def test_claims_in_yaml_are_tests_and_their_spending_is_in_summary_and_junit(pytester: pytest.Pytester) -> None:
    (pytester.path / "h2.qtest.yaml").write_text(CLAIMS)
    result = run(pytester, "-k", "undone or wrong or published", "--junit-xml=out.xml")
    result.assert_outcomes(passed=2, failed=1, deselected=3)
    result.stdout.fnmatch_lines(["*state 'wrong' in h2.qtest.yaml", "fail: The fidelity with the ghz state is *"])
    result.stdout.no_fnmatch_line("*Traceback*")
    cases = ElementTree.parse(pytester.path / "out.xml").getroot().iter("testcase")
    spent = {case.get("name"): json.loads(case.find("properties/property").attrib["value"]) for case in cases}  # type: ignore[union-attr]
    assert set(spent) == {"undone", "wrong", "published"}
    assert (spent["undone"]["spent"], spent["undone"]["sampled"]) == (0.001, 1)
    assert (spent["published"]["spent"], spent["published"]["exact"]) == (0, 1)
    assert spent["wrong"]["spent"] == pytest.approx(0.05 / 10)
    shots = sum(each["shots"] for each in spent.values())
    assert shots > 0 and last(result).endswith(f"spent on 2 sampled claims, 0 on 1 exact; {shots:,} shots")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tests: {a: {kind: stat}}", "tests.a.kind: 'stat' is not known."),
        ("tests: {a: {kind: state, target: gzh}}", "did you mean 'ghz'?"),
        ("overrides: +experiment=vqc", "overrides: '+experiment=vqc' is no list of words."),
        ("override: []", "did you mean 'overrides'?"),
        ("overrides: [backend=qsin]", "qsin"),
        ("[]", "[] is no mapping."),
        ("tests: {1: {kind: state}}", "tests: 1 is no name, which is a word."),
        ("tests: {null: {kind: state}}", "tests: None is no name, which is a word."),
        ("a: [", "it is no YAML"),
    ],
)
def test_a_mistake_in_such_a_file_is_told_when_it_is_collected(pytester: pytest.Pytester, text: str, told: str) -> None:
    (pytester.path / "wrong.qtest.yaml").write_text(text)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    assert told in result.stdout.str() and "Traceback" not in result.stdout.str()


def test_the_project_of_such_a_file_is_the_nearest_folder_with_a_conf(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(pytester.path / "mine")
    file = pytester.path / "mine" / "tests" / "deep" / "mine.qtest.yaml"
    file.parent.mkdir()
    file.write_text("overrides: [+experiment=mine, tracker=none]")
    for place in (file.parent, pytester.path):
        monkeypatch.chdir(place)
        run(pytester, "-k", "undone", str(file)).assert_outcomes(passed=1, deselected=3)
        assert Path.cwd() == place
    assert project(pytester.path / "other.qtest.yaml") == pytester.path, "where there is none, it is the current folder"


def test_a_quantum_test_case_has_its_part_without_a_marker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from qmlops.testing import QuantumTestCase
        from qmlops.testing.error_budget import current

        class TestIt(QuantumTestCase):
            def test_one(self):
                assert current().take() == pytest.approx(0.005)

            def test_other(self):
                assert current().take() == pytest.approx(0.005)
    """)
    result = run(pytester)
    result.assert_outcomes(passed=2)
    assert last(result) == "alpha 0.01 of 0.05 spent on 2 sampled claims, 0 on 0 exact; 0 shots"


HARDWARE = """
overrides: [+experiment=vqe_h2, backend=ionq, backend.device=qpu.forte-1, shots=1000, tracker=none]
tests: {mine: {kind: state, target: zeros}}
"""


def test_hardware_is_refused_until_the_session_says_what_it_may_cost(pytester: pytest.Pytester) -> None:
    (pytester.path / "paid.qtest.yaml").write_text(HARDWARE)
    result = pytester.runpytest_subprocess(*ALONE, "-k", "mine")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*pytest --qmlops-spend 10*"])
    for amount in ("-1", "nan", "much"):
        wrong = run(pytester, f"--qmlops-spend={amount}")
        assert wrong.ret == pytest.ExitCode.USAGE_ERROR
        assert "no amount of USD" in "\n".join([*wrong.outlines, *wrong.errlines])


def test_what_a_session_may_cost_is_a_bound_on_all_of_its_claims_together(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from pathlib import Path
        from qmlops.testing import Bench

        WORDS = ["+experiment=vqe_h2", "backend=ionq", "backend.device=qpu.forte-1", "shots=1000", "tracker=none"]

        @pytest.mark.parametrize("number", range(4))
        def test_it(number):
            account = Bench(WORDS).account
            assert account.budget.usd == 2.5
            Path(f"{number}.scope").write_text(account.scope)
    """)
    for words in (("-n", "2"), ()):
        result = pytester.runpytest_subprocess(*ALONE, "--qmlops-spend", "2.5", *words)
        result.assert_outcomes(passed=4)
        scopes = [path.read_text() for path in pytester.path.glob("*.scope")]
        assert len(scopes) == 4 and len(set(scopes)) == 1


def test_what_the_readme_shows_of_claims_passes(pytester: pytest.Pytester) -> None:
    section = (ROOT / "README.md").read_text().split("\n## What an experiment claims\n")[1].split("\n## ")[0]
    declared, added, written = re.findall(r"```(?:yaml|python)\n(.*?)```", section, re.DOTALL)
    (pytester.path / "vqc.qtest.yaml").write_text(f"overrides: [+experiment=vqc]\n{declared}")
    (pytester.path / "h2.qtest.yaml").write_text(added)
    pytester.makepyfile(written)
    shown = [name for text in (declared, added) for name in yaml.safe_load(text)["tests"]]
    shown += re.findall(r"def (test_\w+)", written)
    result = run(pytester, "-k", " or ".join(shown))
    assert result.parseoutcomes().keys() == {"passed", "deselected"}
    assert len(shown) == 5
    result.stdout.fnmatch_lines_random([f"*::{name} *" for name in shown])


def test_tests_that_do_not_use_it_pay_three_small_modules_and_see_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys

        def test_it():
            loaded = {name for name in sys.modules if name.partition(".")[0] == "qmlops"}
            assert loaded == {"qmlops", "qmlops.testing", "qmlops.testing.plugin"}
            assert not {"cirq", "numpy", "hydra", "omegaconf", "yaml", "scipy"} & set(sys.modules)
    """)
    result = pytester.runpytest_subprocess(*ALONE)
    result.assert_outcomes(passed=1)
    assert "quantum" not in result.stdout.str()


def test_a_test_that_asks_for_an_alpha_may_spend_all_of_it_on_one_claim(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.quantum(alpha=0.02, claims=1)
        def test_it(error_budget):
            assert error_budget.take() == 0.02
    """)
    run(pytester).assert_outcomes(passed=1)
