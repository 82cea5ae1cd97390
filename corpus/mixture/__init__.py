"""The mixture: how often each group of documents comes in the shards.

A group is what one key of the recipe's [mixture] names: a source, a language, or both. Documents are repeated whole.
"""
