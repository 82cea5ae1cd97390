"""Text of canaries that comes with the program."""
