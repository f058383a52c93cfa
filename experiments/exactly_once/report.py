"""The storm's counts as a page."""

from __future__ import annotations

from typing import Any

from experiments.exactly_once import mix, vendor


def written(found: dict[str, Any]) -> str:
    """Markdown, from what `run.py` measured."""
    return "\n\n".join([_journal(found), _alone(found), _mix(), _met(found)]) + "\n"


def _journal(found: dict[str, Any]) -> str:
    keys = ("provider", "jobs", "kills", "submissions", "accepted", "adopted", "done", "unknown", "lost", "paid_twice")
    rows = found["journal"]
    total = {key: sum(row[key] for row in rows) for key in keys[1:]}
    share = total["unknown"] / total["jobs"]
    silent, there = (sum(row[key] for row in rows) for key in ("silent", "unknown_and_there"))
    return f"""# Exactly once

Small jobs through the journal to doubles of three providers on 127.0.0.1, by the real clients, while the submitting
processes are killed (SIGKILL) at random moments and started again, and requests meet the faults below; seed
{found["seed"]}. All is counted at the doubles. Every answer was compared with the values of its own job.

{_table([*keys, "silent"], [*rows, {"provider": "all", **total, "silent": silent}])}

{total["unknown"]} of {total["jobs"]:,} jobs ({share:.2%}) are UNKNOWN: sent, not answered, and not listed
within {mix.SETTLE:g} s; {there} of them turned out to be at the provider. None was sent again.
*submissions* is what reached a double, refusals and repetitions included; *silent* is how many of them no event
announced."""


def _alone(found: dict[str, Any]) -> str:
    keys = ("provider", "jobs", "kills", "given_up", "accepted", "jobs_paid_twice", "paid_twice")
    return f"""## The vendors' clients alone

The same doubles, faults and kills, and a script that submits with the client's own defaults, waits, notes what is
finished, and is started again after a crash: cirq-ionq's `Service.create_job`, `AwsDevice.run` and
qiskit-ibm-runtime's `Sampler.run`. Their own waits between retries were shortened to {vendor.PATIENCE:.0%}.
*given up* is how often the client ended with an exception, *jobs paid twice* how many jobs were accepted more
than once, and *paid twice* how many jobs were accepted too much.

{_table(keys, found["alone"])}"""


def _mix() -> str:
    rows = [
        {"of": kind, "fault": item.name, "share": f"{item.share:.2%}"}
        for kind, shares in (
            ("submissions", (*mix.LOST, *mix.REFUSED, *mix.IN_DOUBT)),
            ("questions", mix.QUESTIONS),
        )
        for item in shares
    ]
    return f"""## The mix

{_table(("of", "fault", "share"), rows)}

The submissions with which nothing was done come {mix.IDEMPOTENT:g} times as often at Braket, which takes
equal tokens for one request. New jobs are missing from lists for {mix.LAG:g} s,
and still run at the first {mix.POLLS} questions."""


def _met(found: dict[str, Any]) -> str:
    names = sorted({name for row in found["journal"] for name in row["faults"]})
    providers = [row["provider"] for row in found["journal"]]
    rows = [
        {"fault": name} | {row["provider"]: row["faults"].get(name, 0) for row in found["journal"]} for name in names
    ]
    return f"## Faults that were met through the journal\n\n{_table(('fault', *providers), rows)}"


def _table(keys: Any, rows: Any) -> str:
    lines = [" | ".join(key.replace("_", " ") for key in keys), " | ".join("---" for _ in keys)]
    lines += [" | ".join(_cell(row[key]) for key in keys) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)
