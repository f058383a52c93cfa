"""`qmlops list`: groups, what can stand behind each, and every field with its meaning."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

_EXAMPLES = """examples:
  qmlops list                      all groups
  qmlops list circuit              names for circuit=, and the kinds behind them
  qmlops list optimizer adam       every field of a kind: type, default, unit, meaning
  qmlops list words                the words at the top of a config"""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops list",
        description="Show what a config can choose.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("group", nargs="?", help="a group such as circuit, or `words`")
    built.add_argument("name", nargs="?", help="a name or a kind of the group")
    built.add_argument("--json", action="store_true", help="print JSON")
    return built


def main(options: argparse.Namespace) -> int:
    if options.group is None:
        content, text = _groups()
    elif options.group == "words":
        content, text = _words()
    elif options.name is None:
        content, text = _group(options.group)
    else:
        content, text = _kind(options.group, options.name)
    print(json.dumps({"schema": 1} | content, indent=1) if options.json else text)
    return 0


def _groups() -> tuple[dict[str, Any], str]:
    from qmlops.config.describe import choices, groups
    from qmlops.pipeline.table import aligned

    found = {group: [choice.name for choice in choices(group)] for group in groups()}
    rows = [[group, " ".join(names)] for group, names in found.items()]
    return {"groups": found}, aligned(["group", "names"], rows) + "\n\nMore: qmlops list GROUP, qmlops list words"


def _words() -> tuple[dict[str, Any], str]:
    from qmlops.config.spec import Words

    return _fields(Words, "words", "")


def _group(group: str) -> tuple[dict[str, Any], str]:
    from qmlops.config.describe import choices, kinds
    from qmlops.pipeline.table import aligned

    _known(group)
    found = choices(group)
    text = aligned(["name", "kind", "what it is"], [[item.name, item.kind, item.doc] for item in found])
    described = {} if group == "experiment" else kinds(group)
    if described:
        text += "\n\n" + aligned(["kind", "what it does"], [[kind, doc] for kind, doc in described.items()])
        text += f"\n\nFields: qmlops list {group} KIND"
    return {"group": group, "names": [asdict(item) for item in found], "kinds": described}, text


def _kind(group: str, name: str) -> tuple[dict[str, Any], str]:
    from qmlops.config.describe import choices
    from qmlops.config.kind import load, table
    from qmlops.errors import RequestError, nearest

    _known(group)
    named = {item.name: item.kind for item in choices(group)}
    if group == "experiment" and name in named:
        raise RequestError(f"An experiment has no fields of its own.\nSee it with: qmlops check +experiment={name}")
    kind = name if name in table(group) else named.get(name, "")
    if kind not in table(group):
        raise RequestError(f"{group} has no {name!r}; {nearest(name, list(dict.fromkeys([*table(group), *named])))}")
    return _fields(load(group, kind), kind, f"{group}.")


def _fields(cls: type[Any], kind: str, prefix: str) -> tuple[dict[str, Any], str]:
    from qmlops.config.describe import notes, summary
    from qmlops.pipeline.table import aligned

    found = list(notes(cls))
    rows = [[prefix + item.key, item.default, item.type, item.unit, item.doc] for item in found]
    table = aligned(["key", "default", "allowed", "unit", "meaning"], rows) if rows else "It has no fields."
    content = {"kind": kind, "doc": summary(cls), "fields": [asdict(item) for item in found]}
    return content, f"{kind}: {summary(cls)}\n\n{table}"


def _known(group: str) -> None:
    from qmlops.config.describe import groups
    from qmlops.errors import RequestError, nearest

    if group not in groups():
        raise RequestError(f"There is no group {group!r}; {nearest(group, [*groups(), 'words'])}")
