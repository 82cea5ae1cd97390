"""Axes, bins and figures of the page."""
