"""What standards ask of a dataset, answered from the tables of a release and from what its publisher declares."""
