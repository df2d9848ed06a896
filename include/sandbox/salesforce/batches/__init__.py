"""Bulk API 1.0: jobs that are given their data, or their queries, in batches."""
