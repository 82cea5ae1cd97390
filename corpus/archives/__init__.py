"""Archives of crawls: WARC, WET and ARC, their records, and the HTTP responses in them."""
