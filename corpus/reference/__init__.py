"""The reference of a recipe: what the code says of each key, as a JSON Schema for editors and a page for readers."""
