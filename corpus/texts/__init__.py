"""What is done to the text of a document, and where in it."""
