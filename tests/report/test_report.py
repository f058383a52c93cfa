"""The report of each shipped experiment: whole, alone, and true to the run's own files."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from qmlops.core.event import EventLog, RunEnded, RunStarted, StepDone, history, read
from qmlops.pipeline.record import Run
from qmlops.pipeline.report import write_report
from tests.report.conftest import EXPERIMENTS
from tests.report.reading import parsed

HOSTILE = "<script>alert(1)</script>\"'&\x00]]>"


def html_of(run: Run) -> str:
    return run.report.read_text(encoding="utf-8")


def test_there_are_shipped_experiments() -> None:
    assert len(EXPERIMENTS) >= 5


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_page_is_well_formed_and_says_what_ran(shipped: dict[str, Run], name: str) -> None:
    run = shipped[name]
    page = parsed(html_of(run))
    assert page.named("h1")[0].text == run.result["name"]
    header = page.named("header")[0].text
    assert "finished" in header and run.name in header and "seed 1" in header and "UTC" in header
    assert f"+experiment={name}" in "".join(element.text for element in page.named("pre"))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_files_load_nothing(shipped: dict[str, Run], name: str) -> None:
    for file in ("report.html", "circuit.svg"):
        text = (shipped[name].folder / file).read_text(encoding="utf-8")
        page = parsed(text)
        loads = [value for item in page.elements for key, value in item.attributes.items() if key in ("src", "href")]
        assert not loads and not page.named("script") and not page.named("link")
        assert "url(" not in text and "@import" not in text
        assert set(re.findall(r"https?://[^\s\"<]+", text)) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_number_on_the_page_is_one_that_was_measured(shipped: dict[str, Run], name: str) -> None:
    run = shipped[name]
    known = set(_numbers(run.result)) | {float(weight) for weight in run.model.weights}
    matrix = (run.result["confusion"] or {"matrix": []})["matrix"]
    known |= {row[place] / sum(row) for place, row in enumerate(matrix)}
    metrics = [event.metrics for event in history(read(run.folder))]
    known |= {value for step in metrics for value in step.values()}
    exact = [item["energy"] for item in run.result["baselines"] if "energy" in item]
    known |= {abs(step["loss"] - sign * value) for step in metrics for value in exact for sign in (1, -1)}
    shown = parsed(html_of(run)).named("data")
    assert len(shown) >= 6
    for element in shown:
        value = float(element.attributes["value"])
        assert value in known, f"{element.text} is in none of the run's files"
        if element.text.endswith((" min", " h")):
            continue
        printed = float(element.text.removesuffix(" s").replace("\u2212", "-").replace(",", ""))
        assert printed == pytest.approx(value, rel=0.06, abs=0.006)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_scores_and_intervals_stand_on_the_page(shipped: dict[str, Run], name: str) -> None:
    run = shipped[name]
    shown = {float(element.attributes["value"]) for element in parsed(html_of(run)).named("data")}
    wanted = {"test_accuracy", "train_accuracy", "energy", "error", "ratio", "train_seconds"}
    metrics = {value for key, value in run.result["metrics"].items() if key in wanted}
    assert metrics and metrics <= shown
    for item in run.result["baselines"]:
        assert item.get("energy", item.get("test_accuracy")) in shown
        assert set(item.get("test_interval", ())) <= shown


def test_each_section_is_there_exactly_when_its_content_is(shipped: dict[str, Run]) -> None:
    for run in shipped.values():
        page, result = parsed(html_of(run)), run.result
        captions = " ".join(element.text for element in page.named("figcaption"))
        assert ("Confusion matrix" in captions) == (result["confusion"] is not None)
        assert ("Decision boundary" in captions) == (result["boundary"] is not None)
        assert ("Gradient norm" in captions) == (result["kind"] != "kernel")
    assert {run.result["boundary"] is None for run in shipped.values()} == {True, False}


def test_the_confusion_matrix_and_all_points_are_drawn(shipped: dict[str, Run]) -> None:
    run = shipped["vqc_moons"]
    page = parsed(html_of(run))
    cells = [element for element in page.named("td") if element.attributes.get("title", "").count("rows of")]
    matrix = [int(element.text) for element in cells]
    assert matrix == [count for row in run.result["confusion"]["matrix"] for count in row]
    rows = sum(len(part["labels"]) for part in run.result["boundary"]["points"].values())
    in_the_key = len(run.result["confusion"]["classes"])
    assert len(page.styled("marker")) == rows + in_the_key


def test_what_comes_from_config_and_data_is_escaped(shipped: dict[str, Run], tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    shutil.copytree(shipped["vqc_moons"].folder, folder)
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    result |= {"name": HOSTILE, "run": HOSTILE, "kind": HOSTILE}
    result["confusion"]["classes"] = [HOSTILE, "\ud800</style>"]
    result["boundary"]["columns"] = [HOSTILE, "</svg>"]
    result["baselines"][0]["name"] = HOSTILE
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    (folder / "request.json").write_text(json.dumps({"overrides": [f"name={HOSTILE}"]}), encoding="utf-8")
    (folder / "config.yaml").write_text(HOSTILE, encoding="utf-8")
    write_report(folder)
    text = (folder / "report.html").read_text(encoding="utf-8")
    page = parsed(text)
    assert not page.named("script") and "\x00" not in text
    assert page.named("h1")[0].text == HOSTILE.replace("\x00", "\ufffd")
    assert len(page.named("style")) == 1 and len(page.named("main")) == 1


def test_the_history_may_hold_what_cannot_be_drawn(shipped: dict[str, Run], tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    shutil.copytree(shipped["vqc"].folder, folder)
    log = EventLog(folder)
    for step, loss in enumerate([float("nan"), float("inf"), 1e308, -1e308, 5e-324, 0.0, 0.0], start=4):
        log.write(StepDone(step, {"loss": loss, "gradient_norm": loss}))
    log.close()
    write_report(folder)
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert "4 points without a place here" in text
    drawn = " ".join(element.attributes["points"] for element in parsed(text).styled("curve"))
    assert "nan" not in drawn and "inf" not in drawn


def test_the_header_tells_of_a_resumption_and_of_how_the_run_ended(shipped: dict[str, Run], tmp_path: Path) -> None:
    folder = tmp_path / "resumed"
    shutil.copytree(shipped["vqc"].folder, folder)
    log = EventLog(folder)
    log.write(RunStarted("run", "vqc", 3, 1, resumed_at=2))
    write_report(folder)
    header = parsed((folder / "report.html").read_text(encoding="utf-8")).named("header")[0].text
    assert "resumed at step 2" in header and "finished" in header
    log.write(RunEnded("failed"))
    log.close()
    write_report(folder)
    header = parsed((folder / "report.html").read_text(encoding="utf-8")).named("header")[0].text
    assert "failed" in header and "finished" not in header


def test_a_constant_feature_has_a_plane_of_some_width(shipped: dict[str, Run], tmp_path: Path) -> None:
    folder = tmp_path / "flat"
    shutil.copytree(shipped["vqc_moons"].folder, folder)
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    result["boundary"]["x"] = [0.5, 0.5]
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    write_report(folder)
    parsed((folder / "report.html").read_text(encoding="utf-8"))


def test_the_report_takes_less_than_half_a_second_and_loads_nothing_heavy(shipped: dict[str, Run]) -> None:
    folder = shipped["vqc"].folder
    code = f"""
import sys, time, cirq, omegaconf, qmlops.pipeline.run
from pathlib import Path
from qmlops.pipeline.report import write_report
before = set(sys.modules)
began = time.process_time()
write_report(Path({str(folder)!r}))
print([time.process_time() - began, sorted({{name.split('.')[0] for name in set(sys.modules) - before}})])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, modules = ast.literal_eval(done.stdout)
    assert seconds < 0.5
    assert "qmlops" in modules and not {"matplotlib", "mlflow", "pandas", "sklearn", "jinja2"} & set(modules)


def test_thousands_of_steps_stay_a_small_and_quick_page(shipped: dict[str, Run], tmp_path: Path) -> None:
    folder = tmp_path / "long"
    shutil.copytree(shipped["vqc"].folder, folder)
    before = (folder / "report.html").stat().st_size
    log = EventLog(folder)
    for step in range(4, 10_000):
        log.write(StepDone(step, {"loss": 1 / step, "gradient_norm": 1 / step, "validation_accuracy": 0.5}))
    log.close()
    began = time.process_time()
    write_report(folder)
    assert time.process_time() - began < 2
    assert (folder / "report.html").stat().st_size < before + 60_000


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_circuit_file_is_xml(shipped: dict[str, Run], name: str) -> None:
    root = ElementTree.parse(shipped[name].folder / "circuit.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}style") is not None
    assert "0: " in (shipped[name].folder / "circuit.txt").read_text(encoding="utf-8")


def _numbers(content: object) -> list[float]:
    if isinstance(content, dict):
        return [number for value in content.values() for number in _numbers(value)]
    if isinstance(content, list):
        return [number for value in content for number in _numbers(value)]
    return [float(content)] if isinstance(content, int | float) else []
