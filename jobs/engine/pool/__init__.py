"""Worker processes of this machine that run tasks: no JVM, the same functions, the same bytes."""
