"""Signals from outside: labels of documents that another program made, joined to documents by a key.

A [[signals]] table names files of labels (Parquet, Arrow, JSONL). Its stage is `signals.<name>`, aligned with documents
as a filter's is, so that a threshold, a sort key or a bucket takes its columns as it takes those of a filter. Labels
are data: nothing of them is run.
"""
