"""How tasks are run: the session, a task a part, shuffles of keys, work in this process."""
