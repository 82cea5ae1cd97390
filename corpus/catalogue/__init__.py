"""The catalogue: what is documented of each source, and what a recipe may take of it."""
