"""Passages of the corpus ranked for the words of a query."""
