"""The sample is a project of its own, with tests that want it installed."""

collect_ignore = ["sample"]
