"""Alerts: what a run watches for by itself, whether or not somebody looks at it."""

KINDS = {
    "condition": "qmlops.monitoring.alert.condition:Condition",
    "drift": "qmlops.monitoring.alert.drift:Drift",
}
