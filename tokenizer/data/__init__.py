"""Data files of the filters; ORIGIN.md says where each is from."""
