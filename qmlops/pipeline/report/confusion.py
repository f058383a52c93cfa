"""The confusion matrix of the test part as a table."""

from __future__ import annotations

from typing import Any

from qmlops.pipeline.report.markup import Markup, class_name, join, number, tag

MOST_CLASSES = 30


def confusion(found: dict[str, Any]) -> Markup:
    """Rows are true classes, columns predicted ones; the last column is the share found of each.

    Of more than 30 classes the table would be no picture any more, and a line says so.
    """
    names, matrix = found["classes"], found["matrix"]
    caption = tag("figcaption", tag("b", "Confusion matrix"), tag("span", "test rows"))
    if len(names) > MOST_CLASSES:
        return tag("figure", caption, tag("p", f"{len(names)} classes; see result.json."), class_="card")
    longest = 18 if len(names) <= 4 else 7
    heads = [tag("th", class_name(name, longest), title=name, scope="col") for name in names]
    top = tag("tr", tag("th", "true \\ predicted"), *heads, tag("th", "recall"))
    rows = join(_row(number_, row, names, longest) for number_, row in enumerate(matrix))
    many = "confusion many" if len(names) > 6 else "confusion"
    table = tag("table", tag("thead", top), tag("tbody", rows), class_=many)
    return tag("figure", caption, tag("div", table, class_="scroll"), class_="card")


def _row(truth: int, row: list[int], names: list[str], longest: int) -> Markup:
    total = sum(row)
    cells = []
    for predicted, count in enumerate(row):
        share = count / total if total else 0.0
        sort = "none" if not count else "hit" if truth == predicted else "miss"
        full = " full" if share > 0.55 else ""
        about = f"{count} of {total} rows of {names[truth]} were called {names[predicted]}"
        cells.append(tag("td", count, class_=sort + full, style=f"--w:{share:.2f}", title=about))
    found = number(row[truth] / total, ".2f") if total else "–"
    head = tag("th", class_name(names[truth], longest), title=names[truth], scope="row")
    return tag("tr", head, *cells, tag("td", found, class_="recall"))
