"""Byte-level BPE: count, learn, save, encode."""
