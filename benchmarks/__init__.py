"""What a run costs: calls, seconds, memory. `make bench` writes docs/benchmarks.md."""
