"""What the command line does, a verb a file; `jobs.command_line` has their order.

Each is what `Verb` in `verb.py` says. A verb's module is imported whatever is asked, so that its options stand beside
what it does; therefore it imports nothing but the standard library and `corpus.errors` until `run` is called.
"""
