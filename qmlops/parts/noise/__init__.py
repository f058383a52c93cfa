"""Noise models for simulators; their Protocol stands in `core.noise`."""

KINDS = {
    "none": "qmlops.parts.noise.none:NoNoise",
    "depolarising": "qmlops.parts.noise.depolarising:Depolarising",
    "device": "qmlops.parts.noise.device:Device",
    "readout": "qmlops.parts.noise.readout:ReadoutError",
}
