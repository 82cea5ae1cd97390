"""Compiled passes over a page: its tree, its blocks, what is known of them, its text."""
