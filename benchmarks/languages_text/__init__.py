"""Text to train the language model on: which packages and repositories, and how their files are read."""
