"""Measurements: printed for people, never asserted by a test."""
