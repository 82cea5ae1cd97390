"""Readers of files that are no archives: tables, lines, pages and texts."""
