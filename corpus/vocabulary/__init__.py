"""The tokenizer of a corpus: what it is learned from, how it is named, how well it fits."""
