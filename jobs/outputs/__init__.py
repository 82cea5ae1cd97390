"""Files made of a release: what stages that write them have in common."""
