"""Language models of n-grams: the text that they see, how they are estimated, written and asked.

What is known of one file or one run of sorted n-grams stands here; `jobs.lm.train_model` drives it over a corpus.
"""
