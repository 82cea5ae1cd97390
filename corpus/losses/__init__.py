"""What a stage took of each source and language, and when that is an alarm."""
