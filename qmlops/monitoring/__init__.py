"""Mission control: what the events of runs tell, on a screen, as text or as JSON.

A monitor meets a run in files alone: it reads `events.jsonl` and the journal, and gives commands by
`control.jsonl`. It loads neither Cirq nor MLflow.
"""
