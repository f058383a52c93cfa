"""HTML and SVG as nested calls, where text is escaped unless it is markup already."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Any

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Markup(str):
    """Text that is markup; any other text is escaped when it is put into a tag."""

    __slots__ = ()


def escaped(part: Any) -> str:
    """A part as markup: escaped, and without the characters that XML forbids."""
    return part if isinstance(part, Markup) else html.escape(_FORBIDDEN.sub("\ufffd", str(part)))


def join(parts: Iterable[Any]) -> Markup:
    return Markup("".join(escaped(part) for part in parts))


def tag(name: str, /, *children: Any, **attributes: Any) -> Markup:
    """One element. `class_` means class and `_` means `-`; an attribute that is None is left out.

    Without children it closes itself, which HTML allows in SVG and for void elements only: give
    `""` where it may be neither.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{given}>{join(children)}</{name}>" if children else f"<{name}{given}/>")


def number(value: float, style: str = ".4g") -> Markup:
    """A number for people, with all its digits in `value` for machines and on hovering."""
    shown = f"{value:{style}}".replace("-", "\u2212")
    return tag("data", shown, value=repr(value), title=repr(value))


def seconds(value: float) -> Markup:
    """A duration in the unit that a person would use."""
    for size, unit in ((3600.0, "h"), (60.0, "min")):
        if value >= size:
            return tag("data", f"{value / size:.3g} {unit}", value=repr(value), title=f"{value!r} s")
    return tag("data", f"{value:.2g} s" if value < 1 else f"{value:.3g} s", value=repr(value), title=f"{value!r} s")


def class_name(name: str, longest: int = 18) -> str:
    """A class as it is shown: numbers without idle digits, long names cut."""
    try:
        name = f"{float(name):g}"
    except ValueError:
        pass
    return name if len(name) <= longest else name[: longest - 1] + "…"
