"""Items of evaluation sets that stand in documents: how items are read, found, and what is done with what has them."""
