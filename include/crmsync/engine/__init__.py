"""The decisions: pure functions from values to values, without clock, file or network."""
