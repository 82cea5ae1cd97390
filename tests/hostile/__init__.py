"""Hostile input: every reader of bytes from outside, on valid files that are damaged in many ways.

The quick profile is part of the suite; `GRISTMILL_HOSTILE` asks for more (docs/hostile-input.md).
"""
