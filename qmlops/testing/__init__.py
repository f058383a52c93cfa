"""Claims about circuits, models and backends, and the statistics that decide them.

`statistic` holds pure functions of counts, `claim` the kinds that a config can name, `subject` what a
claim looks at, `suite` the budget and the runner.
"""
