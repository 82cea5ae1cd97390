"""The hand-off to a trainer: a folder with its arguments, data blend and scripts, and checks of every number in them.

Nothing is ever started from here.
"""
