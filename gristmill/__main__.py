"""`python -m gristmill`, and the script `gristmill`."""

import sys

from jobs.command_line import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
