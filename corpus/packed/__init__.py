"""Compressed files: their members, told from damage, and unpacked in bounded memory."""
