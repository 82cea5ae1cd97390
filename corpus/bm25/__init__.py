"""An index by which passages of the corpus are ranked for the words of a query."""
