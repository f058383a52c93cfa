"""What Braket's tasks read: the documents in S3, as one reading a circuit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qmlops.core.work import Counts
from qmlops.errors import JobFailed, Unavailable
from qmlops.lower.reading import counts_of
from qmlops.parts.backend.braket.client import ask

_RESULT = "results.json"


@dataclass(frozen=True)
class Reading:
    """What was read of one circuit, as the document has it."""

    content: Mapping[str, Any]

    def counts(self, qubits: Sequence[int], shots: int | None) -> Counts:
        """With one column a wire, where wire i is the qubit `qubits[i]`. Raises JobFailed for other qubits."""
        if shots is None:
            return self._distribution(len(qubits))
        measured = [int(qubit) for qubit in self.content.get("measuredQubits") or qubits]
        if sorted(measured) != sorted(qubits):
            raise JobFailed(f"Braket measured the qubits {measured[:8]}, and {list(qubits)[:8]} were asked for.")
        order = [measured.index(qubit) for qubit in qubits]
        if rows := self.content.get("measurements"):
            bits, numbers = np.unique(np.asarray(rows, dtype=np.uint8)[:, order], axis=0, return_counts=True)
            return Counts(bits, numbers.astype(np.float64))
        shares = self.content.get("measurementProbabilities") or {}
        read = {"".join(word[place] for place in order): round(share * shots) for word, share in shares.items()}
        kept = {int(word, 2): number for word, number in read.items() if number > 0}
        if not kept:
            raise JobFailed("Braket's results of a circuit are empty.")
        return counts_of(kept, len(qubits))

    def _distribution(self, width: int) -> Counts:
        kinds = self.content.get("resultTypes") or []
        chances = next((item["value"] for item in kinds if item["type"]["type"] == "probability"), None)
        if chances is None or len(chances) != 2**width:
            raise JobFailed("Braket's results of a circuit hold no probabilities of all outcomes.")
        return counts_of({key: float(share) for key, share in enumerate(chances) if share > 0}, width)


def readings(client: Any, bucket: str, folder: str) -> tuple[list[Reading], float]:
    """One a circuit, in the order in which they were sent; and the seconds that a simulator took."""
    document = _document(client, bucket, f"{folder}/{_RESULT}")
    if "programResults" not in document:
        metadata = (document.get("additionalMetadata") or {}).get("simulatorMetadata") or {}
        return [Reading(document)], float(metadata.get("executionDuration") or 0) / 1000
    bucket, folder = document.get("s3Location") or (bucket, folder)
    found = []
    for told in document["programResults"]:
        program = _inlined(client, bucket, folder, told)
        inside = f"{folder}/{told}".removesuffix(f"/{_RESULT}") if isinstance(told, str) else folder
        rows = [_inlined(client, bucket, inside, item) for item in program["executableResults"]]
        for row in sorted(rows, key=lambda item: int(item["inputsIndex"])):
            if "failureMetadata" in row:
                reason = " ".join(str(row["failureMetadata"].get("failureReason")).split())[:160]
                raise JobFailed(f"Braket ran the program set, and a circuit of it failed: {reason}.")
            found.append(Reading(row))
    return found, 0.0


def _inlined(client: Any, bucket: str, folder: str, told: Any) -> Any:
    """A part of a document, which may stand in a file of its own."""
    return _document(client, bucket, f"{folder}/{told}") if isinstance(told, str) else told


def _document(client: Any, bucket: str, key: str) -> Any:
    """Raises Unavailable where it is not there: S3 may show it later, and it has been paid for."""

    def fetch() -> Any:
        found = json.loads(client.s3_client.get_object(Bucket=bucket, Key=key)["Body"].read())
        if not isinstance(found, dict):
            raise TypeError("no document")
        return found

    return ask(client, fetch, absent=Unavailable)
