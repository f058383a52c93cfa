"""Where programs run; the Protocols stand in `core.backend`."""

KINDS = {
    "qsim": "qmlops.parts.backend.qsim:Qsim",
    "density": "qmlops.parts.backend.density:Density",
    "tfq": "qmlops.parts.backend.tfq:Tfq",
}
