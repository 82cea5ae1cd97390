"""Views: the tokens of a release arranged for a training objective, each example a function of a document and the seed.

A view knows nothing of parts, order or cores: what is drawn for a document follows from the seed, the view's name, and
the document's id and copy. So tokens, tokenizer and seed give a view again, byte for byte.
"""
