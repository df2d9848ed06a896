"""Bulk API 2.0: rows by the hundred thousand, written or read by jobs that run on their own."""
