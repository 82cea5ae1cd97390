"""Rows as the documents that standards ask for."""
