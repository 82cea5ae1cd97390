"""What annotators said: read, put together, counted."""
