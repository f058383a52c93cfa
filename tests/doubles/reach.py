"""The words by which a command reaches a provider's double in place of the provider."""

from __future__ import annotations

from tests.doubles.fault import Double

_WORDS: dict[str, tuple[str, ...]] = {
    "ionq": ("backend.url={url}", "backend.settle=0.3", "backend.patience=1"),
    "braket": ("backend.device=Garnet",),
    "ibm": (
        *("backend.url={url}", "backend.settle=0.3", "backend.patience=1", "backend.device=ibm_manila"),
        "+backend.devices.ibm_manila={qubits: 5, source: a test, gates: [cx, sx, x, rz]}",
    ),
}


def words(name: str, double: Double) -> list[str]:
    """Overrides, an impatient backend among them; Braket's double is reached by its environment."""
    return [f"backend={name}", *(word.format(url=double.url) if "{url}" in word else word for word in _WORDS[name])]
