"""What stages are known to be: the digest of each one's code, and of what small runs of that code wrote.

`golden.json` is the record. A stage whose code is not what its version was recorded with is never taken for it: its
fingerprint is another, so nothing finished is reused. `scripts/golden` records anew, once the content of small runs is
seen to be the same.
"""
