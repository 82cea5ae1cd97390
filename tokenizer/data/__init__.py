"""Data files of the tokenizer; ORIGIN.md says where each is from."""
