"""Thresholds fitted to stored measurements, a language at a time, for a person to review."""
