"""How MLflow is fed: `sender` starts `process`, which repeats a `transfer` from folders to a `store`.

A `feed` reads one run's events, a `run` is the MLflow run that they are sent to, and `model`
logs what was trained. Only the process imports MLflow.
"""
