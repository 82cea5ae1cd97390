"""What stages do with keys that outgrow one process: DataFrames. Imported where Spark is about to start."""
