"""Documents of a release as files for others: one schema, several layouts, the same bytes every time."""
