"""Where programs run; the Protocols stand in `core.backend`."""

KINDS = {
    "qsim": "qmlops.parts.backend.qsim:Qsim",
    "auto": "qmlops.parts.backend.auto:Auto",
    "density": "qmlops.parts.backend.density:Density",
    "ionq": "qmlops.parts.backend.ionq.cloud:Ionq",
    "ionq_twin": "qmlops.parts.backend.ionq.twin:IonqTwin",
    "braket": "qmlops.parts.backend.braket.cloud:Braket",
    "braket_local": "qmlops.parts.backend.braket.local:BraketLocal",
    "ibm": "qmlops.parts.backend.ibm.cloud:Ibm",
    "ibm_fake": "qmlops.parts.backend.ibm.fake:IbmFake",
    "tfq": "qmlops.parts.backend.tfq:Tfq",
}
