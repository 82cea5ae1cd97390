"""Spark as the engine of tasks, and of keys that outgrow one process. Imported where a session is about to start."""
