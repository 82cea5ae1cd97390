"""`python -m jobs`: the command line of a checkout."""

import sys

from jobs.command_line import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
