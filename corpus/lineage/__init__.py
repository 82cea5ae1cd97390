"""From a token of a release to its document and every decision on it, and back."""
