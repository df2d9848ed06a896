"""The steps of a sync run: one module per task, each with `run`."""
