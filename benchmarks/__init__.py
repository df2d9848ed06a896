"""Measurements: printed or written down for people, never asserted by a test."""
