"""What IBM's two generations of samplers answer, computed by Aer without noise; decoded and encoded as IBM does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, eq=False)
class Program:
    """What a job shall run: the params of a request, decoded."""

    kind: str
    """`sampler`, of the older generation, or `executor`."""
    content: Any
    circuits: int
    shots: int
    """Over all circuits."""

    def run(self, seed: int) -> str:
        """The results as IBM's JSON."""
        return _sampled(self.content, seed) if self.kind == "sampler" else _executed(self.content, seed)


def read(kind: str, params: Any) -> Program:
    """Raises ValueError for params that no sampler takes, among them several numbers of shots in one job."""
    return _read_sampler(params) if kind == "sampler" else _read_executor(params)


def _read_sampler(params: Any) -> Program:
    from qiskit.primitives.containers.sampler_pub import SamplerPub
    from qiskit_ibm_runtime.json import RuntimeDecoder

    decoded = json.loads(json.dumps(params), cls=RuntimeDecoder)
    if decoded["version"] != 2:
        raise ValueError("only version 2 is known")
    pubs = [SamplerPub.coerce(tuple(pub)) for pub in decoded["pubs"]]
    if len({pub.shots for pub in pubs}) != 1:
        raise ValueError("one number of shots a job")
    circuits = sum(pub.size for pub in pubs)
    return Program("sampler", pubs, circuits, circuits * pubs[0].shots)


def _read_executor(params: Any) -> Program:
    from qiskit_ibm_runtime.quantum_program.params_converters import QUANTUM_PROGRAM_PARAMS_CONVERTERS

    converter = QUANTUM_PROGRAM_PARAMS_CONVERTERS[params["schema_version"]]
    program, _ = converter.decoder(converter.model.model_validate(params))
    circuits = 0
    for item in program.items:
        if hasattr(item, "samplex"):
            item.samplex.finalize()
        size = 1
        for length in item.shape:
            size *= length
        circuits += size
    return Program("executor", program, circuits, circuits * program.shots)


def _sampled(pubs: Any, seed: int) -> str:
    from qiskit_aer.primitives import SamplerV2
    from qiskit_ibm_runtime.json import RuntimeEncoder

    found = SamplerV2.from_backend(_simulator(), seed=seed).run(pubs).result()
    return json.dumps(found, cls=RuntimeEncoder)


def _executed(program: Any, seed: int) -> str:
    from ibm_quantum_schemas.common import CompressedTensorModel
    from ibm_quantum_schemas.executor.version_2_0 import QuantumProgramResultModel
    from qiskit_ibm_runtime.fake_provider.executor.run_quantum_program import run_quantum_program
    from qiskit_ibm_runtime.options_models.simulator import SimulatorOptions
    from qiskit_ibm_runtime.quantum_program.converters.converters_2_0 import passthrough_data_to_2_0

    found = run_quantum_program(_simulator(), program, SimulatorOptions(seed_simulator=seed))
    data = [
        {"results": {name: CompressedTensorModel.from_numpy(bits) for name, bits in item.items()}, "metadata": {}}
        for item in found
    ]
    model = QuantumProgramResultModel(
        data=data,
        metadata={"chunk_timing": []},
        passthrough_data=passthrough_data_to_2_0(program.passthrough_data),
        semantic_role=program._semantic_role,
    )
    return str(model.model_dump_json())


@cache
def _simulator() -> Any:
    from qiskit_aer import AerSimulator

    return AerSimulator()
