"""Where programs run; the Protocols stand in `core.backend`."""

KINDS = {
    "qsim": "qmlops.parts.backend.qsim:Qsim",
    "auto": "qmlops.parts.backend.auto:Auto",
    "density": "qmlops.parts.backend.density:Density",
    "ionq": "qmlops.parts.backend.ionq:Ionq",
    "ionq_twin": "qmlops.parts.backend.ionq_twin:IonqTwin",
    "braket": "qmlops.parts.backend.braket:Braket",
    "braket_local": "qmlops.parts.backend.braket_local:BraketLocal",
    "ibm": "qmlops.parts.backend.ibm:Ibm",
    "ibm_fake": "qmlops.parts.backend.ibm_fake:IbmFake",
    "tfq": "qmlops.parts.backend.tfq:Tfq",
}
