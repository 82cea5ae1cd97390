"""The labelled set of personal data: real sentences, invented items in them, and what only looks like one."""
