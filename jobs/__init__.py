"""How Spark builds a corpus: one module a stage, a session, one way to run over parts; the command line."""
