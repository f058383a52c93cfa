"""Noise models for simulators; their Protocol stands in `core.noise`."""

KINDS = {
    "none": "qmlops.parts.noise.none:NoNoise",
    "depolarising": "qmlops.parts.noise.depolarising:Depolarising",
    "readout": "qmlops.parts.noise.readout:ReadoutError",
}
