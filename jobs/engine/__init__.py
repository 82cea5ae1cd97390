"""How tasks are run: the session, a task a part, keys that meet, worker processes or Spark."""
