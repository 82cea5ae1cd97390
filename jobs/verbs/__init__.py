"""What the command line does, a verb a file."""
