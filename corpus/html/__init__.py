"""HTML: what a page says to a reader, and what its head says of rights."""
