"""Measuring and judging batches; thresholds fitted to measurements."""
