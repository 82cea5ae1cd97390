"""Imported first by the process that workers are forked from."""

from jobs.engine import collector

collector.look_seldom()
