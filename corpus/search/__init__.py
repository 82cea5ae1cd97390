"""What stands in the texts of a release: phrases, and the sources of a text."""
