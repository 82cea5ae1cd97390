"""Faults that are done to a run, and what must come of each: the same bytes after the same command, or one line.

docs/faults.md lists them. `scripts/faults` runs all; those without the marker run with the other tests.
"""
