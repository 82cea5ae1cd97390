"""People judge samples of a release: what they are given, and what their codes say."""
