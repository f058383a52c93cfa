"""What qmlops needs, as its own metadata says, beside what is installed."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from qmlops.errors import RequestError


@dataclass(frozen=True)
class Package:
    """A package that qmlops needs, or that one of its extras brings."""

    name: str
    allowed: str
    """The range of versions, such as `>=1.5,<1.8`; empty: any."""
    extra: str
    """The extra that brings it; empty: qmlops always needs it."""
    installed: str | None
    fits: bool
    """Whether what is installed lies in the range."""

    @property
    def remedy(self) -> str:
        """The command that installs it; empty where nothing is wrong."""
        if self.installed is not None and self.fits:
            return ""
        return f"pip install '{f'qmlops[{self.extra}]' if self.extra else self.name + self.allowed}'"


def packages() -> list[Package]:
    """Everything named in the metadata that this platform wants, in its order.

    Raises RequestError where `packaging`, which reads ranges of versions, is missing.
    """
    try:
        from packaging.requirements import Requirement
    except ImportError:
        raise RequestError("Ranges of versions cannot be read without packaging: pip install packaging") from None

    found = []
    for text, extra in _lines():
        wanted = Requirement(text)
        if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
            have = version_of(wanted.name)
            fits = have is not None and wanted.specifier.contains(have, prereleases=True)
            found.append(Package(wanted.name, _ordered(wanted.specifier), extra, have, fits))
    return found


def version_of(package: str) -> str | None:
    """The installed version, without importing the package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _lines() -> Iterator[tuple[str, str]]:
    """Requirements with the extra that they belong to, from the metadata or the checkout."""
    try:
        written = requires("qmlops") or []
    except PackageNotFoundError:
        project = _pyproject()
        yield from ((text, "") for text in project.get("dependencies", ()))
        for extra, texts in project.get("optional-dependencies", {}).items():
            yield from ((text, extra) for text in texts)
        return
    for text in written:
        _, _, extra = text.partition("extra ==")
        yield text, extra.strip(" '\")")


def _pyproject() -> dict[str, Any]:
    path = Path(__file__).resolve().parents[2] / "pyproject.toml"
    return dict(tomllib.loads(path.read_text(encoding="utf-8"))["project"]) if path.is_file() else {}


def _ordered(specifier: Any) -> str:
    """The lower bound first: `>=1.5,<1.8`."""
    return ",".join(sorted(str(specifier).split(","), key=lambda part: part.startswith("<")))
