"""A plan as text, as Markdown and as JSON. What is not known is said, and never shown as 0."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from qmlops.pipeline.plan.cheaper import Way
from qmlops.pipeline.plan.estimate import Plan, refused, together
from qmlops.pipeline.plan.load import Load, total
from qmlops.pipeline.plan.quantity import UNKNOWN, duration, money
from qmlops.pipeline.plan.signal import Signal
from qmlops.pipeline.table import Rows, aligned, markdown

Table = Callable[[Sequence[str], Rows], str]
_HEAD = ("", "requests", "circuits", "shots", "cost", "on the machine")
_WAYS = ("cheaper", "requests", "circuits", "shots", "cost", "signal", "")


def as_text(plan: Plan, ways: Sequence[Way] = (), table: Table = aligned) -> str:
    """One run: its loads, its facts, and cheaper ways."""
    whole = plan.whole
    parts = {"a step": whole.step, "training": whole.training, "validation": whole.validation}
    if whole.watching.requests:
        parts["looks at the state"] = whole.watching
    loads = parts | {"evaluation": whole.evaluation, "the run": whole.all}
    title = f"{plan.name} on {plan.target.name} ({plan.where}), {plan.steps} {'step' if plan.steps == 1 else 'steps'}"
    sections = [title, table(_HEAD, [[name, *_cells(load, plan)] for name, load in loads.items()])]
    sections.append(_lines(facts(plan), table))
    if ways:
        sections.append(table(_WAYS, [_way(way) for way in ways]))
    return "\n\n".join(sections)


def in_short(plan: Plan) -> str:
    """Some lines, for a refusal."""
    load, told = plan.whole.all, facts(plan)
    bound = "at most " if plan.whole.at_most else ""
    counts = f"{bound}{load.requests:,} requests, {load.circuits:,} circuits, {load.shots:,} shots"
    lines = {"the whole run": counts, "its cost": told["cost"], "its fidelity": told["fidelity"]}
    return "\n".join(f"{name:<13}  {value}" for name, value in lines.items())


def of_sweep(plans: Sequence[tuple[str, Plan]], table: Table = aligned) -> str:
    """A row a run, and their sum."""
    rows = [[words or "as it is", *_cells(plan.whole.all, plan)] for words, plan in plans]
    load = total(plan.whole.all for _, plan in plans)
    cost = together([plan for _, plan in plans])
    sums = [f"{load.requests:,}", f"{load.circuits:,}", f"{load.shots:,}", money(cost.amount, cost.unit)]
    bound = "at most, " if any(plan.whole.at_most for _, plan in plans) else ""
    rows.append([f"{bound}all {len(plans)} runs", *sums, duration(load.seconds)])
    told = sorted({f"cost    {plan.cost.basis}" for _, plan in plans})
    told += [
        f"budget  would end the sweep: {why}; allow it with {allow}"
        for why, allow in refused([plan for _, plan in plans])
    ]
    return "\n\n".join([table(["run", *_HEAD[1:]], rows), "\n".join(told)])


def facts(plan: Plan) -> dict[str, str]:
    """What a person reads beside the loads."""
    made, subject = plan.figures, plan.subject
    gates = f"{made.one_qubit} one-qubit and {made.two_qubit} two-qubit gates"
    depth = f"depth {made.depth}, {made.two_qubit_depth} in two-qubit gates"
    found = {"circuit": f"{subject['qubits']} qubits, {subject['weights']} weights; as it is sent {gates}, {depth}"}
    if "gradient" in subject:
        found["gradient"] = subject["gradient"]
    found["counts"] = f"at most: {plan.whole.at_most}" if plan.whole.at_most else "exact, with an empty journal"
    found["cost"] = f"{money(plan.cost.amount, plan.cost.unit)}: {plan.cost.basis}"
    if plan.remote:
        found["waiting"] = _waiting(plan)
    found["fidelity"] = _fidelity(plan)
    found["signal"] = plan.signal if isinstance(plan.signal, str) else _signal(plan.signal, plan.shots)
    found["device"] = plan.target.source
    if plan.refused:
        found["budget"] = "; ".join(f"would end the run: {why}; allow it with {allow}" for why, allow in plan.refused)
    return found


def as_json(plan: Plan, ways: Sequence[Way] = ()) -> dict[str, Any]:
    """Stable keys; null is not known."""
    told: dict[str, Any] = {"name": plan.name, "backend": plan.target.name, "where": plan.where}
    whole = plan.whole
    loads = {"step": whole.step, "training": whole.training, "validation": whole.validation}
    loads |= {"watching": whole.watching, "evaluation": whole.evaluation, "run": whole.all}
    told |= {"steps": plan.steps, "shots": plan.shots, "at_most": whole.at_most}
    told["loads"] = {name: asdict(load) for name, load in loads.items()}
    told |= {"circuit": asdict(plan.figures) | {"qubits": plan.subject["qubits"]}, "cost": asdict(plan.cost)}
    told |= {"fidelity": asdict(plan.fidelity), "waiting_seconds": plan.waiting}
    told["signal"] = plan.signal if isinstance(plan.signal, str) else asdict(plan.signal)
    told["refused"] = [{"why": why, "allow": allow} for why, allow in plan.refused]
    told["source"] = plan.target.source
    if ways:
        told["cheaper"] = [_as_way(way) for way in ways]
    return told


def _as_way(way: Way) -> dict[str, Any]:
    told: dict[str, Any] = {"change": way.change, "remark": way.remark}
    return told | ({"plan": as_json(way.plan)} if way.plan is not None else {})


def _cells(load: Load, plan: Plan) -> list[str]:
    counts = [f"{load.requests:,}", f"{load.circuits:,}", f"{load.shots:,}"]
    return [*counts, money(load.money, plan.cost.unit), duration(load.seconds)]


def _way(way: Way) -> list[str]:
    if way.plan is None:
        return ["", "", "", "", "", "", way.remark]
    load = way.plan.whole.all
    signal = f"{way.plan.signal.ratio:.3g}" if isinstance(way.plan.signal, Signal) else "–"
    return [way.change, *_cells(load, way.plan)[:4], signal, way.remark]


def _lines(told: dict[str, str], table: Table) -> str:
    if table is markdown:
        return table(["", ""], list(told.items()))
    width = max(map(len, told))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in told.items())


def _waiting(plan: Plan) -> str:
    rounds = f"{plan.whole.all.rounds:,} rounds, one after another"
    queue = plan.target.queue
    if queue is None or plan.waiting is None:
        return f"{UNKNOWN}: {rounds}; --ask asks the provider for its queue"
    return f"{duration(plan.waiting)}, a guess: {rounds}, each as long as a job of {queue.time[:16]} ({queue.basis})"


def _fidelity(plan: Plan) -> str:
    found = plan.fidelity
    if found.value is None:
        return f"{UNKNOWN}: {found.basis}"
    return f"{'at most ' if found.bound else ''}{found.value:.3f} a shot: {found.basis}"


def _signal(signal: Signal, shots: int | None) -> str:
    interval = f"95 % {signal.low:.3g} to {signal.high:.3g} over {signal.draws} rehearsals here, without errors"
    return f"{signal.ratio:.3g}: the first gradient over its noise at {shots:,} shots a circuit ({interval})"
