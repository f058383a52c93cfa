"""What the dashboard shows of a run, a file each. The order is that of the tabs."""

from __future__ import annotations

from qmlops.monitoring.pane.alerts import Alerts
from qmlops.monitoring.pane.base import Pane
from qmlops.monitoring.pane.circuit import Circuit
from qmlops.monitoring.pane.device import Device
from qmlops.monitoring.pane.jobs import Jobs
from qmlops.monitoring.pane.spend import Spend
from qmlops.monitoring.pane.state import State
from qmlops.monitoring.pane.sweep import Sweep

PANES: dict[str, type[Pane]] = {
    "circuit": Circuit,
    "state": State,
    "jobs": Jobs,
    "spend": Spend,
    "device": Device,
    "alerts": Alerts,
    "sweep": Sweep,
}
"""By the name that a layout gives them."""
