"""Whether a release is what it says it is: every digest, every count, every id, and a sample of texts read back.

`release.verify` is the whole; each other module is one kind of check. Nothing is written, and nothing but what the
release holds is asked: a stage that was not shipped is named as unchecked.
"""
