"""Near duplicates: bands of signatures propose, exact Jaccard similarity decides, a declared order elects.

Keys of contents: two documents with the same words in the same order are one *content* (`filters.content`), so a pair
of contents is compared once however many copies there are. Nothing here knows thresholds of filters: pairs are facts
about texts, and moving a threshold compares nothing again.
"""
