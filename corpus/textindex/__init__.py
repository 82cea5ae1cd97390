"""An index of the corpus's texts: each text as it is, and its suffixes in order."""
