"""Accuracy: what is found in data that others labelled, beside peers. `python -m benchmarks.accuracy`."""
