"""IonQ's HTTP API on this machine, computed by the local simulators: `Ionq().answer` in a `web.Server`.

It speaks v0.4 (https://github.com/ionq/ionq-core-python, openapi.json of 2 September 2026) and what
remains of v0.3, as far as circuits, jobs, backends, costs and sessions go. Its prices are made up.
"""

from qmlops.serving.ionq.api import Ionq

__all__ = ["Ionq"]
