"""Events as lines of text, for a terminal's log, a screen reader and a run's own progress."""

from __future__ import annotations

from qmlops.core.event import AlertRaised, Event, JobMoved, Note, Obeyed, RunEnded, RunStarted


def told(event: Event) -> tuple[str, str] | None:
    """A level (info, job, command, alert, end) and a line; None for what has a picture of its own."""
    if isinstance(event, RunStarted):
        what = "starts" if event.resumed_at is None else f"goes on after step {event.resumed_at}"
        return "info", f"{event.name} {what}"
    if isinstance(event, Note):
        return "info", event.text
    if isinstance(event, JobMoved):
        return "job", moved(event)
    if isinstance(event, Obeyed):
        return "command", f"{event.command}: {event.outcome}"
    if isinstance(event, AlertRaised):
        return "alert", f"{event.name}: {event.text}"
    if isinstance(event, RunEnded):
        return "end", f"{event.state}: {event.reason}" if event.reason else event.state
    return None


def moved(event: JobMoved) -> str:
    """A job as a line: what it is, where it stands, and what it costs."""
    words = [f"{event.backend} {event.job or event.token} {event.state}", f"{event.circuits} circuits"]
    words.append(f"{event.shots} shots")
    words.append("price unknown" if event.cost is None else f"{event.cost:.2f} {event.unit}")
    if event.place is not None:
        words.append(f"place {event.place}")
    return "  ".join([*words, event.reason]).rstrip()
