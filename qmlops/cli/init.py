"""`qmlops init`: a small project of one's own."""

from __future__ import annotations

import argparse
import json

_EXAMPLES = """examples:
  qmlops init petals        a new folder
  qmlops init .             into this folder, beside what is there; nothing is overwritten

The project has one experiment on a CSV file with what it claims, a test for it, a README and a
workflow for CI."""


def parser() -> argparse.ArgumentParser:
    built = argparse.ArgumentParser(
        prog="qmlops init",
        description="Make a small project of your own that runs.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    built.add_argument("folder", metavar="FOLDER", help="where to; the experiment is named after it")
    built.add_argument("--json", action="store_true", help="print what was made as JSON")
    return built


def main(options: argparse.Namespace) -> int:
    import shlex
    from pathlib import Path

    from qmlops.pipeline.project import init

    made = init(Path(options.folder))
    if options.json:
        content = {"schema": 1, "folder": str(made.folder), "experiment": made.name, "files": list(made.files)}
        print(json.dumps(content, indent=1, ensure_ascii=False))
        return 0
    print(f"Made {made.folder}:")
    print("\n".join(f"  {path}" for path in made.files))
    print("\nNext:")
    enter = [] if made.folder.resolve() == Path.cwd() else [f"cd {shlex.quote(str(made.folder))}"]
    verbs = [f"qmlops {verb} +experiment={made.name}" for verb in ("run", "test")]
    for command in (*enter, *verbs, "pytest"):
        print(f"  {command}")
    print(f"\nData of your own: conf/experiment/{made.name}.yaml says how.")
    return 0
