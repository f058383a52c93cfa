"""Writes what was measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write(path: Path, found: dict[str, Any]) -> None:
    """JSON with a line for each item of a list, and six digits of each number."""
    short = json.loads(json.dumps(found), parse_float=lambda text: float(f"{float(text):.6g}"))
    path.write_text("{" + ",\n".join(f"{json.dumps(key)}: {_text(value)}" for key, value in short.items()) + "}\n")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
    return json.dumps(value)
