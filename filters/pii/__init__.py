"""Personal data in a batch of texts: candidates by one RE2 pass over the column, validators on candidates alone."""
