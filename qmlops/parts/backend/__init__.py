"""Where programs run; the Protocols stand in `core.backend`."""

KINDS = {
    "qsim": "qmlops.parts.backend.qsim:Qsim",
    "density": "qmlops.parts.backend.density:Density",
    "ionq": "qmlops.parts.backend.ionq:Ionq",
    "ionq_twin": "qmlops.parts.backend.ionq_twin:IonqTwin",
    "tfq": "qmlops.parts.backend.tfq:Tfq",
}
